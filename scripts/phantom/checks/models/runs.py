"""Runs of words that occur in another text, however that text is divided."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

# Letters by which places are found; runs with fewer are not looked for.
ANCHOR = 20
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class Run(NamedTuple):
    """A run of words of one of our documents, found in a named line."""

    document: int
    name: str
    line: str


class RunFinder:
    """Finds runs of words by their letters and digits alone.

    Spaces, line breaks, hyphens and other marks may stand anywhere in the text that is
    searched, so that a word divided at the end of a line is still the same.

    documents (Sequence[List[str]]): Tokens; punctuation is passed over.
    size (int): Words of a run.
    """

    def __init__(self, documents: Sequence[list[str]], size: int) -> None:
        self._needles: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for i, tokens in enumerate(documents):
            words = [squeeze(token) for token in tokens]
            words = [word for word in words if word]
            for k in range(len(words) - size + 1):
                letters = "".join(words[k : k + size])
                if len(letters) >= ANCHOR:
                    anchor = int(_hash(letters[:ANCHOR])[0])
                    self._needles[anchor].append((i, letters))
        self._anchors = np.array(sorted(self._needles), np.uint64)

    def find(self, lines: Iterable[tuple[str, str]]) -> Iterator[Run]:
        """The first run of each document that has one in these lines.

        lines (Iterable[Tuple[str, str]]): Name and text, in reading order; a run may
            go on in the next one.
        """
        rows = list(lines)
        parts = [squeeze(text) for _, text in rows]
        ends = np.cumsum([len(part) for part in parts])
        text = "".join(parts)
        hashes = _hash(text)
        found: set[int] = set()
        for place in np.flatnonzero(np.isin(hashes, self._anchors)).tolist():
            for document, letters in self._needles[int(hashes[place])]:
                if document not in found and text.startswith(letters, place):
                    found.add(document)
                    row = rows[int(np.searchsorted(ends, place, side="right"))]
                    yield Run(document, *row)


def squeeze(text: str) -> str:
    """Letters and digits alone, case-folded."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _hash(text: str) -> np.ndarray:
    """A hash of the next ANCHOR characters at each place, uint64."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = max(len(codes) - ANCHOR + 1, 0)
    out = np.zeros(count, np.uint64)
    for k in range(ANCHOR):
        out = out * _MULTIPLIER + codes[k : k + count]
    return out
