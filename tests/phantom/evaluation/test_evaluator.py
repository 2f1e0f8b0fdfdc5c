import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from tests.builders import example

from evaluate import evaluate
from phantom.evaluation.cases import make_cases, make_requests, resample_units
from phantom.evaluation.evaluator import Evaluator, score_rows, synthetic_dataset
from phantom.evaluation.metrics import Bootstrap
from phantom.evaluation.predictions import (
    late_components,
    predict,
    predictions_from_examples,
)
from phantom.evaluation.predictor import Predictor
from phantom.evaluation.relation_task import RelationTask
from phantom.evaluation.report import Metrics, SplitReport
from phantom.evaluation.split_scores import Baselines, SplitScores
from phantom.evaluation.trim import trim, trim_mentions, trim_surfaces
from phantom.evaluation.types import Link, Prediction, Request
from phantom.jsonl import write_jsonl
from phantom.packs.benchmarks import Dataset
from phantom.packs.domain import RelationRule
from phantom.packs.pack import load_pack
from phantom.records import Entity, Example, Labelled, Relation
from phantom.runtime import register_components

BOTH = ["DRUG", "ILL"]
SCHEMA = {
    "HURTS": RelationRule(definition="", head=["DRUG"], tail=["ILL"]),
    "NEAR": RelationRule(definition="", head=BOTH, tail=BOTH, symmetric=True),
}
SEEN_BY_ENCODER: list[str] = []


@Language.component("toy_encoder")
def toy_encoder(doc: Doc) -> Doc:
    SEEN_BY_ENCODER.append(doc.text)
    return doc


@Language.component("toy_relations", assigns=["doc._.relations"])
def toy_relations(doc: Doc) -> Doc:
    """Every drug hurts every illness after it, the nearer the surer."""
    doc._.relations = [
        {
            "head": [a.start, a.end],
            "tail": [b.start, b.end],
            "label": "HURTS",
            "score": 1 / (b.start - a.start),
        }
        for a in doc.ents
        for b in doc.ents
        if a.label_ == "DRUG" and b.label_ == "ILL" and a.start < b.start
    ]
    return doc


@pytest.fixture(scope="module")
def nlp() -> Language:
    register_components()
    nlp = spacy.blank("en")
    nlp.add_pipe("toy_encoder")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined]
        [{"label": "DRUG", "pattern": "aspirin"}, {"label": "ILL", "pattern": "rash"}]
    )
    nlp.add_pipe("toy_relations")
    return nlp


def record(text: str, *relations: tuple[int, str, int], **more: Any) -> Example:
    """An example whose id is its text, tags and all, unless one is given."""
    return example(text, *relations, **{"id": text, **more})


def dataset(*tasks: str, **changes: Any) -> Dataset:
    given = {
        "title": "t",
        "licence": "l",
        "train": "allowed",
        "tasks": tasks,
        "labels": {"DRUG": "DRUG", "ILL": "ILL"},
        "relations": {"CID": ["HURTS"]},
        "concepts": "cid",
        "splits": {"dev": {"file": "dev.jsonl", "use": "dev"}},
    }
    return Dataset.model_validate({**given, **changes})


def run(nlp: Language, entry: Dataset, records: list[Example], **extra: Any) -> Any:
    requests = make_requests(entry, records, SCHEMA)
    predictions = extra.pop("predictions", None) or predict(nlp, requests)
    report = SplitScores(
        entry,
        SCHEMA,
        make_cases(entry, records, requests, predictions),
        Baselines(extra.pop("dictionaries", {}), extra.pop("surfaces", set())),
        Bootstrap(resample_units(entry, records), 20, 0),
    ).score()
    seconds = {"predict": 0.0, "score": 0.0}
    # Its keys are those that the page of metrics tells of, and no other.
    SplitReport.model_validate({**report, "use": "dev", "note": "", "seconds": seconds})
    return report


RECORDS = [
    record("<DRUG id=1>aspirin</DRUG> and <ILL id=2>rash</ILL>", (1, "CID", 2)),
    record("<DRUG id=1>aspirin</DRUG> then <ILL id=2>fever</ILL>", (1, "CID", 2)),
    record("<ILL id=1>rash</ILL> without aspirin"),
    record("aspirin-<ILL id=1>induced</ILL> <ILL id=2>itch</ILL>"),
    record("micro-<DRUG id=1>aspi</DRUG>rin <ILL id=2>itch</ILL> rash", (1, "CID", 2)),
]


def test_strict_entity_scores_by_hand(nlp: Language) -> None:
    report = run(nlp, dataset("entities"), RECORDS)
    drug = report["entities"]["systems"]["pipeline"]["labels"]["DRUG"]
    # Gold aspirin, aspirin, aspi; found aspirin five times, two of them right.
    assert (drug["tp"], drug["fp"], drug["fn"]) == (2, 3, 1)
    micro = report["entities"]["systems"]["pipeline"]["micro"]
    # Illness: gold rash, fever, rash, induced, itch, itch; found rash three times.
    assert (micro["tp"], micro["fp"], micro["fn"]) == (4, 4, 5)
    assert micro["f"] == pytest.approx(8 / 17, abs=1e-4)
    assert report["unaligned_entities"] == 1


def test_labels_that_are_not_annotated_are_no_false_positives(nlp: Language) -> None:
    report = run(nlp, dataset("entities", labels={"ILL": "ILL"}), RECORDS)
    assert list(report["entities"]["systems"]["pipeline"]["labels"]) == ["ILL"]
    assert report["entities"]["systems"]["pipeline"]["micro"]["fp"] == 1


def test_recall_is_split_by_surfaces_seen_in_training(nlp: Language) -> None:
    surfaces = {("ILL", "rash"), ("DRUG", "fever")}
    entry = dataset("entities", labels={"ILL": "ILL"})
    upper = record("<ILL id=1>RASH</ILL> here")
    report = run(nlp, entry, [*RECORDS, upper], surfaces=surfaces)
    seen = report["entities"]["seen"]["micro"]
    assert seen["seen"]["support"] == 3 and seen["unseen"]["support"] == 4
    assert seen["seen"]["r"] == pytest.approx(2 / 3, abs=1e-4)
    assert seen["unseen"]["r"] == 0


def test_relations_end_to_end_and_given_entities_by_hand(nlp: Language) -> None:
    report = run(nlp, dataset("relations"), RECORDS)["relations"]
    own = report["end_to_end"]["systems"]["pipeline"]["micro"]
    # Found: aspirin-rash in the first (right) and in the last (wrong).
    assert (own["tp"], own["fp"], own["fn"]) == (1, 1, 2)
    told = report["given_entities"]["systems"]["pipeline"]["micro"]
    # "aspi" is no token, so its relation is missed.
    assert (told["tp"], told["fp"], told["fn"], told["tn"]) == (2, 0, 1, 0)
    yes = report["given_entities"]["systems"]["always_yes"]["micro"]
    assert (yes["tp"], yes["fp"], yes["fn"], yes["mcc"]) == (3, 0, 0, 0)


def test_the_encoder_runs_once_per_distinct_text(nlp: Language) -> None:
    SEEN_BY_ENCODER.clear()
    pair = [(0, 7, "DRUG"), (12, 16, "ILL")]
    requests = [
        Request("aspirin and rash", pair, [pair, pair[:1]]),
        Request("rash", [], []),
        Request("aspirin and rash", pair, [pair[::-1]]),
    ]
    first, second, third = predict(nlp, requests)
    assert sorted(SEEN_BY_ENCODER) == ["aspirin and rash", "rash"]
    assert [len(links) for links in first.given] == [1, 0]
    assert third.given == [[Link((0, 7), (12, 16), "HURTS", 0.5)]]
    assert second.entities == [(0, 4, "ILL")] and second.given == []


def test_only_what_follows_the_entities_runs_again(nlp: Language) -> None:
    assert late_components(nlp) == {"toy_relations": nlp.get_pipe("toy_relations")}
    pair = [(0, 7, "DRUG"), (12, 16, "ILL")]
    request = Request("aspirin and rash", pair, [pair], relate=False)
    (found,) = predict(nlp, [request])
    assert (len(found.entities), found.relations, len(found.given[0])) == (2, [], 1)
    assert predict(spacy.blank("en"), [Request("a", [], [[(0, 1, "ILL")]])]) == [
        Prediction([], [], [[]])
    ]


def test_concepts_are_pairs_of_ids(nlp: Language) -> None:
    ids = {"aspirin": "D1|D2", "rash": "M1", "fever": "-1", "itch": "M3"}
    text = (
        "<DRUG id=1>aspirin</DRUG> then <ILL id=2>rash</ILL> "
        "or <ILL id=3>fever</ILL> or <ILL id=4>itch</ILL>"
    )
    meta = {"cid": [["D1", "M1"], ["D9", "M1"]]}
    report = run(nlp, dataset("concepts"), [record(text, concepts=ids, meta=meta)])
    score = report["concepts"]["given_entities"]["systems"]["pipeline"]["micro"]
    # Found D1-M1, D2-M1, D1-M3, D2-M3; the -1 of fever is no concept.
    assert (score["tp"], score["fp"], score["fn"]) == (1, 3, 1)


UNTYPED = dataset("pairs", labels={"THING": ["DRUG", "ILL"]})


def pair(text: str, *relations: tuple[int, str, int]) -> Example:
    """The first and the last word are the mentions."""
    words = text.split()
    mentions = [(words[0], "THING"), (words[-1], "THING")]
    return record(text, *relations, mentions=mentions)


def test_untyped_pairs_try_every_typing(nlp: Language) -> None:
    given = pair("foo and bar")
    typings = RelationTask(UNTYPED, SCHEMA).typings(given)
    labels = [[label for _, _, label in typing] for typing in typings]
    assert labels == [["DRUG", "ILL"], ["ILL", "DRUG"]]
    records = [
        pair("foo and bar", (1, "CID", 2)),
        pair("baz and bar", (2, "CID", 1)),
        pair("foo and qux"),
        pair("rash and qux"),
    ]
    report = run(nlp, UNTYPED, records)["pairs"]
    given = report["given_pairs"]["systems"]["pipeline"]["micro"]
    # The toy says HURTS from the first to the second. Right; passed over, since the
    # record says that the second is the head; wrong; and ruled out by its own "rash".
    assert (given["predicted"], given["support"]) == (2, 2)
    assert given["p"] == given["r"] == 0.5 and given["accuracy"] == 0.5
    free = report["direction_predicted"]["systems"]["pipeline"]["micro"]
    assert (free["predicted"], free["p"], free["r"]) == (3, 0.3333, 0.5)
    yes = report["given_pairs"]["systems"]["always_yes"]["micro"]
    assert (yes["p"], yes["r"], yes["mcc"]) == (0.5, 1, 0)


def test_the_highest_score_decides_and_symmetric_has_no_direction() -> None:
    relations = {"CID": ["HURTS"], "NEAR": ["NEAR"]}
    task = RelationTask(dataset("pairs", relations=relations), SCHEMA)
    given = record("<DRUG id=1>a</DRUG> <ILL id=2>b</ILL>", (2, "NEAR", 1))
    typings = task.typings(given)
    low, high = Link((0, 1), (2, 3), "HURTS", 0.6), Link((0, 1), (2, 3), "NEAR", 0.9)
    choice = task.choose(given, typings, [[low, high]], [], directed=True)
    assert choice is not None and choice.label == "NEAR"
    assert task.gold(given) == {((0, 1), "NEAR", (2, 3))}


def test_a_mention_that_is_no_name_has_the_first_label() -> None:
    schema = {"NEAR": RelationRule(definition="", head=BOTH, tail=["DRUG"])}
    rules = dataset(
        "pairs", labels={"THING": ["DRUG", "ILL"]}, relations={"NEAR": ["NEAR"]}
    )
    task = RelationTask(rules, schema)

    def labels(first: str) -> set[str]:
        given = record(f"<THING id=1>{first}</THING> ate <THING id=2>Oak</THING>")
        return {typing[0][2] for typing in task.typings(given)}

    assert labels("Elm") == labels("7-up") == {"DRUG", "ILL"}
    assert labels("Its") == labels("it's") == labels("firm") == {"DRUG"}


def test_an_overlapping_entity_decides_the_label() -> None:
    task = RelationTask(UNTYPED, SCHEMA)
    given = pair("Foo Corp and Bar")
    typings = task.typings(given)
    links = [[Link(t[0][:2], t[1][:2], "HURTS", 0.9)] for t in typings]
    free = task.choose(given, typings, links, [], directed=True)
    assert free is not None
    held = task.choose(given, typings, [[], links[1]], [(0, 8, "DRUG")], directed=True)
    assert held is None


def test_pairs_need_two_entities() -> None:
    with pytest.raises(ValueError, match="lonely: 1 entities"):
        RelationTask(UNTYPED, SCHEMA).typings(
            record("<THING id=1>a</THING>", id="lonely")
        )


def test_what_is_compared_with_is_trimmed_as_well() -> None:
    patterns = {"VALUE": r"\d+"}
    text = "Sales rose to $92 million."
    assert trim_mentions(patterns, text, [(14, 25, "VALUE"), (0, 5, "KPI")]) == [
        (15, 17, "VALUE"),
        (0, 5, "KPI"),
    ]
    seen = {("VALUE", "$92 million"), ("VALUE", "nil"), ("KPI", "sales 1")}
    assert trim_surfaces(patterns, seen) == {
        ("VALUE", "92"),
        ("VALUE", "nil"),
        ("KPI", "sales 1"),
    }


def test_a_unit_that_a_record_lacks_is_an_error() -> None:
    dataset = Dataset.model_validate(
        {
            "title": "t",
            "licence": "l",
            "train": "allowed",
            "tasks": ["entities"],
            "labels": {"A": "A"},
            "resample": "filing",
            "splits": {"dev": {"file": "a.jsonl", "use": "dev"}},
        }
    )
    rows = [Example(id="a", text="x", meta={"filing": "f"}), Example(id="b", text="y")]
    assert resample_units(dataset, rows[:1]) == ["f"]
    with pytest.raises(ValueError, match="b: no 'filing' in its meta"):
        resample_units(dataset, rows)


def test_files_of_predictions_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text("")
    with pytest.raises(ValueError, match="no prediction in it"):
        Predictor(None, path)
    rows = [
        Labelled(id="a", text="x", state="completed"),
        Labelled(id="b", text="y", state="pending"),
    ]
    write_jsonl(path, rows)
    assert Predictor(None, path).answered == {"a"}
    path.write_text('{"id": "c", "text": "z", "meta": {"state": "pending"}}\n')
    assert not Predictor(None, path).answered  # as earlier versions wrote it
    write_jsonl(path, [rows[0], rows[0]])
    with pytest.raises(ValueError, match="duplicate id a"):
        Predictor(None, path)


def test_trimmed_spans_carry_their_relations_along() -> None:
    text = "$3.4 bn and rash"
    link = Link((0, 7), (12, 16), "HURTS")
    given = Prediction([(0, 7, "DRUG"), (12, 16, "ILL")], [link], [])
    short = trim({"DRUG": r"\d[\d,.]*\d|\d"}, text, given)
    assert short.entities == [(1, 4, "DRUG"), (12, 16, "ILL")]
    assert short.relations[0].head == (1, 4)
    assert short.relations[0].tail == (12, 16)


def test_units_of_the_bootstrap() -> None:
    records = [record("a", doc=3), record("a", doc=4)]
    for unit, count in [("record", 2), ("text", 1), ("doc", 2)]:
        assert len(
            set(resample_units(dataset("entities", resample=unit), records))
        ) == (count)


def test_predictions_from_a_file_score_like_a_pipeline(nlp: Language) -> None:
    entry = dataset("entities", "relations")
    requests = make_requests(entry, RECORDS, SCHEMA)
    written: dict[str, Example] = {}
    for gold, prediction in zip(RECORDS, predict(nlp, requests), strict=True):
        spans = [(start, end) for start, end, _ in prediction.entities]
        written[gold.id] = Example(
            id=gold.id,
            text=gold.text,
            entities=tuple(
                Entity(start=s, end=e, label=label, text=gold.text[s:e])
                for s, e, label in prediction.entities
            ),
            relations=tuple(
                Relation(
                    head=spans.index(x.head), tail=spans.index(x.tail), label=x.label
                )
                for x in prediction.relations
            ),
        )
    ids = [gold.id for gold in RECORDS]
    read = list(predictions_from_examples(written, ids, requests))
    of_file = run(nlp, entry, RECORDS, predictions=read)
    of_pipe = run(nlp, entry, RECORDS)
    assert of_file["entities"] == of_pipe["entities"]
    assert of_file["relations"]["end_to_end"] == of_pipe["relations"]["end_to_end"]
    del written[ids[0]]
    part = run(
        nlp,
        entry,
        RECORDS,
        predictions=list(predictions_from_examples(written, ids, requests)),
    )
    assert part["without_prediction"] == 1
    wrong = {ids[0]: RECORDS[1]}
    with pytest.raises(ValueError, match="text differs"):
        list(predictions_from_examples(wrong, ids, requests))


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


def test_no_data_is_no_error(project: Path) -> None:
    output = project / "none.json"
    empty = project / "nothing"
    evaluate(project / "toy", output, pipeline=project / "pipeline", benchmarks=empty)
    assert json.loads(output.read_text())["datasets"]["tiny"]["splits"] == {}


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
