"""The profile of private text: its quotas, what it may name, who can move it."""

import random
from pathlib import Path

import pytest
from tests.builders import MEDICINE, example
from tests.builders.packs import make_pack

from phantom.evaluation.profile import Profile, Reader, make_asks, make_hints, measure
from phantom.evaluation.profile.families import OTHER, group_kinds
from phantom.evaluation.profile.measure import Cell
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.planning.plan import make_plan
from phantom.records import Example

pytest.importorskip("opendp")
PACK = load_pack(MEDICINE)
TEXTS = {
    "INDUCES": (
        "<CHEMICAL id=1>Iron</CHEMICAL> gave <DISEASE id=2>pain</DISEASE>.",
        (1, "INDUCES", 2),
    ),
    "DISEASE": ("They had <DISEASE id=1>gout</DISEASE> for eleven long years",),
    "none": ("Nothing else was found in any of the forty people who came.",),
}
SECTIONS = {"results": 0.5, "title": 0.2, "methods": 0.3}


def person(rng: random.Random, records: int) -> list[Example]:
    found = []
    for _ in range(records):
        text, *relations = TEXTS[rng.choices([*TEXTS], [0.2, 0.5, 0.3])[0]]
        section = rng.choices([*SECTIONS], [*SECTIONS.values()])[0]
        found.append(example(text, *relations, attributes={"section": section}))
    return found


@pytest.fixture(scope="module")
def people() -> list[list[Example]]:
    rng = random.Random(0)
    return [person(rng, rng.choice([1, 2, 3, 12])) for _ in range(2000)]


def test_quotas_at_epsilon_1_are_within_a_tenth(people: list[list[Example]]) -> None:
    reader = Reader(PACK, ["section", "words"])
    true = measure(reader, people, 1e5, "patient", False)
    exact = {(f, c.value): c.share for f, cs in true.families.items() for c in cs}
    assert exact["section", "title"] == pytest.approx(0.2, abs=0.03)
    assert exact["kind", "chemical induces disease"] == pytest.approx(0.2, abs=0.03)
    # As from a reading of its own: counting is what takes time.
    close = total = 0
    for _ in range(3):
        profile = measure(reader, people, 1.0, "patient", False)
        assert profile.units == pytest.approx(2000, rel=0.02)
        for family, cells in profile.families.items():
            for cell in (cell for cell in cells if cell.quota):
                total += 1
                truth = exact[family, cell.value]
                close += abs(cell.share - truth) <= 0.1 * truth
    assert total >= 3 * 6
    assert close / total >= 0.9


def test_a_prolific_unit_counts_as_any_other() -> None:
    reader = Reader(PACK, ["section"])
    text = TEXTS["none"][0]
    quiet = [[example(text, attributes={"section": "title"})] for _ in range(99)]
    loud = [example(text, attributes={"section": "methods"}) for _ in range(5000)]
    profile = measure(reader, [*quiet, loud], 1e5, "patient", False)
    cells = {cell.value: cell.share for cell in profile.families["section"]}
    assert cells["methods"] == pytest.approx(0.01, abs=1e-3)
    assert cells["title"] == pytest.approx(0.99, abs=1e-3)


def test_sections_are_those_of_the_pack_or_none() -> None:
    reader = Reader(PACK, ["section", "words"])
    one = example("Methods: forty were asked.")
    assert reader.attribute("section", one) == "methods"
    assert reader.attribute("words", one) == "8"
    named = example("Secret ward of Mrs Quixnar: forty were asked.")
    assert reader.attribute("section", named) == OTHER
    with pytest.raises(ValueError, match="no attribute 'ward'"):
        Reader(PACK, ["ward"])


def test_kinds_that_look_alike_are_counted_as_one() -> None:
    groups = group_kinds(PACK)
    assert "gene+disease co-mentioned | gene+disease not associated" in groups
    assert "document" not in " ".join(groups)
    reader = Reader(PACK, [])
    assert reader.kind(example(*TEXTS["INDUCES"])) == "chemical induces disease"
    assert reader.kind(example(*TEXTS["DISEASE"])) == "disease"
    assert reader.kind(example(*TEXTS["none"])) == "none"


def test_names_are_of_the_lexicons_and_of_many(tmp_path: Path) -> None:
    """What one unit alone has is not in the profile, nor in the plan."""
    reader = Reader(make_pack(tmp_path), [], annotated=False)
    many = [[example("She has asthma, said Quixnar.")] for _ in range(200)]
    lone = [example("WAS and nephrolithiasis of Vumpish.") for _ in range(300)]
    seen = 0
    for turn in range(40):
        units = many + [lone] * (turn % 2)
        profile = measure(reader, units, 3.0, "patient", True)
        names = [cell.value for cell in profile.families["names"]]
        assert names[:1] == ["asthma"]
        seen += len(names) > 1
        stored = profile.model_dump_json()
        assert not any(word in stored for word in ("Quixnar", "Vumpish", "said"))
        asks = make_asks(reader, profile, [], 30)
        asked = {n for ask in asks for ns in ask.seeds.values() for n in ns}
        assert "asthma" in asked <= set(names)
    # Three names, noise of 2/3 units, a threshold at 5%.
    assert seen <= 5


def test_asks_fill_what_the_plan_lacks() -> None:
    reader = Reader(PACK, ["section"])
    cells = [
        Cell(value="title", share=0.6, low=0.58, high=0.62, quota=True),
        Cell(value="methods", share=0.3, low=0.28, high=0.32, quota=True),
        Cell(value="results", share=0.02, low=0.0, high=0.04),
    ]
    profile = Profile(
        domain="medicine",
        unit="patient",
        epsilon=1,
        units=2000,
        families={"section": cells},
    )
    plan = make_plan(PACK, 100, seed=1)
    plan = [spec for spec in plan if spec.kind != "document"]
    asks = make_asks(reader, profile, plan, 200)
    assert {ask.attributes["section"] for ask in asks} <= {"title", "methods"}
    assert sum(ask.count for ask in asks) == pytest.approx(200, abs=2)
    assert all(ask.from_real and not ask.quotes_real for ask in asks)
    title = next(ask for ask in asks if ask.attributes["section"] == "title")
    methods = next(ask for ask in asks if ask is not title)
    # Both lack more than 200 together: each gets its part of what is lacking.
    whole = len(plan) + 200
    lacks = [0.6 * whole - title.was, 0.3 * whole - methods.was]
    assert title.count == pytest.approx(200 * lacks[0] / sum(lacks), abs=1)
    assert "60.0% of what a patient has (58.0% to 62.0%" in title.because


def test_hints_speak_of_styles_that_are_far() -> None:
    reader = Reader(PACK, [])
    style = [
        Cell(value="ends in a full stop", share=0.4, low=0.38, high=0.42),
        Cell(value="starts with a number", share=0.05, low=0.0, high=0.1),
    ]
    profile = Profile(
        domain="medicine",
        unit="patient",
        epsilon=1,
        units=2000,
        families={"style": style},
    )
    ours = [example("All of them end.")] * 20
    (hint,) = make_hints(reader, profile, load_language("en"), ours)
    assert hint.text == ("End in a full stop less often: in 40% of passages, not 100%.")
    assert hint.from_real
