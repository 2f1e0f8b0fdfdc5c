"""Rounds: each has a folder and goes on from the one before; the journal is shared."""

import json
import shutil
from pathlib import Path

import pytest
from tests.builders import PETS
from typer.testing import CliRunner

import plan
from console.step import make_app
from phantom.completions.journal import Journal
from phantom.feedback.hints import Hint
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.planning.rounds import (
    adopt_flat_plan,
    next_plan,
    read_earlier,
    read_recorded,
    specs_path,
)
from phantom.records import Completion, Spec

HINT = Hint(text="Seldom begin with 'the'.", check="x", size=2, about="the")


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """The toy domain, with more to ask for than its recording has."""
    path = tmp_path / "pets"
    shutil.copytree(PETS, path)
    with (path / "domain.yml").open("a") as file:
        file.write("  words: {values: {5: 1, 10: 1, 15: 1, 20: 1, 25: 1, 30: 1}}\n")
    return load_pack(path)


def answer(journal: Path, specs: list[Spec]) -> None:
    text = json.dumps({"text": "Nothing.", "relations": []})
    with Journal(journal) as opened:
        for spec in specs:
            line = Completion(
                spec_ids=(spec.id,), completion=text, model="m", recorded="now"
            )
            opened.append(line)


def test_three_ways_to_go_on(pack: Pack, tmp_path: Path) -> None:
    recorded = read_recorded(pack)
    journal = tmp_path / "completions.jsonl"
    first = next_plan(pack, 0, [], journal)
    assert (first.specs, first.recorded, first.waiting) == (recorded, 20, 0)

    larger = next_plan(pack, 26, first.specs, journal, seed=1)
    assert larger.specs[:20] == recorded
    assert (larger.recorded, larger.waiting) == (20, 6)
    # Two of the six are answered: they stay, the others are drawn anew.
    answer(journal, larger.specs[20:22])
    again = next_plan(pack, 30, larger.specs, journal, seed=2)
    assert again.specs[:22] == larger.specs[:22]
    assert again.specs[22:26] != larger.specs[22:]
    assert again.waiting == 8

    # With hints all six stay; those without an answer get notes.
    hinted = next_plan(pack, 0, larger.specs, journal, [HINT], number=2, seed=3)
    assert [s.id for s in hinted.specs] == [s.id for s in larger.specs]
    assert hinted.specs[:22] == larger.specs[:22]
    assert [s.style for s in hinted.specs[22:]] == [[HINT.text]] * 4
    assert [s.round for s in hinted.specs] == [1] * 22 + [2] * 4


def test_a_pack_without_recording_needs_a_size(pack: Pack, tmp_path: Path) -> None:
    shutil.rmtree(pack.recording)
    for hints in (None, [HINT]):
        with pytest.raises(ValueError, match="say how many examples"):
            next_plan(pack, 0, [], tmp_path / "completions.jsonl", hints)


def test_a_round_goes_on_from_the_newest_before_it(tmp_path: Path) -> None:
    one, three = [Spec(id="1", kind="k")], [Spec(id="3", kind="k")]
    write_jsonl(specs_path(tmp_path, 1), one)
    write_jsonl(specs_path(tmp_path, 3), three)
    assert read_earlier(tmp_path, 1) == read_earlier(tmp_path, 2) == one
    assert read_earlier(tmp_path, 3) == read_earlier(tmp_path, 10) == three
    assert read_earlier(tmp_path / "new", 2) == []


def run_plan(pack: Pack, folder: Path, *more: object) -> str:
    call = [pack.path, folder, folder / "completions.jsonl", *more]
    result = CliRunner().invoke(make_app(plan.plan), list(map(str, call)))
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_a_second_round_leaves_the_first_as_it_is(pack: Pack, tmp_path: Path) -> None:
    run_plan(pack, tmp_path, "--total", 24)
    first = specs_path(tmp_path, 1).read_bytes()
    answer(tmp_path / "completions.jsonl", read_earlier(tmp_path, 1)[20:])
    run_plan(pack, tmp_path, "--total", 30, "--round", 2)
    assert specs_path(tmp_path, 1).read_bytes() == first
    second = list(read_jsonl(specs_path(tmp_path, 2), Spec))
    assert second[:24] == read_earlier(tmp_path, 1)
    assert [spec.round for spec in second] == [1] * 24 + [2] * 6


def test_only_the_journal_that_is_named_counts(pack: Pack, tmp_path: Path) -> None:
    run_plan(pack, tmp_path, "--total", 24)
    first = read_earlier(tmp_path, 1)
    answer(tmp_path / "completions.jsonl", first[20:])
    run_plan(pack, tmp_path, "--total", 24, "--seed", 5)
    assert read_earlier(tmp_path, 1) == first
    (tmp_path / "completions.jsonl").rename(tmp_path / "other.jsonl")
    run_plan(pack, tmp_path, "--total", 24, "--seed", 5)
    assert read_earlier(tmp_path, 1)[20:] != first[20:]


def test_a_plan_of_the_flat_layout_becomes_round_1(pack: Pack, tmp_path: Path) -> None:
    old = [*read_recorded(pack), Spec(id="mine", kind="none")]
    write_jsonl(tmp_path / "specs.jsonl", old)
    answer(tmp_path / "completions.jsonl", old[-1:])
    output = run_plan(pack, tmp_path, "--total", 21)
    assert "each round has a folder" in output
    assert read_earlier(tmp_path, 1) == old
    assert not (tmp_path / "specs.jsonl").exists()
    assert adopt_flat_plan(tmp_path) is None
    # Where round 1 has a plan, nothing is moved over it.
    write_jsonl(tmp_path / "specs.jsonl", old[:1])
    assert adopt_flat_plan(tmp_path) is None
    assert read_earlier(tmp_path, 1) == old
