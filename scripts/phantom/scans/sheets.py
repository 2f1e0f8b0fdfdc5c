"""Words set on pages, with where each stands and where it comes from."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from phantom.passages.rewrite import Edit
from phantom.scans.fonts import Hand

# A4 at 150 dots per inch.
WIDTH, HEIGHT, MARGIN, GUTTER = 1240, 1754, 110, 80
_WORD = re.compile(r"\S+")


class Word(NamedTuple):
    """A word on a page.

    page (int): Which one, from 0.
    box (Tuple[int, int, int, int]): Left, top, right, bottom, in pixels.
    start, end (Optional[int]): Its place in the text that is set; None if the form
        has it, such as a heading.
    gap (str): What stands between it and the word before: a blank, or ends of lines.
    """

    text: str
    page: int
    box: tuple[int, int, int, int]
    start: int | None
    end: int | None
    gap: str


class Frame(NamedTuple):
    """Where lines may stand on a page; those that do not fit go to the next frame."""

    page: int
    left: int
    top: int
    right: int
    bottom: int


class Sheets:
    """Pages that are filled word by word.

    text (str): What is set.
    hand (Hand): Font and size of it.
    rng (Generator): Draws what a hand does by chance.
    """

    def __init__(self, text: str, hand: Hand, rng: np.random.Generator) -> None:
        self.text, self.hand, self.rng = text, hand, rng
        self.pages: list[Image.Image] = []
        self.words: list[Word] = []

    def pen(self, page: int) -> ImageDraw.ImageDraw:
        """What draws on a page, which is begun if need be."""
        while len(self.pages) <= page:
            self.pages.append(Image.new("L", (WIDTH, HEIGHT), 255))
        return ImageDraw.Draw(self.pages[page])

    def frames(self, top: int, columns: int = 1, page: int = 0) -> Iterator[Frame]:
        """Columns from page to page without end.

        top (int): Of those on the first page. page (int): Which that is.
        """
        width = (WIDTH - 2 * MARGIN - (columns - 1) * GUTTER) // columns
        while True:
            for i in range(columns):
                left = MARGIN + i * (width + GUTTER)
                yield Frame(page, left, top, left + width, HEIGHT - MARGIN)
            page, top = page + 1, MARGIN

    def label(
        self, text: str, place: tuple[int, int, int], hand: Hand, gap: str = "\n\n"
    ) -> int:
        """Print words of the form on one line.

        place (Tuple[int, int, int]): Page, left, top.
        RETURNS (int): Where they end, in pixels from the left.
        """
        page, left, top = place
        for word in text.split():
            left = self._set(word, (page, left, top), hand, None, gap)
            gap = " "
        return left

    def flow(
        self,
        start: int,
        end: int,
        frame: Frame,
        frames: Iterator[Frame],
        gap: str = "\n\n",
    ) -> Frame:
        """Set a part of the text line by line; what does not fit goes on.

        start, end (int): Of the part. frame (Frame): Where it begins.
        frames (Iterator[Frame]): The next ones.
        gap (str): Before it.
        RETURNS (Frame): What is left of the last one.
        """
        blank = self.hand.measure(" ")
        left = float(frame.left)
        for piece, first in self._pieces(start, end, frame):
            width = self.hand.measure(piece)
            if left > frame.left and left + width > frame.right:
                frame = frame._replace(top=frame.top + self.hand.line)
                left, gap = frame.left, "\n"
            if frame.top + self.hand.line > frame.bottom:
                frame = next(frames)
                left = frame.left
            glued = self.words and self.words[-1].end == first
            place = (frame.page, int(left), frame.top)
            self._set(piece, place, self.hand, first, "\n" if glued else gap)
            left, gap = left + width + blank, " "
        return frame._replace(top=frame.top + self.hand.line)

    def _pieces(self, start: int, end: int, frame: Frame) -> Iterator[tuple[str, int]]:
        """Words with their places; those wider than the frame are cut."""
        room = frame.right - frame.left
        for match in _WORD.finditer(self.text, start, end):
            word, first = match.group(), match.start()
            while self.hand.measure(word) > room:
                fit = next(
                    i
                    for i in range(len(word), 0, -1)
                    if i == 1 or self.hand.measure(word[:i]) <= room
                )
                yield word[:fit], first
                word, first = word[fit:], first + fit
                if not word:
                    break
            if word:
                yield word, first

    def _set(
        self,
        word: str,
        place: tuple[int, int, int],
        hand: Hand,
        first: int | None,
        gap: str,
    ) -> int:
        page, left, top = place
        pen = self.pen(page)
        hand.write(pen, (left, top), word, self.rng)
        box = hand.font.getbbox(word)
        bounds = (left, top + int(box[1]), left + int(box[2]), top + int(box[3]))
        last = None if first is None else first + len(word)
        between = gap if self.words else ""
        self.words.append(Word(word, page, bounds, first, last, between))
        return left + round(hand.measure(word + " "))

    def edits(self) -> list[Edit]:
        """What makes of the text the one that stands on the pages."""
        found: list[Edit] = []
        written, at = "", 0
        for word in self.words:
            written += word.gap
            if word.start is None or word.end is None:
                written += word.text
                continue
            found.append(Edit(at, word.start, written))
            written, at = "", word.end
        found.append(Edit(at, len(self.text), written))
        return [x for x in found if self.text[x.start : x.end] != x.text]

    def crop(self) -> list[Any]:
        """The pages, each cut below its last line."""
        cut = []
        for number, page in enumerate(self.pages):
            bottoms = [word.box[3] for word in self.words if word.page == number]
            height = min(HEIGHT, max(bottoms, default=0) + MARGIN)
            cut.append(page.crop((0, 0, WIDTH, height)))
        return cut
