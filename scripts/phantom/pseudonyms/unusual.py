"""Capitalised words that text of the domain never has: most of them name somebody."""

import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from phantom.passages.files import read_texts

# With an apostrophe or a hyphen inside, as in O'Brien and Smith-Jones.
_WORD = re.compile(r"(?<![\w.@/'\u2019-])[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![\w@/])")
_PART = re.compile(r"[^\W\d_]+")
# What stands before the first word of a sentence, where all words are capitalised.
_BEGINS = re.compile(r"(?:^|[.!?:;\n]|[(\"\u201c\u2018\[])\s*$")
_OWNS = re.compile(r"['\u2019]s$")


class Ordinary:
    """The words of text that names nobody.

    texts (Iterable[str]): Such text, as synthetic passages are.
    names (Iterable[str]): Names of the domain, whose words may begin a sentence.
    """

    def __init__(self, texts: Iterable[str], names: Iterable[str] = ()) -> None:
        self.capitalised: set[str] = set()
        self.words = {part.casefold() for name in names for part in _PART.findall(name)}
        for text in texts:
            for match in _PART.finditer(text):
                word = match.group()
                self.words.add(word.casefold())
                if word[0].isupper() and not _begins(text, match.start()):
                    self.capitalised.add(word.casefold())

    def unusual(self, text: str) -> Iterator[tuple[int, int]]:
        """Places of capitalised words that such text does not have.

        Within a sentence it must have them capitalised, so that Young is a name in
        "we called Young". Words side by side are one place. Short ones, those with
        digits and those in capitals are passed over, which are mostly abbreviations.
        """
        start = end = -1
        for match in _WORD.finditer(text):
            word = _OWNS.sub("", match.group())
            known = self.words if _begins(text, match.start()) else self.capitalised
            if not any(_is_strange(part, known) for part in _PART.findall(word)):
                continue
            if start >= 0 and text[end : match.start()] == " ":
                end = match.start() + len(word)
                continue
            if start >= 0:
                yield start, end
            start, end = match.start(), match.start() + len(word)
        if start >= 0:
            yield start, end


def _begins(text: str, place: int) -> bool:
    return (
        _BEGINS.search(text[max(0, place - 4) : place]) is not None if place else True
    )


def _is_strange(part: str, known: Container[str]) -> bool:
    small = sum(map(str.islower, part))
    return (
        part[0].isupper()
        and small >= 2
        and 2 * small > len(part)
        and part.casefold() not in known
    )


def read_ordinary(paths: Iterable[Path], names: Iterable[str]) -> Ordinary:
    """Words of synthetic and public passages, and of names of the domain.

    RAISES: ValueError that names a private passage, whose names would count as words.
    """

    def texts() -> Iterator[str]:
        for path in paths:
            for example in read_texts(path):
                if example.origin == "private":
                    raise ValueError(
                        f"{path}: {example.id} is private text, which may name people; "
                        "give synthetic or public passages that say so"
                    )
                yield example.text

    return Ordinary(texts(), names)
