"""Pairs of vectors: the index finds what the matrix products find."""

import random
from pathlib import Path

import numpy as np
import pytest
from tests.builders import example
from tests.builders.packs import findings, make_context
from tests.builders.worded import WordEncoder, sentence

from phantom.checks.models import vectors
from phantom.checks.models.vectors import cosine_pairs, indexed_pairs, nearest


def clusters(count: int, seed: int = 0) -> np.ndarray:
    """Unit vectors in groups of one to four that lie close together."""
    rng = np.random.default_rng(seed)
    rows: list[np.ndarray] = []
    while len(rows) < count:
        centre = rng.normal(size=32)
        for _ in range(int(rng.integers(1, 5))):
            rows.append(centre + 0.15 * rng.normal(size=32))
    matrix = np.stack(rows).astype("float32")
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_cosine_pairs_over_blocks() -> None:
    matrix = clusters(50)
    wanted = {
        (i, j)
        for i in range(len(matrix))
        for j in range(i + 1, len(matrix))
        if float(matrix[i] @ matrix[j]) >= 0.8
    }
    assert len(wanted) > 10
    assert wanted == {(i, j) for i, j, _ in cosine_pairs(matrix, 0.8, block=7)}


def test_index_finds_the_pairs_of_the_exact_search() -> None:
    pytest.importorskip("usearch", reason="usearch is not installed (extra: quality)")
    matrix = clusters(600)
    exact = {(i, j): c for i, j, c in cosine_pairs(matrix, 0.9)}
    indexed = {(i, j): c for i, j, c in indexed_pairs(matrix, 0.9)}
    assert len(exact) > 300 and indexed.keys() == exact.keys()
    for pair, cosine in exact.items():
        assert indexed[pair] == pytest.approx(cosine, abs=1e-5)


def test_beyond_its_limit_the_check_asks_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("usearch", reason="usearch is not installed (extra: quality)")
    rng = random.Random(0)
    corpus = [example(sentence(rng), id=f"e{i:03}") for i in range(120)]
    for i in range(0, 120, 10):
        words = corpus[i].text.split()
        corpus.append(example(" ".join([words[-1], *words[:-1]]), id=f"z{i:03}"))
    context = make_context(tmp_path, encoder=WordEncoder())
    exact = findings("semantic_duplicates", corpus, context)
    monkeypatch.delattr(np, "argwhere")  # The exact search cannot do without it.
    indexed = findings("semantic_duplicates", corpus, context, exact_up_to=10)
    assert {f.ids for f in exact} == {
        (f"z{i:03}", f"e{i:03}") for i in range(0, 120, 10)
    }
    assert [(f.ids, f.value) for f in indexed] == [
        (f.ids, pytest.approx(f.value, abs=1e-4)) for f in exact
    ]


def test_without_usearch_the_check_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "usearch.index", None)
    with pytest.raises(vectors.CheckSkipped, match="usearch"):
        list(indexed_pairs(clusters(5), 0.9))


def test_nearest_over_blocks() -> None:
    matrix, others = clusters(40), clusters(30, seed=1)
    assert np.allclose(nearest(matrix, others, block=7), (matrix @ others.T).max(1))
