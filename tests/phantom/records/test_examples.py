import pytest

from phantom.records import Entity, Example, Relation

CLICKED = {
    "id": "r1",
    "text": "Iron gave rash.",
    "entities": [
        {"start": 10, "end": 14, "label": "D", "text": "rash"},
        {"start": 0, "end": 4, "label": "C", "text": "Iron"},
    ],
    "relations": [{"head": 1, "tail": 0, "label": "GIVES"}],
}


def test_entities_in_the_order_of_clicks_are_sorted_with_their_relations() -> None:
    found = Example.model_validate(CLICKED)
    assert [x.text for x in found.entities] == ["Iron", "rash"]
    assert found.relations == (Relation(head=0, tail=1, label="GIVES"),)
    assert Example.model_validate_json(found.model_dump_json()) == found


def test_overlaps_and_unknown_ends_stay_errors_in_any_order() -> None:
    inside = Entity(start=11, end=14, label="D", text="ash")
    with pytest.raises(ValueError, match="overlaps the one before"):
        Example.model_validate({**CLICKED, "entities": [*CLICKED["entities"], inside]})
    link = {"head": 2, "tail": 0, "label": "GIVES"}
    with pytest.raises(ValueError, match="points to entity 2, but there are 2"):
        Example.model_validate({**CLICKED, "relations": [link]})
