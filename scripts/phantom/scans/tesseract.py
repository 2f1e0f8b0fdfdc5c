"""What Tesseract reads on the image of a page."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from phantom.scans.columns import Line, ReadWord, order_columns
from phantom.scans.words import read_words

# Tesseract's page segmentation modes: by blocks that it finds; one block of lines.
BLOCKS = 3
ACROSS = 6
# Percent; of words without letters and digits. Rules and dots are read with less.
SURE = 60
# Percent below which a word is more likely none.
DOUBT = 30
REMEDY = "is not installed: pip install 'spacy-phantom[ocr]'"


def import_pytesseract() -> Any:
    """The module. RAISES: ValueError if it is not installed."""
    try:
        import pytesseract
    except ImportError:
        raise ValueError(f"pytesseract {REMEDY}") from None
    return pytesseract


def find_model(lang: str) -> str:
    """Tesseract's model of a language, or of English where that is not installed.

    lang (str): Its code, such as "de".
    RAISES: ValueError if pytesseract or Tesseract is missing.
    """
    import_pytesseract()
    name = read_words(lang).model or lang
    return name if name in _list_models() else "eng"


@cache
def _list_models() -> tuple[str, ...]:
    pytesseract = import_pytesseract()
    try:
        return tuple(pytesseract.get_languages())
    except pytesseract.TesseractNotFoundError:
        raise ValueError(_MISSING) from None


def read_page(page: Image.Image, model: str = "eng") -> str:
    """The text of a page, with lines as they stand and blank lines between paragraphs.

    Tesseract reads it twice: by the blocks that it finds, and line by line across the
    page, since looking for blocks it leaves out whole ones of forms and tables. Kept is
    what has more letters that it is sure of, columns one after the other.

    page (Image): Gray or bilevel. model (str): As `find_model` gives it.
    RAISES: ValueError if pytesseract or Tesseract is missing.
    """
    # Across the page first: of two that are equally sure, it has rows of tables whole.
    readings = [_read_lines(page, model, mode) for mode in (ACROSS, BLOCKS)]
    return _set_lines(order_columns(max(readings, key=_count_sure)))


def _read_lines(page: Image.Image, model: str, mode: int) -> list[Line]:
    """The words of each line. mode (int): Tesseract's page segmentation mode."""
    pytesseract = import_pytesseract()
    try:
        # A data frame would lose words such as None and NA.
        found = pytesseract.image_to_data(
            page, lang=model, config=f"--psm {mode}", output_type="dict"
        )
    except pytesseract.TesseractNotFoundError:
        raise ValueError(_MISSING) from None
    lines: dict[tuple[int, ...], list[ReadWord]] = {}
    for i, text in enumerate(found["text"]):
        if not text.strip():
            continue
        place = (found["block_num"][i], found["par_num"][i], found["line_num"][i])
        left, top = found["left"][i], found["top"][i]
        word = ReadWord(
            text=text,
            left=left,
            right=left + found["width"][i],
            top=top,
            bottom=top + found["height"][i],
            confidence=float(found["conf"][i]),
            paragraph=place[:2],
        )
        lines.setdefault(place, []).append(word)
    return list[Line](lines.values())


def _count_sure(lines: Iterable[Line]) -> float:
    """How many letters and digits of words, each as much as Tesseract is sure of it.

    What it doubts counts against a reading, and so do words over others that it is
    surer of: lines of columns that are not of one height are read twice, across one
    another.
    """
    words = [word for line in lines for word in line]
    words.sort(key=lambda word: -word.confidence)
    sure = np.array([word.confidence - DOUBT for word in words])
    letters = np.array([sum(map(str.isalnum, word.text)) for word in words])
    signed = np.where(_lie_over_others(words), -np.abs(sure), sure)
    return float(signed @ letters) if words else 0.0


def _lie_over_others(words: Sequence[ReadWord]) -> np.ndarray:
    """Which words share half of their box with one before: bool, shape (words,)."""
    boxes = np.array([[x.left, x.right, x.top, x.bottom] for x in words]).reshape(-1, 4)
    left, right, top, bottom = boxes.T
    width = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    height = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    own = (right - left) * (bottom - top)
    over: np.ndarray = np.tril(shared > own[:, None] / 2, k=-1).any(axis=1)
    return over


def _set_lines(lines: Iterable[Line]) -> str:
    """Lines as text, without what is read of rules, dots and creases."""
    text, before = "", None
    for line in lines:
        kept = [word for word in line if _says_something(word)]
        if not kept:
            continue
        if before:
            text += "\n" if kept[0].paragraph == before else "\n\n"
        text += " ".join(word.text for word in kept)
        before = kept[0].paragraph
    return text


def _says_something(word: ReadWord) -> bool:
    return word.confidence > SURE or any(map(str.isalnum, word.text))


def count_errors(written: str, read: str) -> int:
    """Characters to change, add or drop until two texts are equal, white space aside.

    RAISES: ValueError if rapidfuzz is not installed.
    """
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError:
        raise ValueError(f"rapidfuzz {REMEDY}") from None
    texts = (" ".join(text.split()) for text in (written, read))
    return int(Levenshtein.distance(*texts))


_MISSING = "Tesseract is not installed; on Debian: apt-get install tesseract-ocr"
