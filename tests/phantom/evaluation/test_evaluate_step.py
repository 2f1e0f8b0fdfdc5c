"""`evaluate` on a pack with one benchmark: a pipeline, a file, nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language
from tests.builders.scoring import RECORDS, dataset, make_toy, record

from evaluate import evaluate
from phantom.evaluation.evaluator import Evaluator, score_rows, synthetic_dataset
from phantom.evaluation.gold import find_gold
from phantom.evaluation.report import Metrics
from phantom.evaluation.types import Prediction
from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack


@pytest.fixture(scope="module")
def nlp() -> Language:
    return make_toy()


@pytest.fixture
def project(tmp_path: Path, nlp: Language) -> Iterator[Path]:
    """A pack with one benchmark, its data, synthetic dev data and a pipeline."""
    pack = tmp_path / "toy"
    pack.mkdir()
    rule = {"definition": "d", "head": ["DRUG"], "tail": ["ILL"]}
    domain = {
        "name": "toy",
        "title": "Toy",
        "licence": "MIT",
        "labels": {"DRUG": {"definition": "d"}, "ILL": {"definition": "i"}},
        "relations": {"HURTS": rule},
        "kinds": {"all": {"weight": 1}},
    }
    (pack / "domain.yml").write_text(json.dumps(domain))
    entry = dataset("entities", "relations").model_dump()
    entry["splits"]["test"] = {"file": "test.jsonl", "use": "test"}
    (pack / "benchmarks.yml").write_text(json.dumps({"datasets": {"tiny": entry}}))
    write_jsonl(tmp_path / "data" / "dev.jsonl", RECORDS)
    own = [x.model_copy(update={"relations": ()}) for x in RECORDS]
    write_jsonl(tmp_path / "corpus" / "dev.jsonl", own)
    write_jsonl(tmp_path / "corpus" / "train.jsonl", own[:1])
    nlp.to_disk(tmp_path / "pipeline")
    yield tmp_path


def test_the_step_writes_metrics_and_a_chart(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = project / "metrics" / "toy.json"
    evaluate(
        project / "toy",
        output,
        pipeline=project / "pipeline",
        benchmarks=project / "data",
        dev=project / "corpus" / "dev.spacy",
        train=project / "corpus" / "train.jsonl",
        limit=4,
        resamples=10,
    )
    report = json.loads(output.read_text())
    Metrics.model_validate(report)
    assert list(report["datasets"]) == ["synthetic_dev", "tiny"]
    tiny = report["datasets"]["tiny"]
    assert tiny["absent"] == ["test"] and list(tiny["splits"]) == ["dev"]
    assert tiny["splits"]["dev"]["records"] == report["limit"] == 4
    systems = tiny["splits"]["dev"]["entities"]["systems"]
    assert list(systems) == ["pipeline", "training_surfaces"]
    assert systems["training_surfaces"]["labels"]["ILL"]["tp"] == 2
    assert output.with_suffix(".png").stat().st_size > 10_000
    shown = capsys.readouterr().out
    assert "tiny: absent: test" in shown and "first 4 records" in shown


def test_the_step_takes_predictions_in_place_of_a_pipeline(project: Path) -> None:
    output = project / "extract.json"
    own = record("<DRUG id=1>aspirin</DRUG> and <ILL id=2>rash</ILL>", (1, "HURTS", 2))
    strangers = [own, record("x")]
    write_jsonl(project / "extract.jsonl", strangers)
    evaluate(
        project / "toy",
        output,
        predictions=project / "extract.jsonl",
        name="extract",
        benchmarks=project / "data",
        resamples=0,
    )
    report = json.loads(output.read_text())
    Metrics.model_validate(report)
    scores = report["datasets"]["tiny"]["splits"]["dev"]
    assert report["name"] == "extract" and scores["without_prediction"] == 4
    assert report["predictions_without_record"] == 1
    told = scores["relations"]["given_entities"]["systems"]["pipeline"]["micro"]
    assert (told["tp"], told["fn"]) == (1, 2)
    with pytest.raises(ValueError, match="either --pipeline or --predictions"):
        evaluate(project / "toy", output)


def test_nothing_scored_is_no_success(project: Path) -> None:
    output, empty = project / "none.json", project / "nothing.jsonl"
    given = {"pipeline": project / "pipeline", "benchmarks": project / "nothing"}
    with pytest.raises(ValueError, match="nothing was scored: no test set"):
        evaluate(project / "toy", output, **given)
    empty.touch()
    with pytest.raises(ValueError, match=r"nothing\.jsonl: empty"):
        evaluate(project / "toy", output, **given, dev=empty)
    assert not output.exists()


def test_rows_go_label_by_label_with_all_systems(project: Path) -> None:
    pack = load_pack(project / "toy")

    def nothing(ids: Any, requests: Any) -> list[Prediction]:
        return [Prediction([], [], [[] for _ in x.given]) for x in requests]

    evaluator = Evaluator(pack, nothing, [], resamples=0)
    entry = synthetic_dataset(pack, "dev.jsonl")
    folder = project / "corpus"
    report, counts, ids = evaluator.dataset("synthetic_dev", entry, folder, "dev")
    assert ids == {x.id for x in RECORDS}
    assert {task.dataset for task in counts} == {"synthetic_dev"}
    found = list(score_rows({"synthetic_dev": report}))
    labels = [row.label for row in found if row.task == "entities"]
    assert labels == ["micro", "DRUG", "ILL"]
    assert {row.task for row in found} == {
        "entities",
        "relations, end to end",
        "relations, given entities",
    }


def test_mentions_without_a_name_are_no_gold(project: Path) -> None:
    given = record("<DRUG id=1>It</DRUG> gave <ILL id=2>rash</ILL>", (1, "HURTS", 2))
    it, rash = given.entities
    both = (it.model_copy(update={"nominal": True}), rash)
    path = project / "corpus" / "dev.jsonl"
    write_jsonl(path, [given := given.model_copy(update={"entities": both})])
    pack = load_pack(project / "toy")

    def find_rash(ids: Any, requests: Any) -> list[Prediction]:
        return [Prediction([(8, 12, "ILL")], [], [[] for _ in requests[0].given])]

    evaluator = Evaluator(pack, find_rash, [], resamples=0)
    entry = synthetic_dataset(pack, "dev.jsonl")
    report, *_ = evaluator.dataset("synthetic_dev", entry, path.parent, "dev")
    micro = report["splits"]["dev"]["entities"]["systems"]["pipeline"]["micro"]
    assert (micro["tp"], micro["fp"], micro["fn"]) == (1, 0, 0)
    gold = find_gold(pack, path)
    assert [x.entities for x in gold.read()] == [(rash,)]
    assert [x.entities for x in gold.read(nominal=True)] == [given.entities]
