"""Realism scores: worked out by hand, in `meta`, through convert, and ranked by."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.tokens import DocBin
from tests.builders import MEDICINE, example, hinted
from tests.builders.packs import config_of, findings, make_context, measures
from tests.builders.worded import WordEncoder

from phantom.checks import giveaways
from phantom.checks.engine.run import run_checks
from phantom.checks.models.adversarial import cross_validate
from phantom.corpora.docbin import to_doc, write_docbin
from phantom.corpora.windows import feed_documents
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.runtime import blank_pipeline, register_components

# How synthetic the passages 0 to 11 are taken to be; 10 and 11 come last, unsampled.
CHANCES = [0.9, 0.8, 0.1, 0.7, 0.6, 0.55, 0.5, 0.45, 0.4, 0.33336, 0.95, 0.05]


def passages() -> list[Example]:
    return [
        example(f"Nothing was seen on day {i}. All lived.", id=f"e{i}", model="m")
        for i in range(12)
    ]


@pytest.fixture
def real(tmp_path: Path) -> Path:
    path = tmp_path / "real.jsonl"
    write_jsonl(path, [Example(id=f"r{i}", text=f"Real text {i}.") for i in range(10)])
    return path


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters say what is planted; vectors, where there are any, half as much."""

    def score(data: Any, positive: Any, folds: int, seed: int, others: Any) -> Any:
        assert len(data) == len(positive) and positive.sum() == 10
        sampled, real = CHANCES[:10], [0.5] * (len(data) - 10)
        found = np.array([*sampled, *real, *CHANCES[10 : 10 + len(others)]])
        return found / 2 if isinstance(data, np.ndarray) else found

    monkeypatch.setattr(giveaways, "cross_validate", score)
    monkeypatch.setattr(
        giveaways, "draw_sample", lambda items, size, seed: list(range(10))
    )
    monkeypatch.setattr(
        giveaways,
        "two_sides",
        lambda corpus, context, size: (
            corpus.texts[:10],
            [x.text for x in context.real_examples],
        ),
    )


@pytest.mark.usefixtures("planted")
def test_each_passage_gets_what_it_is_not_taken_for(tmp_path: Path, real: Path) -> None:
    context = make_context(tmp_path, real=[real])
    result = run_checks(passages(), context, config_of(context, "adversarial"))
    found = [x.meta["realism"] for x in result.examples]
    assert found[:3] == [0.1, 0.2, 0.9]
    assert found[9:] == [0.6666, 0.05, 0.95]
    assert [x.model_copy(update={"meta": {}}) for x in result.examples] == passages()
    (mean,) = [m for m in result.measures if m.name == "realism"]
    assert mean.value == pytest.approx(sum(found) / 12, abs=1e-4)


@pytest.mark.usefixtures("planted")
def test_letters_and_vectors_count_alike(tmp_path: Path, real: Path) -> None:
    """0.9 and 0.45 make 0.675."""
    context = make_context(tmp_path, real=[real], encoder=WordEncoder())
    config = config_of(context, "adversarial")
    (first, *_, last) = run_checks(passages(), context, config).examples
    assert first.meta["realism"] == 0.325
    assert last.meta["realism"] == pytest.approx(1 - 0.75 * 0.05, abs=1e-4)


@pytest.mark.usefixtures("planted")
def test_the_score_stands_beside_notes_weights_and_repairs(
    tmp_path: Path, real: Path
) -> None:
    """Suspicious are three of ten; a check that comes later repairs the first."""
    corpus = passages()
    noted = {"meta": {"kind": "none"}}
    corpus[0] = example(
        "<DISEASE id=1>The gout</DISEASE> came.", id="e0", model="m", **noted
    )
    context = make_context(tmp_path, real=[real])
    config = config_of(context, "boundaries")
    told = {"action": "downweight", "suspicious": 0.3}
    checks = {"adversarial": told, **config.checks}
    config = config.model_copy(update={"checks": checks})
    examples = run_checks(corpus, context, config).examples
    assert [x.weight for x in examples[:4]] == [0.5, 0.5, 1.0, 0.5]
    assert examples[0].meta == {"kind": "none", "realism": 0.1}
    assert [e.text for e in examples[0].entities] == ["gout"]


@pytest.mark.usefixtures("planted")
def test_what_follows_from_private_text_may_be_withheld(
    tmp_path: Path, real: Path
) -> None:
    context = make_context(tmp_path, real=[real], withheld="of few")
    config = config_of(context, "adversarial")
    assert run_checks(passages(), context, config).examples == passages()
    detail = measures("adversarial", passages(), context)["realism"].detail
    assert detail.endswith("not written to passages: of few")
    assert findings("adversarial", passages(), context, suspicious=0.1)


@pytest.mark.usefixtures("planted")
def test_windows_keep_it_and_training_ranks_by_it(tmp_path: Path, real: Path) -> None:
    """A fifth of twelve documents: the three least real, or the three most."""
    context = make_context(tmp_path, real=[real])
    checked = run_checks(passages(), context, config_of(context, "adversarial"))
    windows = list(feed_documents(load_pack(MEDICINE), checked.examples))
    scores = {x.id: x.meta["realism"] for x in checked.examples}
    assert {w.meta["realism"] for w in windows} == set(scores.values())
    assert all(w.meta["realism"] == scores[w.derived_from[0]] for w in windows)
    nlp, path = blank_pipeline("en"), tmp_path / "train.spacy"
    write_docbin(path, [to_doc(nlp, x) for x in checked.examples], nlp.vocab)
    least, most = ({"e10", "e0", "e1"}, {"e11", "e2", "e9"})
    assert first_drawn(path, "meta.realism", False) == least
    assert first_drawn(path, "meta.realism", True) == most


def first_drawn(path: Path, rank: str, hardest_first: bool) -> set[str]:
    """Ids of the first six that the reader draws while a fifth is in."""
    make = register_components()["relation_hybrid"].make_hybrid_corpus
    nlp = spacy.blank("en", config={"training": {"max_epochs": -1}})
    ranked = {"rank": rank, "hardest_first": hardest_first}
    corpus = make({"synthetic": {"path": str(path)}}, words=10**6, **ranked)
    drawn = islice(corpus(nlp), 6)
    return {x.reference.user_data["example"]["id"] for x in drawn}


def test_real_text_without_a_score_is_there_from_the_start(tmp_path: Path) -> None:
    """Of nine synthetic docs, the two least real are in; of six real ones, all."""
    nlp = spacy.blank("en", config={"training": {"max_epochs": -1}})
    scored = [{"origin": "synthetic", "meta": {"realism": i / 9}} for i in range(9)]
    sources = {"synthetic": scored, "public": [{"origin": "public"}] * 6}
    paths = {}
    for name, notes in sources.items():
        docs = [nlp.make_doc(f"Day {i}.") for i in range(len(notes))]
        for i, (doc, note) in enumerate(zip(docs, notes, strict=True)):
            doc._.relations = []
            doc.user_data["example"] = {"id": f"{name}{i}", **note}
        paths[name] = {"path": str(tmp_path / f"{name}.spacy")}
        DocBin(docs=docs, store_user_data=True).to_disk(paths[name]["path"])
    make = register_components()["relation_hybrid"].make_hybrid_corpus
    corpus = make(paths, words=10**6, rank="meta.realism")
    ids = {x.reference.user_data["example"]["id"] for x in islice(corpus(nlp), 40)}
    real = {f"public{i}" for i in range(6)}
    assert ids == {"synthetic0", "synthetic1", *real}
    with pytest.raises(ValueError, match=r"no example has 'meta\.difficulty'"):
        next(make(paths, rank="meta.difficulty")(nlp))


def test_others_are_judged_by_classifiers_that_never_saw_them() -> None:
    """The scores of those that are learnt from stay as they were."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(40, 3)) + np.repeat([[2.0], [-2.0]], 20, axis=0)
    is_ours = np.arange(40) < 20
    alone = cross_validate(data, is_ours, 4, 0)
    both = cross_validate(data, is_ours, 4, 0, np.array([[2.0] * 3, [-2.0] * 3]))
    assert np.array_equal(both[:40], alone) and both.shape == (42,)
    assert both[40] > 0.95 and both[41] < 0.05
    texts = [f"notably w{i}" for i in range(20)] + [f"it was w{i}" for i in range(20)]
    alone = cross_validate(texts, is_ours, 4, 0)
    both = cross_validate(texts, is_ours, 4, 0, ["notably so", "it was so"])
    assert np.array_equal(both[:40], alone) and both[40] > 0.8 > 0.2 > both[41]
    assert np.array_equal(cross_validate(texts, is_ours, 4, 0, []), alone)


def test_the_step_writes_it_where_real_text_may_tell(tmp_path: Path) -> None:
    """Without real text, what passes is written as it was, to the byte."""
    pack = hinted.make_pack(tmp_path / "tiny")
    (tmp_path / "real").mkdir()
    hinted.check(pack, tmp_path, "--real", str(tmp_path / "absent"), count=0)
    accepted, checked = tmp_path / "accepted.jsonl", tmp_path / "checked.jsonl"
    assert checked.read_bytes() == accepted.read_bytes()
    hinted.check(pack, tmp_path)
    scores = [x.meta["realism"] for x in read_jsonl(checked, Example)]
    assert len(scores) == 120 and max(scores) < 0.1
    assert scores == [round(x, 4) for x in scores]
    for more, count, reason in (
        ((), 49, "fewer than 50 passages"),
        (("--ledger", str(accepted)), 120, "a ledger counts"),
    ):
        hinted.check(pack, tmp_path, *more, count=count)
        assert checked.read_bytes() == accepted.read_bytes()
        report = json.loads((tmp_path / "m" / "quality.json").read_text("utf-8"))
        (row,) = [m for m in report["measures"] if m["name"] == "realism"]
        assert reason in row["detail"]
    hinted.check(pack, tmp_path, "--public", str(tmp_path / "real"), count=49)
    assert all("realism" in x.meta for x in read_jsonl(checked, Example))
