"""Capitalised words that text of the domain never has: most of them name somebody."""

import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from phantom.passages.files import read_texts
from phantom.pseudonyms.written import Written

# With an apostrophe or a hyphen inside, as in O'Brien and Smith-Jones.
_WORD = re.compile(r"(?<![\w.@/'\u2019-])[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![\w@/])")
_PART = re.compile(r"[^\W\d_]+")
# Letters of the last part of a compound; shorter ones end surnames, as mann and berg.
LEAST = 5
# What stands before the first word of a sentence, where all words are capitalised.
_BEGINS = re.compile(r"(?:^|[.!?:;\n]|[(\"\u201c\u2018\[])\s*$")


class Ordinary:
    """The words of text that names nobody.

    texts (Iterable[str]): Such text, as synthetic passages are.
    names (Iterable[str]): Names of the domain, whose words may begin a sentence.
    written (Written): How the language writes names, and its other capitalised words.
    """

    def __init__(
        self, texts: Iterable[str], names: Iterable[str], written: Written
    ) -> None:
        self._owning = written.compile(written.owning)
        self._compounds = written.compounds
        self._nouns = written.compile(written.nouns) if written.nouns else None
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
            word = match.group()
            known = self.words if _begins(text, match.start()) else self.capitalised
            base = self._owning.sub("", word)
            if base.casefold() in known or "'" in word or "\u2019" in word:
                word = base
            if not any(self._is_strange(x, known) for x in _PART.findall(word)):
                continue
            if start >= 0 and text[end : match.start()] == " ":
                end = match.start() + len(word)
                continue
            if start >= 0:
                yield start, end
            start, end = match.start(), match.start() + len(word)
        if start >= 0:
            yield start, end

    def _is_strange(self, part: str, known: Container[str]) -> bool:
        small = sum(map(str.islower, part))
        return (
            part[0].isupper()
            and small >= 2
            and 2 * small > len(part)
            and part.casefold() not in known
            and not (self._nouns and self._nouns.search(part))
            and not (self._compounds and _is_made_of(part.casefold(), known))
        )


def _begins(text: str, place: int) -> bool:
    return (
        _BEGINS.search(text[max(0, place - 4) : place]) is not None if place else True
    )


def _is_made_of(word: str, known: Container[str]) -> bool:
    """Whether a known word ends it, up to two letters of an ending."""
    return any(
        word[start:end] in known
        for end in range(len(word), len(word) - 3, -1)
        for start in range(max(1, end - LEAST + 1))
    )


def read_ordinary(
    paths: Iterable[Path], names: Iterable[str], written: Written
) -> Ordinary:
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

    return Ordinary(texts(), names, written)
