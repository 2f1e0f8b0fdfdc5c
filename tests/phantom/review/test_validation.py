"""What may be saved: each fault by its code, none for what is right."""

from pathlib import Path

import pytest
from tests.builders.packs import make_pack
from tests.builders.reviews import words

from phantom.packs.domain import RelationRule
from phantom.records import Entity, Relation
from phantom.review.records import Annotation
from phantom.review.validation import Schema

TEXT = "Iron eased gout."


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    pack = make_pack(tmp_path)
    near = RelationRule(
        definition="near", head=["CHEMICAL"], tail=["DISEASE"], symmetric=True
    )
    return Schema(pack.labels, {**pack.relations, "NEAR": near}, words)


def mention(start: int, end: int, label: str = "DISEASE", text: str = "") -> Entity:
    return Entity(start=start, end=end, label=label, text=text or TEXT[start:end])


IRON, GOUT = mention(0, 4, "CHEMICAL"), mention(11, 15)


@pytest.mark.parametrize(
    ("entities", "codes"),
    [
        ([IRON, GOUT], []),
        ([mention(11, 99, text="gout")], ["bounds"]),
        ([mention(4, 4, text="x")], ["bounds"]),
        ([mention(11, 15, text="GOUT")], ["text"]),
        ([mention(10, 15)], ["space"]),
        ([mention(11, 14)], ["tokens"]),
        ([mention(11, 15, "PLANET")], ["label"]),
        ([IRON, mention(0, 10)], ["overlap"]),
        ([GOUT, IRON, mention(11, 15)], ["overlap"]),
    ],
)
def test_mentions(schema: Schema, entities: list[Entity], codes: list[str]) -> None:
    found = schema.find_problems(TEXT, Annotation(entities=tuple(entities)))
    assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(
    ("relations", "codes"),
    [
        ([(0, "TREATS", 1)], []),
        ([(1, "TREATS", 0)], ["types"]),
        ([(0, "NEAR", 1)], []),
        ([(1, "NEAR", 0)], []),
        ([(1, "NEAR", 0), (0, "NEAR", 1)], ["twice"]),
        ([(0, "TREATS", 0)], ["self"]),
        ([(0, "EATS", 1)], ["label"]),
        ([(0, "TREATS", 1), (0, "TREATS", 1)], ["twice"]),
    ],
)
def test_relations(
    schema: Schema, relations: list[tuple[int, str, int]], codes: list[str]
) -> None:
    links = tuple(Relation(head=h, tail=t, label=label) for h, label, t in relations)
    annotation = Annotation(entities=(IRON, GOUT), relations=links)
    found = schema.find_problems(TEXT, annotation)
    assert [problem.code for problem in found] == codes


def test_only_token_bounds_do_not_forbid(schema: Schema) -> None:
    found = schema.find_problems(TEXT, Annotation(entities=(mention(11, 14),)))
    assert [problem.severity for problem in found] == ["warning"]


def test_the_page_is_told_which_pairs_are_allowed(schema: Schema) -> None:
    treats, near = schema.describe()["relations"]
    assert treats["pairs"] == [["CHEMICAL", "DISEASE"]]
    assert near["pairs"] == [["DISEASE", "CHEMICAL"], ["CHEMICAL", "DISEASE"]]
