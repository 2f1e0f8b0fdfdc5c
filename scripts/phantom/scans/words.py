"""What is printed on forms of a language, and Tesseract's name for it."""

from functools import cache
from pathlib import Path

from phantom.packs.pack import read_yaml
from phantom.records import Record

DATA = Path(__file__).parent / "data"


class FormWords(Record):
    """Words of forms; a language without a file has none.

    model (str): Tesseract's name for the language; "" if it is the same.
    titles, fields, stamps (Tuple[str, ...]): One of them is drawn.
    reference, number (str): Before a code, and over a column of numbers.
    """

    model: str = ""
    titles: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    reference: str = ""
    number: str = ""


@cache
def read_words(lang: str) -> FormWords:
    """The words of a language. lang (str): Its code, such as "en"."""
    path = DATA / f"{lang}.yml"
    return read_yaml(path, FormWords) if path.is_file() else FormWords()
