"""What is written of scans: where each word is on its page, and what was lost."""

from phantom.records import Record


class PageWord(Record):
    """A word on an image.

    corners (List[List[int]]): Of its box, in pixels, from the upper left clockwise.
    start (Optional[int]): Its place in the example; None for words of the form.
    """

    text: str
    corners: list[list[int]]
    start: int | None = None


class Page(Record):
    """An image. image (str): Its file, from the folder of the output."""

    image: str
    width: int
    height: int
    words: tuple[PageWord, ...]


class ScanTruth(Record):
    """An example on paper: what stands there, and what was read.

    id (str): Of the example.
    layout, device, level, font (str, str, int, str): How it looks.
    text (str): As it stands on the pages, words of the form among it.
    read (str): What Tesseract made of it.
    errors (int): Characters to change until `read` is `text`, white space aside.
    """

    id: str
    layout: str
    device: str
    level: int
    font: str
    text: str
    read: str
    errors: int
    pages: tuple[Page, ...]


class LostMention(Record):
    """A mention that the text as read has no more. example (str): Its id."""

    example: str
    label: str
    text: str
    level: int
    device: str
