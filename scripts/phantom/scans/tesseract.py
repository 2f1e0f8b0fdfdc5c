"""What Tesseract reads on the image of a page."""

from functools import cache
from typing import Any

from PIL import Image

from phantom.scans.words import read_words

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
    """The text of a page, with lines as they stand and blank lines between blocks.

    page (Image): Gray or bilevel. model (str): As `find_model` gives it.
    RAISES: ValueError if pytesseract or Tesseract is missing.
    """
    pytesseract = import_pytesseract()
    try:
        # The data frame loses words such as None and NA; the string does not.
        return str(pytesseract.image_to_string(page, lang=model)).strip()
    except pytesseract.TesseractNotFoundError:
        raise ValueError(_MISSING) from None


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
