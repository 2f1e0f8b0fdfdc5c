"""Examples as images of pages, read again, their labels carried along."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from phantom.passages.carried import carry_labels
from phantom.passages.rewrite import rewrite
from phantom.passages.sentences import split_sentences
from phantom.records import Entity, Example, hash_id
from phantom.scans.damage import Worn, move_boxes, wear_out
from phantom.scans.fonts import Hand, draw_hand
from phantom.scans.layouts import LAYOUTS
from phantom.scans.records import Page, PageWord, ScanTruth
from phantom.scans.sheets import Sheets, Word
from phantom.scans.tesseract import count_errors, find_model, read_page
from phantom.scans.wear import LEVELS, WEAR
from phantom.scans.words import read_words


@dataclass(frozen=True)
class Look:
    """How pages may look; one of each is drawn for an example.

    layouts (Tuple[str, ...]): Names of `LAYOUTS`.
    devices (Tuple[str, ...]): Names of `WEAR`.
    levels (Tuple[int, ...]): How bad, from 1.
    handwritten (float): Share of the examples that are set as hands write.
    stamped (float): Share of the examples with a stamp over their text.
    lang (str): Language of the words of forms, of sentences, and of Tesseract.
    seed (int): The same seed gives the same pages.
    """

    layouts: tuple[str, ...] = tuple(LAYOUTS)
    devices: tuple[str, ...] = tuple(WEAR)
    levels: tuple[int, ...] = LEVELS
    handwritten: float = 0.05
    stamped: float = 0.2
    lang: str = "en"
    seed: int = 0

    def __post_init__(self) -> None:
        for given, known, what in (
            (self.layouts, LAYOUTS, "layout"),
            (self.devices, WEAR, "device"),
            (self.levels, LEVELS, "level"),
        ):
            wrong = [x for x in given if x not in known]
            if wrong or not given:
                raise ValueError(
                    f"no {what} is called {wrong[0] if wrong else ''!r}; there are "
                    + ", ".join(map(str, known))
                )


class Scan(NamedTuple):
    """An example on paper.

    written (Example): Its text as it stands on the pages, words of forms among it.
    pages (List[Worn]): The images.
    words (List[Word]): Where each word is on the clean pages.
    facts (Dict[str, Any]): Layout, device, level and font.
    """

    written: Example
    pages: list[Worn]
    words: list[Word]
    facts: dict[str, Any]

    def truth(self, names: Sequence[str], read: str) -> ScanTruth:
        """What is known of the pages.

        names (Sequence[str]): Of the image files. read (str): What was read of them.
        RAISES: ValueError if rapidfuzz is not installed.
        """
        pages = []
        for number, (page, name) in enumerate(zip(self.pages, names, strict=True)):
            own = [word for word in self.words if word.page == number]
            boxes = move_boxes([word.box for word in own], page.matrix)
            words = tuple(
                PageWord(text=word.text, corners=box, start=word.start)
                for word, box in zip(own, boxes, strict=True)
            )
            width, height = page.image.size
            pages.append(Page(image=name, width=width, height=height, words=words))
        text = self.written.text
        errors = count_errors(text, read)
        said = {**self.facts, "text": text, "read": read, "errors": errors}
        return ScanTruth(**said, pages=tuple(pages))


class Read(NamedTuple):
    """What was read of a scan. lost (List[Entity]): Its mentions that are gone."""

    example: Example
    lost: list[Entity]


def render(example: Example, look: Look) -> Scan:
    """Set an example on pages and wear them out.

    RAISES: ValueError if it has no words.
    """
    if not example.text.strip():
        raise ValueError(f"example {example.id}: no words to set on a page")
    rng = np.random.default_rng([look.seed, hash_id(example.id)])
    layout, device = _draw(rng, look.layouts), _draw(rng, look.devices)
    level = int(_draw(rng, look.levels))
    words = read_words(look.lang)
    hand = draw_hand(rng, rng.random() < look.handwritten)
    sheets = Sheets(example.text, hand, rng)
    parts = list(split_sentences(example.text, look.lang, example.entities))
    LAYOUTS[layout](sheets, parts, words)
    pages = sheets.crop()
    if words.stamps and rng.random() < look.stamped:
        _stamp(pages[0], str(_draw(rng, words.stamps)), hand, rng)
    worn = [wear_out(page, WEAR[device][level - 1], rng) for page in pages]
    written = rewrite(example, sheets.edits())
    font = hand.path.stem
    facts = {"layout": layout, "device": device, "level": level, "font": font}
    return Scan(written, worn, sheets.words, {"id": example.id, **facts})


def read_scan(scan: Scan, lang: str, number: int = 0) -> Read:
    """Have Tesseract read the pages and carry the labels to what it read.

    number (int): Of several scans of one example, which one.
    RETURNS (Read): Its example comes of the one that was written, and says so.
    RAISES: ValueError if pytesseract or Tesseract is missing.
    """
    model = find_model(lang)
    text = "\n\n".join(read_page(page.image, model) for page in scan.pages)
    carried, lost = carry_labels(scan.written, text)
    came = scan.written
    kept = {key: scan.facts[key] for key in ("layout", "device", "level")}
    update = {
        "id": f"{came.id}^scan{number or ''}",
        "derived_from": (came.id,),
        "varied": "scan",
        "meta": {**came.meta, "scan": kept},
    }
    return Read(carried.model_copy(update=update), lost)


def _draw(rng: np.random.Generator, options: Sequence[Any]) -> Any:
    return options[int(rng.integers(len(options)))]


def _stamp(page: Image.Image, text: str, hand: Hand, rng: np.random.Generator) -> None:
    """A word in a frame, aslant and half transparent, over the page."""
    large = Hand(hand.path, 2 * hand.size)
    width, height = int(large.measure(text)) + 40, large.line + 20
    mark = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(mark)
    pen.rectangle((3, 3, width - 4, height - 4), outline=255, width=5)
    pen.text((20, 10), text, font=large.font, fill=255)
    mark = mark.rotate(rng.uniform(-25, 25), expand=True)
    strength = rng.uniform(0.25, 0.5)
    left = int(rng.uniform(0.3, 0.9) * max(page.width - mark.width, 1))
    top = int(rng.uniform(0.0, 1.0) * max(page.height - mark.height, 1))
    page.paste(90, (left, top), mark.point(lambda value: int(strength * value)))
