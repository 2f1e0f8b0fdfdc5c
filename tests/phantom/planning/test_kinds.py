"""Kinds without a weight are planned where they are given one; notes keep lines."""

import pytest
from tests.builders import MEDICINE

from phantom.curation.curator import Curator, clean
from phantom.jsonl import read_jsonl
from phantom.packs.pack import load_pack
from phantom.planning.plan import make_plan
from phantom.planning.rounds import read_recorded
from phantom.records import Completion, Example
from phantom.runtime import token_pipeline

PACK = load_pack(MEDICINE)


def test_a_plan_may_give_a_kind_another_weight() -> None:
    assert {spec.kind for spec in make_plan(PACK, 300)} == {
        name for name, kind in PACK.kinds.items() if kind.weight
    }
    given = PACK.with_weights("clinical note=124")
    # As much as all others together.
    kinds = [spec.kind for spec in make_plan(given, 200)]
    assert kinds.count("clinical note") == pytest.approx(100, abs=15)
    assert PACK.kinds["clinical note"].weight == 3
    none = PACK.with_weights("clinical note=0")
    assert "clinical note" not in {spec.kind for spec in make_plan(none, 300)}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("letter=3", "has no 'letter'; use one of: disease, none"),
        ("clinical note", "'clinical note': write a kind and its weight"),
        ("none=-1", "'none=-1': write a kind"),
        ("=2", "'=2': write a kind"),
    ],
)
def test_what_is_no_weight_is_told(said: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        PACK.with_weights(said)


@pytest.mark.parametrize(
    ("paragraphs", "lines", "expected"),
    [
        (False, False, "T: x - a - b"),
        (True, False, "T: x\n\n- a - b"),
        (True, True, "T: x\n\n- a\n- b"),
    ],
)
def test_line_breaks_stay_where_they_are_asked_for(
    paragraphs: bool, lines: bool, expected: str
) -> None:
    written = "T:  x \n \n\n- a\n- b \n"
    assert clean(written, paragraphs=paragraphs, lines=lines) == expected


def test_recorded_notes_are_curated_whole() -> None:
    pack = PACK.with_recording("notes")
    specs = {spec.id: spec for spec in read_recorded(pack)}
    assert len(specs) >= 60 and {x.kind for x in specs.values()} == {"clinical note"}
    answers = read_jsonl(pack.recording / "completions.jsonl.gz", Completion)
    made = list(Curator(pack, specs, token_pipeline("en")).curate(answers))
    examples = [x for x in made if isinstance(x, Example)]
    assert len(examples) == len(specs) == len(made)
    assert sum("\n" in x.text for x in examples) > 55
    assert sum("[**" in x.text for x in examples) >= 15
    assert sum("___" in x.text for x in examples) >= 12
    assert not any(
        "[**" in e.text or "__" in e.text for x in examples for e in x.entities
    )
