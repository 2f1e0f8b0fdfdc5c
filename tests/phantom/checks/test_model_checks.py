"""Checks that need the encoder, with one that knows words only: quick and exact."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.builders import example
from tests.builders.packs import config_of, findings, make_context, measures

from phantom.checks import CheckSkipped
from phantom.checks.engine.run import run_checks
from phantom.checks.label_errors import rank_suspects
from phantom.checks.models.mention_features import BUCKETS, describe
from phantom.checks.models.mention_model import score_mentions
from phantom.checks.models.statistics import auc, effect, entropy_share, wilson
from phantom.features import Encoder
from phantom.jsonl import write_jsonl
from phantom.passages.words import TOKEN
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
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[np.ndarray]:
        return [
            np.stack([self.word(text[a:b]) for a, b in offsets])
            for text, offsets in zip(texts, spans, strict=True)
        ]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads cost more than they bring on matrices this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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


@pytest.mark.parametrize("method", ["confident", "dynamics"])
def test_planted_wrong_labels_are_the_worst(tmp_path: Path, method: str) -> None:
    if method == "confident":
        pytest.importorskip("cleanlab")
    corpus = labelled(200)
    wrong = {f"e{i:03}" for i in range(0, 200, 25)}
    for i, x in enumerate(corpus):
        if x.id in wrong:
            first = x.entities[0].model_copy(update={"label": "DISEASE"})
            corpus[i] = x.model_copy(update={"entities": (first, x.entities[1])})
    context = make_context(tmp_path, encoder=WordEncoder())
    found = findings(
        "label_errors", corpus, context, method=method, worst=0.04, action="repair"
    )
    doubted = {f.ids[0] for f in found}
    # Confident learning leaves out those that it is not confident about.
    assert doubted <= wrong and len(doubted) >= (8 if method == "dynamics" else 4)
    for finding in found:
        assert finding.replacement is not None
        assert finding.replacement.entities[0].label == "CHEMICAL"


@pytest.mark.parametrize("method", ["confident", "dynamics"])
def test_an_untagged_mention_is_found_and_tagged(tmp_path: Path, method: str) -> None:
    if method == "confident":
        pytest.importorskip("cleanlab")
    clean = labelled(200)
    bare = {x.id: x for x in clean[::25]}
    corpus = [
        x.model_copy(update={"entities": x.entities[1:]}) if x.id in bare else x
        for x in clean
    ]
    context = make_context(tmp_path, encoder=WordEncoder())
    settings = {"method": method, "worst": 0.04, "action": "repair"}
    found = findings("label_errors", corpus, context, **settings)
    assert len(found) >= 4
    for finding in found:
        assert finding.replacement == bare[finding.ids[0]]


def test_the_default_needs_no_cleanlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phantom.checks.label_errors.find_spec", lambda name: None)
    context = make_context(tmp_path, encoder=WordEncoder())
    assert measures("label_errors", labelled(60), context)["doubted_spans"]
    with pytest.raises(CheckSkipped, match=r"pip install 'spacy-phantom\[quality\]'"):
        findings("label_errors", labelled(60), context, method="confident")


def test_a_large_corpus_is_judged_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phantom.checks.label_errors.AT_ONCE", 120)
    corpus = labelled(300)
    wrong = [110, 250]
    for i in wrong:
        first = corpus[i].entities[0].model_copy(update={"label": "DISEASE"})
        entities = (first, corpus[i].entities[1])
        corpus[i] = corpus[i].model_copy(update={"entities": entities})
    context = make_context(tmp_path, encoder=WordEncoder())
    found = findings("label_errors", corpus, context, worst=0.01)
    assert {f.ids[0] for f in found[:2]} == {f"e{i:03}" for i in wrong}


def test_judged_are_mentions_and_what_might_be_one() -> None:
    corpus = labelled(60)
    first = corpus[0]
    drug, disease = first.entities
    corpus[0] = first.model_copy(update={"entities": (disease,)})
    scores = score_mentions(corpus, ["CHEMICAL", "DISEASE"], WordEncoder())
    assert scores.probabilities.sum(1) == pytest.approx(1.0, abs=1e-4)
    assert np.isfinite(scores.margins).all()
    judged = [c for c in scores.candidates if not c.drawn]
    assert sum(c.given > 0 for c in judged) == sum(len(x.entities) for x in corpus)
    # It is tagged in other passages, so here it must be asked about.
    offsets = {
        (scores.spans[0][c.first][0], scores.spans[0][c.last - 1][1]): c.given
        for c in judged
        if c.passage == 0
    }
    assert offsets[drug.start, drug.end] == 0
    assert offsets[disease.start, disease.end] == 2
    for c in scores.candidates:
        start, end = scores.spans[c.passage][c.first][0], c.last
        if c.drawn:
            spot = scores.spans[c.passage][end - 1][1]
            mentions = corpus[c.passage].entities
            assert not any(e.start < spot and start < e.end for e in mentions)
    suspects = rank_suspects(scores, "dynamics")
    places = {(c.passage, scores.spans[c.passage][c.first][0]) for c in judged}
    assert {(s.passage, s.start) for s in suspects} <= places


def test_a_span_is_known_by_its_letters_writing_and_neighbours() -> None:
    vectors = np.arange(12, dtype=np.float32).reshape(6, 2)
    text = "In TP53 and tp53 (tp53)"
    spans = [m.span() for m in TOKEN.finditer(text)]
    wide = np.vstack([vectors, vectors])[: len(spans)]
    rows = {
        text[spans[k][0] - 1 : spans[k][1] + 1]: describe(
            text, spans, wide * 0, k, k + 1
        )
        for k in (1, 3, 5)
    }
    assert len({row.shape for row in rows.values()}) == 1
    upper, lower, bracket = rows.values()
    assert not np.array_equal(upper, lower) and not np.array_equal(lower, bracket)
    letters = slice(10, 10 + BUCKETS)
    np.testing.assert_array_equal(upper[letters], lower[letters])
    left = describe(text, spans, wide, 1, 2)
    right = describe(text, spans, wide, 3, 4)
    assert not np.array_equal(left[6:10], right[6:10])


def test_downweighting_marks_the_passage(tmp_path: Path) -> None:
    corpus = labelled(60)
    context = make_context(tmp_path, encoder=WordEncoder())
    config = config_of(context, "label_errors")
    settings = {"method": "dynamics", "action": "downweight", "weight": 0.25}
    config = config.model_copy(update={"checks": {"label_errors": settings}})
    first = corpus[0].entities[0].model_copy(update={"label": "DISEASE"})
    entities = (first, corpus[0].entities[1])
    corpus[0] = corpus[0].model_copy(update={"entities": entities})
    result = run_checks(corpus, context, config)
    weights = {x.id: x.weight for x in result.examples}
    assert weights["e000"] == 0.25
    assert sum(weight == 1.0 for weight in weights.values()) >= 55
    with pytest.raises(ValueError, match=r"label_errors.weight: 0;.*action: reject"):
        findings("label_errors", corpus, context, action="downweight", weight=0)


def test_semantic_duplicates(tmp_path: Path) -> None:
    rng = random.Random(0)
    corpus = [example(sentence(rng), id=f"e{i}") for i in range(40)]
    words = corpus[7].text.split()
    corpus.append(example(" ".join([words[-1], *words[:-1]]), id="zz"))
    context = make_context(tmp_path, encoder=WordEncoder())
    found = findings("semantic_duplicates", corpus, context)
    assert [f.ids for f in found] == [("zz", "e7")]


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


def test_statistics() -> None:
    assert wilson(50, 100) == pytest.approx((0.4038, 0.5962), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)
    area, low, high = auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1]) > 0)
    assert area == 0.75 and low < area < high
    assert entropy_share([5, 5]) == pytest.approx(1.0)
    assert entropy_share([9, 0]) == 0.0
    assert effect(np.array([1.0, 3.0]), np.array([0.0, 2.0])) == pytest.approx(1.0)
