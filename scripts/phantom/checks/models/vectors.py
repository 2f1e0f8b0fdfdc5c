"""Pairs and neighbours among the unit vectors of texts."""

from collections.abc import Iterator

import numpy as np

from phantom.checks.engine.base import CheckSkipped

Pair = tuple[int, int, float]


def cosine_pairs(
    vectors: np.ndarray, threshold: float, block: int = 2000
) -> Iterator[Pair]:
    """All pairs of unit vectors at or above a cosine.

    vectors (ndarray): shape (texts, width), float32.
    YIELDS (Tuple[int, int, float]): i < j and their cosine.
    """
    for i in range(0, len(vectors), block):
        for j in range(i, len(vectors), block):
            cosine = vectors[i : i + block] @ vectors[j : j + block].T
            for a, b in np.argwhere(cosine >= threshold):
                if i + a < j + b:
                    yield int(i + a), int(j + b), float(cosine[a, b])


def indexed_pairs(
    vectors: np.ndarray, threshold: float, neighbours: int = 10
) -> Iterator[Pair]:
    """Pairs as `cosine_pairs` yields them, among each vector's nearest by usearch.

    neighbours (int): Looked at per vector, itself included.
    RAISES: CheckSkipped if usearch is missing.
    """
    try:
        from usearch.index import Index
    except ImportError:
        raise CheckSkipped(
            "more passages than are compared exactly; pip install "
            "'spacy-phantom[quality]' for the usearch index"
        ) from None
    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f32")
    # With more threads the graph, and now and then a pair, is another in each run.
    index.add(np.arange(len(vectors)), vectors, threads=1)
    found = index.search(vectors, neighbours)
    known: dict[tuple[int, int], float] = {}
    for i, (keys, distances) in enumerate(
        zip(found.keys, found.distances, strict=True)
    ):
        for j, distance in zip(keys.tolist(), distances.tolist(), strict=True):
            # The other one of a pair need not have this one among its nearest.
            if i != j and 1 - distance >= threshold:
                known[min(i, j), max(i, j)] = 1 - distance
    for (i, j), cosine in sorted(known.items()):
        yield i, j, cosine


def nearest(vectors: np.ndarray, others: np.ndarray, block: int = 2000) -> np.ndarray:
    """Cosine with the nearest of the other unit vectors, shape (len(vectors),)."""
    return np.concatenate(
        [
            (vectors[i : i + block] @ others.T).max(1)
            for i in range(0, len(vectors), block)
        ]
    )
