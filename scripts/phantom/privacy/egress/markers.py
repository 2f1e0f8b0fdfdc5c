"""Markers planted in private files, and where they are looked for in what went out."""

import base64
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from phantom.jsonl import write_jsonl, write_text
from phantom.records import Example

_SYLLABLES = "zor vum quix bre tal nex ort pim gla duv sze kor mib wen fyx jod".split()
_SENTENCES = (
    "{0} was told of the {1} by {2}, who had seen it before.",
    "After {0} the {1} of {2} was measured twice, and nothing else was done.",
    "{0}, {1} and {2} were noted in the chart of the patient on that day.",
    "The family of {0} lives near {1}; {2} has been informed.",
)


class Markers:
    """Made-up words that stand in no text but the planted ones.

    words (List[str]): Four syllables each, so that none comes about by chance.
    """

    def __init__(self, count: int, seed: int) -> None:
        rng = random.Random(seed)
        made: set[str] = set()
        while len(made) < count:
            made.add("".join(rng.choices(_SYLLABLES, k=4)).capitalize())
        self.words = sorted(made)
        self.rng = rng

    def text(self, sentences: int) -> str:
        """Sentences of which each names three markers."""
        said = [
            self.rng.choice(_SENTENCES).format(*self.rng.sample(self.words, 3))
            for _ in range(sentences)
        ]
        return " ".join(said)

    def found(self, data: bytes) -> Counter[str]:
        """Markers in some bytes, however they are written.

        As they are in any case, as UTF-16, in hex, in base64 at each of three offsets.
        """
        lower = data.lower()
        counts: Counter[str] = Counter()
        for word in self.words:
            hits = sum(
                (data if exact else lower).count(form) for form, exact in forms(word)
            )
            if hits:
                counts[word] = hits
        return counts


def forms(word: str) -> Iterator[tuple[bytes, bool]]:
    """How a word may stand in bytes, and whether case matters there."""
    lower = word.lower().encode()
    yield lower, False
    yield lower.decode().encode("utf-16-le"), False
    for written in (word.encode(), lower):
        yield written.hex().encode(), False
        for offset in range(3):
            # What the neighbours decide is cut off.
            coded = base64.b64encode(b"\0" * offset + written).rstrip(b"=")
            yield coded[-(-offset * 8 // 6) : len(coded) - 1], True


def plant(
    folders: Iterable[Path], markers: Markers, texts: int = 60, records: int = 1000
) -> list[Path]:
    """Fill folders with private text.

    texts (int): Lines of notes.txt. records (int): Examples of notes.jsonl, each of a
        patient of its own; of fewer a profile makes no quota.
    """
    written = []
    for folder in folders:
        lines = [markers.text(3) for _ in range(texts)]
        write_text(folder / "notes.txt", "\n".join(lines) + "\n")
        examples = [
            Example(
                id=f"private-{i}",
                text=markers.text(2),
                origin="private",
                meta={"patient": f"p{i}"},
            )
            for i in range(records)
        ]
        write_jsonl(folder / "notes.jsonl", examples)
        written += [folder / "notes.txt", folder / "notes.jsonl"]
    return written
