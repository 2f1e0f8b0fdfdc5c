"""Checks that need the encoder, with one that knows words only: quick and exact."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.builders import example
from tests.builders.packs import findings, make_context, measures
from tests.builders.worded import WordEncoder, labelled, sentence

from phantom.checks.engine.base import CheckSkipped
from phantom.checks.models.statistics import auc, effect, entropy_share, wilson
from phantom.jsonl import write_jsonl
from phantom.records import Example


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads cost more than they bring on matrices this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_semantic_duplicates(tmp_path: Path) -> None:
    rng = random.Random(0)
    corpus = [example(sentence(rng), id=f"e{i}") for i in range(40)]
    words = corpus[7].text.split()
    corpus.append(example(" ".join([words[-1], *words[:-1]]), id="zz"))
    context = make_context(tmp_path, encoder=WordEncoder())
    found = findings("semantic_duplicates", corpus, context)
    assert [f.ids for f in found] == [("zz", "e7")]


def test_the_label_check_leaves_the_vectors_of_sentences(tmp_path: Path) -> None:
    corpus = labelled(60)
    context = make_context(tmp_path, encoder=WordEncoder())
    findings("label_errors", corpus, context)
    assert context.vectors.keys() == {x.text for x in corpus}
    context.encoder = None
    with pytest.raises(CheckSkipped):
        context.embed(["another text"])
    assert context.embed([corpus[0].text]).shape == (1, 32)


def test_memorisation_score(tmp_path: Path) -> None:
    rng = random.Random(0)
    private, holdout = tmp_path / "private.jsonl", tmp_path / "holdout.jsonl"
    texts = [sentence(rng, 12) for _ in range(160)]
    write_jsonl(
        private, [Example(id=f"p{i}", text=t) for i, t in enumerate(texts[:80])]
    )
    write_jsonl(
        holdout, [Example(id=f"h{i}", text=t) for i, t in enumerate(texts[80:])]
    )
    context = make_context(
        tmp_path, encoder=WordEncoder(), private=[private], holdout=[holdout]
    )
    copies = [
        example(text.replace("1", "2", 1), id=f"c{i}")
        for i, text in enumerate(texts[:60])
    ]
    fresh = [example(sentence(rng, 12), id=f"f{i}") for i in range(60)]
    bad = measures("memorisation", copies, context)["memorisation_score"]
    good = measures("memorisation", fresh, context)["memorisation_score"]
    assert bad.status == "fail" and (bad.low or 0) > 0.8
    assert good.status == "ok" and (good.low or 1) < 0.5 < (good.high or 0)
    assert len(findings("memorisation", copies, context)) > 30


def test_adversarial_tells_apart_and_says_by_what(tmp_path: Path) -> None:
    rng = random.Random(0)
    real = tmp_path / "real.jsonl"
    write_jsonl(real, [Example(id=f"r{i}", text=sentence(rng, 12)) for i in range(300)])
    context = make_context(tmp_path, encoder=WordEncoder(), real=[real])
    alike = [example(sentence(rng, 12), id=f"a{i}") for i in range(300)]
    odd = [example("notably " + sentence(rng, 11), id=f"o{i}") for i in range(300)]
    fair = measures("adversarial", alike, context)
    told = measures("adversarial", odd, context)
    assert 0.4 < (fair["auc_n-grams"].value or 0) < 0.6
    assert (told["auc_n-grams"].value or 0) > 0.99
    assert (told["auc_embeddings"].value or 0) > 0.8
    assert told["auc_n-grams"].status == "warning"
    assert told["tell_tales"].rows[0]["word"] == "notably"
    noted = findings("adversarial", odd, context)
    assert len(noted) == 6 and {f.action for f in noted} == {"note"}
    statistics = measures("realism_statistics", odd, context)["features_far_from_real"]
    assert statistics.value == 0


def test_entity_density_is_held_against_unlabelled_text(tmp_path: Path) -> None:
    """The pack's lexicon knows asthma and nephrolithiasis."""
    rng = random.Random(0)
    real = tmp_path / "real.jsonl"
    names = ["asthma", "nephrolithiasis", "ward", "night"]
    texts = [f"{sentence(rng)} {names[i % 4]} {sentence(rng, 4)}" for i in range(100)]
    write_jsonl(real, [Example(id=f"r{i}", text=text) for i, text in enumerate(texts)])
    context = make_context(tmp_path, real=[real])
    bare = [example(sentence(rng, 13), id=f"b{i}") for i in range(100)]
    alike = [example(text, id=f"a{i}") for i, text in enumerate(texts)]
    far = measures("realism_statistics", bare, context)["features_far_from_real"]
    near = measures("realism_statistics", alike, context)["features_far_from_real"]
    rows = {row["feature"]: row for row in far.rows}
    assert rows["without a known name"]["synthetic"] == 1
    assert rows["without a known name"]["real"] == 0.5
    assert rows["without a known name"]["effect"] > 0.5
    assert rows["known names per 100 words"]["real"] == pytest.approx(50 / 13, abs=0.1)
    assert "words per known name" not in rows
    assert far.status == "warning" and near.status == "ok"
    assert {row["feature"] for row in near.rows} > {"words per known name", "words"}


def test_real_text_may_hold_no_known_name(tmp_path: Path) -> None:
    rng = random.Random(0)
    real = tmp_path / "real.jsonl"
    texts = [Example(id=f"r{i}", text=sentence(rng, 13)) for i in range(100)]
    write_jsonl(real, texts)
    context = make_context(tmp_path, real=[real])
    named = [example(f"{sentence(rng)} asthma", id=f"n{i}") for i in range(100)]
    far = measures("realism_statistics", named, context)["features_far_from_real"]
    rows = {row["feature"]: row for row in far.rows}
    assert rows["without a known name"]["synthetic"] == 0
    assert rows["without a known name"]["real"] == 1
    assert "words per known name" not in rows


def test_statistics() -> None:
    assert wilson(50, 100) == pytest.approx((0.4038, 0.5962), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)
    area, low, high = auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1]) > 0)
    assert area == 0.75 and low < area < high
    assert entropy_share([5, 5]) == pytest.approx(1.0)
    assert entropy_share([9, 0]) == 0.0
    assert effect(np.array([1.0, 3.0]), np.array([0.0, 2.0])) == pytest.approx(1.0)
