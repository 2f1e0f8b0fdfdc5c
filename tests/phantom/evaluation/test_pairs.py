"""Pairs of mentions without types, mentions that are no names, units that lack."""

import pytest
from spacy.language import Language
from tests.builders.scoring import BOTH_LABELS, SCHEMA, dataset, make_toy, record, run

from phantom.evaluation.cases import resample_units
from phantom.evaluation.relation_task import RelationTask
from phantom.evaluation.types import Link
from phantom.packs.benchmarks import Dataset
from phantom.packs.domain import RelationRule
from phantom.records import Example


@pytest.fixture(scope="module")
def nlp() -> Language:
    return make_toy()


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
    schema = {"NEAR": RelationRule(definition="", head=BOTH_LABELS, tail=["DRUG"])}
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


def test_units_of_the_bootstrap() -> None:
    records = [record("a", doc=3), record("a", doc=4)]
    for unit, count in [("record", 2), ("text", 1), ("doc", 2)]:
        assert len(
            set(resample_units(dataset("entities", resample=unit), records))
        ) == (count)
