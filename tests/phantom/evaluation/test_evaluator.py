"""Scores of entities, relations and concepts, counted by hand."""

from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from tests.builders.scoring import (
    RECORDS,
    SCHEMA,
    SEEN_BY_ENCODER,
    dataset,
    make_toy,
    record,
    run,
)

from phantom.evaluation.cases import make_requests
from phantom.evaluation.predictions import (
    late_components,
    predict,
    predictions_from_examples,
)
from phantom.evaluation.predictor import Predictor
from phantom.evaluation.types import Link, Prediction, Request
from phantom.jsonl import write_jsonl
from phantom.records import Entity, Example, Labelled, Relation


@pytest.fixture(scope="module")
def nlp() -> Language:
    return make_toy()


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
    assert predict(spacy.blank("xx"), [Request("a", [], [[(0, 1, "ILL")]])]) == [
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
