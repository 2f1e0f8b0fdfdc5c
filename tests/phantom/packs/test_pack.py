from pathlib import Path
from typing import Any

import pytest
import yaml

from phantom.packs.mappings import load_yaml
from phantom.packs.pack import load_pack
from phantom.packs.tables import read_table

GOOD: dict[str, Any] = {
    "name": "toy",
    "title": "Toy",
    "licence": "MIT",
    "labels": {"A": {"definition": "a"}, "B": {"definition": "b"}},
    "relations": {"R": {"definition": "r", "head": ["A"], "tail": ["B"]}},
    "kinds": {"pair": {"weight": 1, "entities": {"A": 1, "B": 1}, "relation": "R"}},
    "attributes": {"length": {"values": {"short": 1, "long": 2}}},
}


def write(folder: Path, **changes: Any) -> Path:
    path = folder / "toy"
    path.mkdir(exist_ok=True)
    (path / "domain.yml").write_text(yaml.safe_dump({**GOOD, **changes}))
    return path


def test_schema_is_what_the_component_takes(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path))
    assert pack.schema() == {"R": {"head": ["A"], "tail": ["B"], "symmetric": False}}


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"lables": {}}, ["domain.yml", "lables", "did you mean labels? remove"]),
        ({"relations": {False: {}}}, ["relations", 'put it in quotes, as "no"']),
        ({"labels": {"A": {"definiton": "a"}}}, ["labels.A.definition", "required"]),
        (
            {"labels": {"A": {"definition": "a", "rules": {"trailling": ["x"]}}}},
            ["labels.A.rules.trailling", "one of: leading, trailing, never"],
        ),
        (
            {"labels": {"A": {"definition": "a", "rules": {"forbid": ["rs[0-9"]}}}},
            ["labels.A.rules.forbid.0", "'rs[0-9'", "no regular expression"],
        ),
        (
            {"augment": [{"join": {"shares": 1}}]},
            ["augment.join", "'shares'", "did you mean 'share'"],
        ),
        ({"augment": [{"join": {"share": "1"}}]}, ["augment.join.share", "number"]),
        ({"augment": [{"jion": {}}]}, ["augment", "'jion'", "did you mean 'join'"]),
        (
            {"augment": [{"name_swap": {"labels": ["Q"]}}]},
            ["augment.name_swap.labels", "'Q' is not defined"],
        ),
        (
            {"augment": {"join": {"share": 0.5}}},
            ["augment: ", "expected a list", "- join:\n    share: 0.5"],
        ),
        ({"lexicons": {"A": [{"fil": "a"}]}}, ["lexicons.A.0.fil", "one of: file,"]),
        ({"kinds": {"k": {"weight": -1}}}, ["kinds.k.weight"]),
        ({"kinds": {"k": {"weight": float("inf")}}}, ["kinds.k.weight", "finite"]),
        ({"kinds": {"k": {"weight": 0}}}, ["kinds: all weights are 0"]),
        ({"kinds": {"k": {"weight": 1, "entities": {"A": 0}}}}, ["kinds.k.entities.A"]),
        (
            {"kinds": {"k": {"weight": 1, "relation": "R", "forbids": ["R"]}}},
            ["kinds.k: R is asked for and forbidden"],
        ),
        (
            {"kinds": {"k": {"weight": 1, "relation": "R", "forbids": ["*"]}}},
            ["kinds.k: R is asked for and forbidden"],
        ),
        (
            {"attributes": {"a": {"values": {"x": float("nan")}}}},
            ["attributes.a.values"],
        ),
        ({"attributes": {"a": {"values": {"x": 0}}}}, ["attributes.a.values: all"]),
        (
            {"augment": [{"bystander": {"label": "a", "relations": ["R"]}}]},
            ["augment.bystander.label", "'a' is not defined"],
        ),
        (
            {"augment": [{"bystander": {"label": "A", "relations": ["r"]}}]},
            ["augment.bystander.relations", "'r' is not defined"],
        ),
        ({"feeding": {"nominal": {"Q": ["it"]}}}, ["feeding.nominal", "'Q'"]),
        ({"feeding": {"sentences": [1, "some"]}}, ["feeding.sentences.1", "'all'"]),
        ({"kinds": {"k": {"weight": 1, "relation": "Q"}}}, ["kinds.k.relation", "'Q'"]),
        ({"kinds": {"k": {"weight": 1, "entities": {"C": 1}}}}, ["kinds.k", "'C'"]),
        ({"excludes": [{"length": "tall"}]}, ["excludes.0.length", "'tall'", "short"]),
        ({"excludes": [{"width": "tall"}]}, ["excludes.0", "'width'"]),
        (
            {"labels": {"A": {"definition": "a"}, "b-c": {"definition": "b"}}},
            ["labels", "'b-c'"],
        ),
        ({"name": "other"}, ["name", "'other'", "'toy'"]),
        (
            {"lexicons": {"A": [{"file": "a.tsv", "licence": "x", "source": "y"}]}},
            ["a.tsv", "no such file"],
        ),
        (
            {
                "relations": {
                    "R": {
                        "definition": "r",
                        "head": ["A"],
                        "tail": ["B"],
                        "symmetric": True,
                    }
                }
            },
            ["relations.R", "symmetric"],
        ),
    ],
)
def test_errors_name_file_key_and_remedy(
    tmp_path: Path, changes: dict[str, Any], parts: list[str]
) -> None:
    with pytest.raises(ValueError) as error:
        load_pack(write(tmp_path, **changes))
    for part in ["domain.yml", *parts]:
        assert part in str(error.value)


def test_no_pack_and_broken_yaml(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no domain.yml"):
        load_pack(tmp_path)
    path = write(tmp_path)
    (path / "domain.yml").write_text("name: [")
    with pytest.raises(ValueError, match="not valid YAML"):
        load_pack(path)
    with pytest.raises(ValueError, match=r"guidelines.md: missing"):
        _ = load_pack(write(tmp_path)).guidelines


def test_tables_name_the_line(tmp_path: Path) -> None:
    table = tmp_path / "t.tsv"
    table.write_text('name\tid\n"quoted\t1\nshort\n')
    with pytest.raises(ValueError, match=r"t.tsv:3: 1 cells, the header has 2"):
        read_table(table, ["name"])
    with pytest.raises(ValueError, match=r"t.tsv:1: no column label"):
        read_table(table, ["label"])


@pytest.mark.parametrize(
    "more",
    ["name: toy", "kinds: {}", "feeding: {passes: 1, passes: 2}"],
)
def test_a_key_that_is_there_twice(more: str, tmp_path: Path) -> None:
    path = write(tmp_path)
    with (path / "domain.yml").open("a") as file:
        file.write(f"\n{more}\n")
    key = "passes" if "passes" in more else more.partition(":")[0]
    with pytest.raises(ValueError, match=f"the key '{key}' is there twice\n.*line"):
        load_pack(path)


def test_merged_keys_may_be_said_anew() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\n"
    assert load_yaml(text)["b"] == {"x": 3, "y": 2}


def test_guidelines_say_something(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path))
    (pack.path / "guidelines.md").write_text(" \n")
    with pytest.raises(ValueError, match=r"guidelines\.md: empty; say what is marked"):
        _ = pack.guidelines
