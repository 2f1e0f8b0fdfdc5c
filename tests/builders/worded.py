"""Passages of few words with labels, and an encoder that tells words by letters."""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tests.builders import example

from phantom.features import Encoder
from phantom.records import Example

DISEASES = [f"itis{i}" for i in range(12)]
DRUGS = [f"zolpin{i}" for i in range(12)]
FILLERS = "seen after the trial in most wards during early spring with care".split()


class WordEncoder(Encoder):
    """Each word has a fixed vector; a text is their mean."""

    def __init__(self) -> None:
        super().__init__(Path("none"))

    def word(self, word: str) -> np.ndarray:
        digest = hashlib.blake2b(word.lower().encode(), digest_size=4).digest()
        vector = np.random.default_rng(int.from_bytes(digest, "big")).normal(size=32)
        return vector.astype("float32")

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows = [np.mean([self.word(w) for w in text.split()], 0) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in rows])

    def embed_words(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[tuple[int, int]]],
        sentences: dict[str, np.ndarray] | None = None,
    ) -> list[np.ndarray]:
        if sentences is not None:
            sentences.update(zip(texts, self.embed(texts), strict=True))
        return [
            np.stack([self.word(text[a:b]) for a, b in offsets])
            for text, offsets in zip(texts, spans, strict=True)
        ]


def sentence(rng: random.Random, count: int = 8) -> str:
    return " ".join(rng.choices([f"word{i}" for i in range(300)], k=count))


def labelled(count: int) -> list[Example]:
    rng = random.Random(1)
    corpus = []
    for i in range(count):
        disease, drug = rng.choice(DISEASES), rng.choice(DRUGS)
        words = rng.choices(FILLERS, k=6)
        text = " ".join([*words[:3], drug, *words[3:], disease])
        mentions = [(drug, "CHEMICAL"), (disease, "DISEASE")]
        corpus.append(example(text, id=f"e{i:03}", mentions=mentions))
    return corpus
