"""What a model sees of a span: vectors, neighbours, letters, how it is written."""

import zlib

import numpy as np

NEIGHBOURS = 2
BUCKETS = 256


def describe(
    text: str, spans: list[tuple[int, int]], vectors: np.ndarray, first: int, last: int
) -> np.ndarray:
    """Features of a run of tokens.

    spans (List[Tuple[int, int]]): Character offsets of the text's tokens.
    vectors (ndarray): Of the tokens, shape (tokens, width).
    first, last (int): The run's first token and the one after its last.
    RETURNS (ndarray): shape (5 * width + BUCKETS + 12,), float32: the vectors of its
        first and last token and of all, of the neighbours on both sides, its letter
        3- and 4-grams, and its shape.
    """
    start, end = spans[first][0], spans[last - 1][1]
    nothing = np.zeros(vectors.shape[1], dtype=np.float32)
    before = vectors[max(0, first - NEIGHBOURS) : first]
    after = vectors[last : last + NEIGHBOURS]
    return np.concatenate(
        [
            vectors[first],
            vectors[last - 1],
            vectors[first:last].mean(0),
            before.mean(0) if len(before) else nothing,
            after.mean(0) if len(after) else nothing,
            _letters(text[start:end]),
            _shape(text, start, end, last - first),
        ]
    ).astype(np.float32)


def _letters(surface: str) -> np.ndarray:
    counts = np.zeros(BUCKETS, dtype=np.float32)
    padded = f"^{surface.lower()}$"
    for n in (3, 4):
        for i in range(len(padded) - n + 1):
            counts[zlib.crc32(padded[i : i + n].encode()) % BUCKETS] += 1
    return counts / max(float(np.linalg.norm(counts)), 1.0)


def _shape(text: str, start: int, end: int, tokens: int) -> list[float]:
    surface = text[start:end]
    capitals = sum(c.isupper() for c in surface)
    digits = sum(c.isdigit() for c in surface)
    before, after = text[start - 1 : start], text[end : end + 1]
    return [
        capitals / len(surface),
        digits / len(surface),
        float(surface.isupper()),
        float(surface.istitle()),
        float(capitals > 1),
        float("-" in surface),
        min(len(surface), 40) / 20,
        tokens / 4,
        float(before == "("),
        float(after == ")"),
        float(before == "-" or after == "-"),
        float(start == 0),
    ]
