from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from tests.builders import ROOT, SHARED, example

from phantom.evaluation.benchmarks import choose_splits, map_example, read_split
from phantom.packs.benchmarks import Dataset, load_benchmarks, require_trainable
from phantom.packs.pack import load_pack
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

DATA = SHARED / "data"
DOMAINS = sorted(path.parent for path in ROOT.glob("assets/domains/*/benchmarks.yml"))

RECORD = example(
    "<KPI id=1>sales</KPI> were <CY id=2>7</CY> of <ATTR id=3>12</ATTR> "
    "<CY id=4>units</CY>",
    (1, "KPI_CY", 2),
    (1, "KPI_ATTR", 3),
    (1, "KPI_CY", 4),
    id="r1",
)
TEXT = RECORD.text


def dataset(**changes: Any) -> Dataset:
    given = {
        "title": "t",
        "licence": "l",
        "train": "allowed",
        "tasks": ["entities"],
        "labels": {"KPI": "INDICATOR", "CY": "VALUE"},
        "splits": {"dev": {"file": "d/dev.jsonl", "use": "dev"}},
    }
    return Dataset.model_validate({**given, **changes})


def test_labels_and_relations_are_mapped_and_turned() -> None:
    entry = {"gold": ["KPI_CY"], "ours": ["VALUE_OF"], "reverse": True}
    mapped = map_example(dataset(relations={"VALUE_OF": entry}), RECORD)
    assert [e.label for e in mapped.entities] == ["INDICATOR", "VALUE", "VALUE"]
    found = [(r.head, r.tail, r.label) for r in mapped.relations]
    assert found == [(1, 0, "VALUE_OF"), (2, 0, "VALUE_OF")]


def test_untyped_mentions_keep_their_label() -> None:
    untyped = dataset(labels={"KPI": ["A", "B"], "CY": ["A"]})
    labels = [e.label for e in map_example(untyped, RECORD).entities]
    assert labels == ["KPI", "A", "A"]
    assert untyped.scored_labels() == ["A"]


def test_placeholders_are_replaced_by_the_original_names() -> None:
    record = Example(
        id="r",
        text="@GENE$ in mice",
        entities=(Entity(start=0, end=6, label="GENE", text="@GENE$"),),
        orig={
            "text": "p53 in mice",
            "entities": [{"start": 0, "end": 3, "label": "GENE", "text": "p53"}],
            "relations": [],
        },
    )
    labels = {"GENE": "GENE"}
    assert map_example(dataset(labels=labels, orig=True), record).text == "p53 in mice"
    assert map_example(dataset(labels=labels), record).text == "@GENE$ in mice"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"tasks": ["pairs"]}, "relations"),
        ({"tasks": ["concepts"], "relations": {"R": ["R"]}}, "concepts"),
        ({"train": "forbidden"}, "train_reason"),
        ({"trim": {"VALUE": "("}}, "trim.VALUE"),
        ({"labls": {}}, "labls"),
    ],
)
def test_wrong_maps_say_what(changes: dict[str, Any], part: str) -> None:
    with pytest.raises(ValidationError, match=part):
        dataset(**changes)


def test_training_on_evaluation_data_is_refused() -> None:
    require_trainable("free", dataset())
    closed = dataset(train="forbidden", train_reason="Non-commercial.")
    with pytest.raises(ValueError, match="closed.*evaluation only: Non-commercial"):
        require_trainable("closed", closed)


def test_splits_are_sorted_by_what_can_be_done(tmp_path: Path) -> None:
    splits = {
        "train": {"file": "train.jsonl"},
        "dev": {"file": "dev.jsonl", "use": "dev"},
        "test": {"file": "test.jsonl", "use": "test"},
    }
    entry = dataset(splits=splits)
    for name in ("train", "dev"):
        (tmp_path / f"{name}.jsonl").write_text("")
    assert choose_splits(entry, tmp_path, "all") == {
        "present": ["dev"],
        "absent": ["test"],
        "unused": ["train"],
    }
    assert choose_splits(entry, tmp_path, "test")["present"] == []
    with pytest.raises(ValueError, match="dev, test, all"):
        choose_splits(entry, tmp_path, "tset")


def test_an_unknown_label_is_named_with_its_file(tmp_path: Path) -> None:
    pack_path = tmp_path / "medicine"
    pack_path.symlink_to(ROOT / "assets/domains/medicine")
    pack = load_pack(pack_path)
    pack.path = tmp_path
    data = dataset(labels={"KPI": "INDICATOR"}).model_dump()
    text = yaml.safe_dump({"datasets": {"d": data}})
    (tmp_path / "benchmarks.yml").write_text(text)
    with pytest.raises(ValueError, match=r"benchmarks.yml: datasets.d.labels.*DISEASE"):
        load_benchmarks(pack)


@pytest.mark.parametrize(
    ("original", "message"),
    [
        ({"format": "prodgy"}, "original.format: no format named 'prodgy'; did you me"),
        (
            {"format": "conll", "settings": {"space": "x"}},
            "original.settings: 'space' is not a",
        ),
        (
            {"format": "conll", "settings": {"upper": "x"}},
            "original.settings.upper: .*it is 'x'",
        ),
    ],
)
def test_an_unknown_format_is_named_with_file_and_key(
    original: dict[str, Any], message: str, tmp_path: Path
) -> None:
    pack = load_pack(ROOT / "assets/domains/medicine")
    pack.path = tmp_path
    data = dataset(labels={"KPI": "DISEASE"}, relations={}).model_dump()
    split = {"file": "a", "original": {**original, "files": {"x": {"path": "a"}}}}
    data = {**data, "tasks": ["entities"], "splits": {"dev": split}}
    (tmp_path / "benchmarks.yml").write_text(yaml.safe_dump({"datasets": {"d": data}}))
    place = r"benchmarks.yml: datasets.d.splits.dev."
    with pytest.raises(ValueError, match=place + message) as error:
        load_benchmarks(pack)
    assert str(error.value).startswith(str(tmp_path))


@pytest.mark.parametrize("path", DOMAINS, ids=lambda path: path.name)
def test_maps_of_the_packs(path: Path) -> None:
    known = phantom_registry.phantom_formats
    for entry in load_benchmarks(load_pack(path)).datasets.values():
        for split in entry.splits.values():
            assert split.original is None or split.original.format in known


def test_non_commercial_data_is_marked() -> None:
    pack = load_pack(ROOT / "assets/domains/finance")
    datasets = load_benchmarks(pack).datasets
    for name, entry in datasets.items():
        closed = "NC" in entry.licence or "non-commercial" in entry.licence.lower()
        assert (entry.train == "forbidden") == closed, name
    with pytest.raises(ValueError, match="finer_ord"):
        require_trainable("finer_ord", datasets["finer_ord"])


@pytest.mark.skipif(not DATA.is_dir(), reason="no benchmark data beside the project")
@pytest.mark.parametrize("path", DOMAINS, ids=lambda path: path.name)
def test_the_data_at_hand_reads_through_the_maps(path: Path) -> None:
    pack = load_pack(path)
    for name, entry in load_benchmarks(pack).datasets.items():
        if not (DATA / name).is_dir():
            continue  # such as abstracts that are fetched by name alone
        splits = choose_splits(entry, DATA, "all")
        assert splits["present"], name
        for split in splits["present"]:
            records = list(read_split(entry, split, DATA, limit=100))
            assert len(records) == 100
            assert any(x.entities for x in records)
            known = {*pack.labels, *(k for k, v in entry.labels.items() if len(v) > 1)}
            assert {e.label for x in records for e in x.entities} <= known
            assert bool(entry.relations) == any(x.relations for x in records)
            assert not any("@GENE$" in x.text for x in records)
