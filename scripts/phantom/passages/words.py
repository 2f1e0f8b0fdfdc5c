"""Words of a text, and the form in which two texts count as the same."""

import re
from collections.abc import Iterable

TOKEN = re.compile(r"\w+|[^\w\s]")
_NOT_WORD = re.compile(r"[\W_]+")


def tokenize(texts: Iterable[str]) -> list[list[str]]:
    """Words and single punctuation marks of each text; equal strings are shared."""
    shared: dict[str, str] = {}
    share = shared.setdefault
    return [[share(t, t) for t in TOKEN.findall(text)] for text in texts]


def normalize(text: str) -> str:
    """Case-folded words alone: what two copies of one passage share."""
    return " ".join(_NOT_WORD.sub(" ", text.casefold()).split())
