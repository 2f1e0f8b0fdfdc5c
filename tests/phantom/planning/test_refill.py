"""Plans that add just what errors showed to be missing."""

import shutil
from pathlib import Path

import pytest
from tests.builders import MEDICINE
from tests.builders.packs import make_pack

from phantom.completions.journal import Journal
from phantom.feedback.hints import Hint
from phantom.feedback.refill import Ask, matches
from phantom.packs.pack import Pack, load_pack
from phantom.planning.plan import make_plan
from phantom.planning.refill import next_refill
from phantom.planning.rounds import read_recorded
from phantom.records import Completion, Spec

TITLE = Ask(because="titles", was=1, now=4, attributes={"section": "title"})


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path)


def plan(pack: Pack, count: int = 3) -> list[Spec]:
    return make_plan(pack, count, seed=1)


def refill(pack: Pack, folder: Path, earlier: list[Spec], *asks: Ask, **more) -> list:
    journal = folder / "completions.jsonl"
    return next_refill(pack, earlier, journal, asks, number=2, **more).specs


def test_the_plan_before_stays_and_the_cell_alone_is_added(
    pack: Pack, tmp_path: Path
) -> None:
    earlier = plan(pack)
    specs = refill(pack, tmp_path, earlier, TITLE)
    assert specs[:3] == earlier
    added = specs[3:]
    assert len(added) == 3 and all(matches(spec, TITLE) for spec in added)
    assert {spec.round for spec in added} == {2}
    assert len({spec.id for spec in specs}) == 6


def test_new_values_and_new_attributes_are_asked_for(
    pack: Pack, tmp_path: Path
) -> None:
    asks = [
        Ask(because="a", was=0, now=2, attributes={"section": "letter"}),
        Ask(because="b", was=0, now=2, kinds=["treats"], attributes={"order": "last"}),
    ]
    added = refill(pack, tmp_path, plan(pack), *asks)[3:]
    assert [spec.attributes["section"] for spec in added[:2]] == ["letter", "letter"]
    assert [spec.kind for spec in added[2:]] == ["treats", "treats"]
    assert {spec.attributes["order"] for spec in added[2:]} == {"last"}
    assert "order" not in added[0].attributes


def test_names_are_used_one_a_spec(pack: Pack, tmp_path: Path) -> None:
    ask = Ask(
        because="n", was=0, now=3, kinds=["treats"], seeds={"DISEASE": ["a", "b"]}
    )
    added = refill(pack, tmp_path, plan(pack), ask)[3:]
    assert [spec.seeds["DISEASE"] for spec in added[:2]] == [["a"], ["b"]]
    assert added[2].seeds["DISEASE"] not in (["a"], ["b"])


def test_what_was_paid_for_in_this_round_is_not_asked_again(
    pack: Pack, tmp_path: Path
) -> None:
    earlier = plan(pack)
    specs = refill(pack, tmp_path, earlier, TITLE)
    assert refill(pack, tmp_path, specs, TITLE) == specs
    first = specs[3]
    with Journal(tmp_path / "completions.jsonl") as journal:
        answer = Completion(
            spec_ids=(first.id,),
            completion='{"text": "Asthma.", "relations": []}',
            model="m",
            recorded="2026-01-01",
        )
        journal.append(answer)
    # What is asked for stays; of what is asked for no longer, only what is paid for.
    assert refill(pack, tmp_path, specs, TITLE, seed=9) == specs
    assert refill(pack, tmp_path, specs) == [*earlier, first]


def test_a_grid_that_is_used_up_has_versions(pack: Pack, tmp_path: Path) -> None:
    ask = Ask(because="none", was=0, now=7, kinds=["none"])
    added = refill(pack, tmp_path, plan(pack), ask)[3:]
    assert len({spec.id for spec in added}) == 7
    assert {spec.kind for spec in added} == {"none"}
    # Title and results are all that there is without.
    assert sum("version" not in spec.attributes for spec in added) <= 2


def test_recorded_specs_come_first(tmp_path: Path) -> None:
    path = tmp_path / "medicine"
    shutil.copytree(MEDICINE, path)
    pack = load_pack(path)
    ask = Ask(because="x", was=0, now=5, kinds=["none"])
    recorded = read_recorded(pack)
    earlier = [spec for spec in recorded if spec.kind != "none"][:50]
    added = refill(pack, tmp_path, earlier, ask)[50:]
    ids = {spec.id for spec in recorded}
    assert {spec.kind for spec in added} == {"none"} and len(added) == 5
    assert all(spec.id in ids for spec in added)


def test_notes_are_for_the_new_specs(pack: Pack, tmp_path: Path) -> None:
    hint = Hint(text="Mark all of it.", size=2, about="it")
    specs = refill(pack, tmp_path, plan(pack), TITLE, hints=[hint])
    assert [spec.style for spec in specs] == [[]] * 3 + [["Mark all of it."]] * 3


def test_without_a_plan_there_is_nothing_to_refill(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no plan to go on from"):
        refill(pack, tmp_path, [], TITLE)
