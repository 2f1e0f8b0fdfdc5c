"""Labels that the rest of the corpus speaks against."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.builders.packs import config_of, findings, make_context, measures
from tests.builders.worded import WordEncoder, labelled

from phantom.checks import CheckSkipped
from phantom.checks.engine.run import run_checks
from phantom.checks.label_errors import rank_suspects
from phantom.checks.models.mention_features import BUCKETS, describe
from phantom.checks.models.mention_model import score_mentions
from phantom.passages.words import TOKEN


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads cost more than they bring on matrices this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    "method", [pytest.param("confident", marks=pytest.mark.slow), "dynamics"]
)
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_large_corpus_is_judged_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = sum(x.text.count(" ") + 1 for x in labelled(300))
    monkeypatch.setattr("phantom.checks.label_errors.WORDS_AT_ONCE", words // 2)
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
