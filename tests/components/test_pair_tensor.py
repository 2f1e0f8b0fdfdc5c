"""The pair tensor: shapes, gradients, and independence from batch and window."""

from typing import Any

import numpy as np
import pytest
import torch
from tests.builders.pipelines import MODULES
from thinc.api import Model, fix_random_seed
from torch.nn.functional import gelu

WIDTH, INPUTS = 16, 8
EDGES = MODULES["pair_encoder"].EDGES


def build(window: int = 256) -> Model:
    fix_random_seed(0)
    build_pair_tensor = MODULES["pair_tensor"].build_pair_tensor
    model = build_pair_tensor(width=WIDTH, heads=2, dropout=0.0, window=window)
    model.set_dim("nI", INPUTS)
    model.set_dim("nT", 4)
    model.initialize()
    return model


def candidates(docs: list[list[tuple[int, int, int]]], every: int = 1) -> dict:
    """All ordered pairs of the mentions (start, end, type) of each doc."""
    rows = [(d, *mention) for d, mentions in enumerate(docs) for mention in mentions]
    columns = np.asarray(rows, dtype="int64").reshape(-1, 4).T
    keys = ("mention_doc", "mention_start", "mention_end", "mention_type")
    pairs = [
        (i, j)
        for i in range(len(rows))
        for j in range(len(rows))
        if i != j and rows[i][0] == rows[j][0]
    ][::every]
    heads, tails = np.asarray(pairs, dtype="int64").reshape(-1, 2).T
    return {**dict(zip(keys, columns, strict=True)), "heads": heads, "tails": tails}


def vectors(*lengths: int) -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.normal(size=(n, INPUTS)).astype("float32") for n in lengths]


DOCS = [[(0, 2, 2), (4, 5, 3)], [], [(1, 2, 3), (3, 4, 2), (8, 10, 1)]]


def test_one_vector_per_pair() -> None:
    Y = build().predict((vectors(6, 3, 12), candidates(DOCS)))
    assert Y.shape == (8, WIDTH)
    assert np.isfinite(Y).all() and Y.std() > 0


def slowly(module: Any, X: np.ndarray, batch: dict, start: int, window: int) -> Any:
    """The first pair's vector by the formula, token by token, without any plan.

    X (ndarray): Tokens of the one doc. start (int): First token of the pair's window.
    """
    sides = [batch[name][0] for name in ("heads", "tails")]
    spans = [(batch["mention_start"][i], batch["mention_end"][i]) for i in sides]
    types = torch.zeros(len(X), dtype=torch.long)
    for i in range(len(batch["mention_start"])):
        first, last = batch["mention_start"][i], batch["mention_end"][i]
        types[first:last] = int(batch["mention_type"][i])
    hidden = module.norm(
        module.project(torch.from_numpy(X)) + module.token_types(types)
    )
    means = [hidden[a:b].mean(0) for a, b in spans]

    def bucket(distance: int) -> int:
        size = sum(edge <= abs(distance) for edge in EDGES)
        return len(EDGES) + (size if distance > 0 else -size)

    near = hidden[start : start + window]
    keys, values = (
        f(near).view(len(near), 2, -1) for f in (module.keys, module.values)
    )
    weights = torch.ones(len(near), 2)
    for side, ((a, b), mean) in enumerate(zip(spans, means, strict=True)):
        query = module.queries(mean).view(2, 2, -1)[side] / keys.shape[-1] ** 0.5
        for i in range(len(near)):
            at = i + start
            place = bucket(at - a if at < a else max(0, at - b + 1))
            for head in range(2):
                score = query[head] @ keys[i, head]
                score += query[head] @ module.places[side, head, :, place]
                score += module.place_bias[side, head, place]
                weights[i, head] *= torch.exp(score.clamp(-15, 15))
    context = torch.einsum("fh,fhk->hk", weights / weights.sum(0), values).flatten()
    (a, b), (c, d) = spans
    left, right = min(b, d), max(a, c)
    between = hidden[left:right].mean(0) if right > left else torch.zeros(WIDTH)
    gap = (max(right - left, -1) + 1) * (1 if a <= c else -1)
    head, tail = (module.ends(mean).chunk(4) for mean in means)
    pair = head[0] + tail[1] + module.gap.weight[bucket(gap)]
    pair = pair + module.product(head[2].tanh() * tail[3].tanh())
    pair = pair + module.between(between) + module.context(context)
    return gelu(module.output(gelu(pair)))


@pytest.mark.parametrize("turned", [False, True])
def test_vectors_are_those_of_the_formula(turned: bool) -> None:
    """Of a pair whose window holds neither end of the doc, and turned round; other
    mentions, on one side alone, share the windows."""
    model = build(window=24)
    mentions = [(20, 22, 2), (31, 32, 3), (5, 6, 2), (58, 59, 3), (33, 36, 2)]
    batch = candidates([mentions])
    chosen = [(1, 0), (2, 3), (4, 3)] if turned else [(0, 1), (2, 3), (4, 3)]
    batch["heads"], batch["tails"] = np.asarray(chosen).T
    X = vectors(60)
    starts = MODULES["pair_windows"].find_starts(batch, np.asarray([60]), 24)
    module: Any = model.layers[0].shims[0]._model
    with torch.no_grad():
        wanted = slowly(module, X[0], batch, int(starts[0]), 24).numpy()
    np.testing.assert_allclose(model.predict((X, batch))[0], wanted, atol=1e-5)


def test_pairs_do_not_depend_on_the_batch() -> None:
    model, X = build(), vectors(6, 3, 12)
    together = model.predict((X, candidates(DOCS)))
    first = model.predict((X[:1], candidates(DOCS[:1])))
    last = model.predict((X[2:], candidates(DOCS[2:])))
    np.testing.assert_allclose(together, np.concatenate([first, last]), atol=1e-5)


def test_order_of_pairs_is_kept() -> None:
    model, X, batch = build(), vectors(6, 3, 12), candidates(DOCS)
    turned = {**batch, "heads": batch["heads"][::-1], "tails": batch["tails"][::-1]}
    straight, back = model.predict((X, batch)), model.predict((X, turned))
    np.testing.assert_allclose(straight, back[::-1], atol=1e-5)


def test_head_and_tail_are_told_apart() -> None:
    Y = build().predict((vectors(6), candidates(DOCS[:1])))
    assert abs(Y[0] - Y[1]).max() > 1e-3


@pytest.mark.parametrize("at", [0, 7, 11])
def test_context_far_from_both_mentions_counts(at: Any) -> None:
    model, X = build(), vectors(12)
    batch = candidates([[(3, 4, 2), (5, 6, 3)]])
    before = model.predict((X, batch))
    X[0][at] += 3
    assert abs(before - model.predict((X, batch))).max() > 1e-4


def test_chunks_give_the_same() -> None:
    mentions = [(i, i + 1, 2) for i in range(0, 60, 3)]
    model, X, batch = build(window=16), vectors(60), candidates([mentions])
    whole = model.predict((X, batch))
    module = type(model.layers[0].shims[0]._model)
    names = module.forward.__globals__
    limit, names["PAIRS_AT_ONCE"] = names["PAIRS_AT_ONCE"], 7
    try:
        np.testing.assert_allclose(whole, model.predict((X, batch)), atol=1e-5)
    finally:
        names["PAIRS_AT_ONCE"] = limit


def test_window_larger_than_the_doc_changes_nothing() -> None:
    mentions = [(0, 1, 2), (9, 10, 3), (18, 20, 2)]
    X, batch = vectors(20), candidates([mentions])
    wide = build(window=200).predict((X, batch))
    np.testing.assert_allclose(wide, build(window=20).predict((X, batch)), atol=1e-6)


def test_window_lies_around_the_pair() -> None:
    model, batch = build(window=16), candidates([[(40, 41, 2), (44, 45, 3)]])
    X = vectors(100)
    before = model.predict((X, batch))
    X[0][:30] += 5
    X[0][55:] -= 5
    np.testing.assert_allclose(before, model.predict((X, batch)), atol=1e-5)
    X[0][42] += 3
    assert abs(before - model.predict((X, batch))).max() > 1e-4


def test_pairs_longer_than_the_window_work() -> None:
    batch = candidates([[(0, 1, 2), (90, 91, 3)]])
    Y = build(window=16).predict((vectors(100), batch))
    assert np.isfinite(Y).all()


def test_gradient_agrees_with_finite_differences() -> None:
    model, X, batch = build(), vectors(6, 3, 12), candidates(DOCS)
    Y, backprop = model.begin_update((X, batch))
    dY = np.random.default_rng(1).normal(size=Y.shape).astype("float32")
    dX = backprop(dY)
    assert [d.shape for d in dX] == [x.shape for x in X]
    assert not dX[1].any()
    for doc, token, column in ((0, 1, 0), (0, 3, 5), (2, 7, 2), (2, 11, 7)):
        sides = []
        for step in (0.01, -0.01):
            moved = [x.copy() for x in X]
            moved[doc][token, column] += step
            sides.append(float((model.predict((moved, batch)) * dY).sum()))
        slope = (sides[0] - sides[1]) / 0.02
        assert dX[doc][token, column] == pytest.approx(slope, rel=0.05, abs=5e-3)


def test_nothing_to_do() -> None:
    model = build()
    X = vectors(4, 0)
    Y, backprop = model.begin_update((X, candidates([[], []])))
    assert Y.shape == (0, WIDTH)
    assert [d.shape for d in backprop(Y)] == [(4, INPUTS), (0, INPUTS)]


def test_bytes_carry_sizes_and_weights() -> None:
    model = build()
    other = MODULES["pair_tensor"].build_pair_tensor(width=WIDTH, heads=2)
    other.from_bytes(model.to_bytes())
    X, batch = vectors(6), candidates(DOCS[:1])
    assert (model.predict((X, batch)) == other.predict((X, batch))).all()
