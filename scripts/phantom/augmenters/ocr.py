"""Text as it is read from scans and faxes."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.augmenters.confusions import Confusions, find_table
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("ocr")
def ocr(
    passages: Passages,
    *,
    share: Share,
    level: Annotated[int, Field(ge=1)] = 2,
    times: Annotated[float, Field(gt=0)] = 1.0,
    table: str = "",
) -> Iterator[Example]:
    """Copies of passages with the errors that Tesseract makes, as often as measured.

    share (Share): Probability that a passage gets a copy.
    level (int): How bad the page is: 1 a scan, 2 a poor one, 3 a fax.
    times (float): Errors per measured error.
    table (str): Confusions of your own scans, a file of the pack with the columns
        level, written, read, count, of.
    """
    known = Confusions(find_table(passages.pack, table, "ocr.tsv"), level)
    yield from vary(
        passages, "ocr", share, lambda x, rng: known.draw(x.text, times, rng)
    )
