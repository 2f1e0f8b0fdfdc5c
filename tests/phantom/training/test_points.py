"""Points of a curve: trained once, kept in files, and of one recipe."""

from typing import Any

import pytest
from tests.builders import ROOT, example

from phantom.corpora.docbin import to_doc, write_docbin
from phantom.corpora.origins import Permits
from phantom.jsonl import write_json, write_jsonl
from phantom.packs.benchmarks import Dataset
from phantom.records import Example
from phantom.runtime import blank_pipeline
from phantom.training.labelled import LabelledText
from phantom.training.passes import AdaptSettings
from phantom.training.points import Bench, count_steps, fix_steps

SMOKE = ROOT / "configs" / "smoke.cfg"


def records(word: str, count: int, **more: Any) -> list[Example]:
    told = (
        f"Give <CHEMICAL id=1>{word}</CHEMICAL> {{}} for <DISEASE id=2>gout</DISEASE>"
    )
    return [
        example(told.format(i), (1, "TREATS", 2), id=f"{word}{i}", **more)
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("bench")
    nlp, corpus = blank_pipeline("en"), folder / "corpus"
    synthetic = records("iron", 8, model="m")
    for side in ("train", "dev"):
        docs = [to_doc(nlp, x) for x in synthetic]
        write_docbin(corpus / f"{side}.spacy", docs, nlp.vocab)
        write_jsonl(corpus / f"{side}.jsonl", synthetic)
    schema = {"TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False}}
    write_json(corpus / "labels" / "relation_extractor.json", schema)
    dataset = Dataset.model_validate(
        {
            **{"title": "t", "licence": "l", "train": "allowed", "tasks": ["entities"]},
            **{"labels": {"CHEMICAL": "CHEMICAL"}, "splits": {"dev": {"file": "d"}}},
        }
    )
    marks = {"labels": ("CHEMICAL", "DISEASE"), "relations": ("TREATS",)}
    real = {"origin": "public", "sources": ("farm",)}
    return Bench(
        folder=folder / "out",
        corpus=corpus,
        config=SMOKE,
        encoder="",
        lang="en",
        gold=LabelledText(dataset, records("zinc", 6, **real), **marks),  # type: ignore[arg-type]
        test=LabelledText(dataset, records("zinc", 4, **real), **marks),  # type: ignore[arg-type]
        permits=Permits(public={"farm": dataset}),
        recipe="one",
        steps=20,
        settings=AdaptSettings(passes=2, learn_rate=5e-3),
    )


@pytest.mark.slow
def test_each_kind_of_point_is_trained_and_kept(bench: Bench) -> None:
    """Gold alone, synthetic alone, and gold on top of the same synthetic pipeline."""
    alone, gold, both = (bench.point(*x, 0) for x in ((8, 0), (0, 6), (8, 6)))
    assert (gold.scores.ents_f or 0) > 0.9 and gold.scores.rel_micro_f is not None
    assert (both.scores.ents_f or 0) >= (alone.scores.ents_f or 0)
    kept = sorted(path.name for path in (bench.folder / "points").iterdir())
    assert kept == ["0-6-0.json", "8-0-0.json", "8-6-0.json"]
    made = sorted(path.name for path in (bench.folder / "pipelines").iterdir())
    assert made == ["0-6-0", "8-0-0"]
    before = (bench.folder / "points" / "8-6-0.json").stat().st_mtime_ns
    assert bench.point(8, 6, 0) == both
    assert (bench.folder / "points" / "8-6-0.json").stat().st_mtime_ns == before


@pytest.mark.slow
def test_points_of_another_recipe_are_not_mixed(bench: Bench) -> None:
    bench.point(8, 0, 0)
    bench.recipe = "two"
    try:
        with pytest.raises(ValueError, match="made with one, now it is two"):
            bench.point(8, 0, 0)
    finally:
        bench.recipe = "one"


def test_more_than_there_are_is_an_error(bench: Bench) -> None:
    with pytest.raises(ValueError, match="9 of 8 examples"):
        bench.point(9, 0, 0)


def test_steps_follow_the_words_within_bounds() -> None:
    nlp = blank_pipeline("en")
    docs = [nlp.make_doc("one two three " * 300)]
    assert count_steps(docs, 1200) == 120  # 900 words: two batches, sixty times
    assert count_steps(docs, 110) == 110
    assert count_steps([nlp.make_doc("one")], 1200) == 100


def test_schedules_end_with_the_steps() -> None:
    overrides = fix_steps(ROOT / "configs" / "train.cfg", 200)
    assert overrides["training.optimizer.learn_rate.total_steps"] == 200
    assert overrides["training.optimizer.learn_rate.warmup_steps"] == 20
    assert (
        overrides["training.max_steps"] == overrides["training.eval_frequency"] == 200
    )
    plain = fix_steps(SMOKE, 5)
    assert "training.optimizer.learn_rate.total_steps" not in plain
