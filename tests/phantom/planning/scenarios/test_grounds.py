"""A plan that facts decide in part."""

import random
from collections import Counter
from pathlib import Path

import pytest
from tests.builders.packs import make_pack
from typer.testing import CliRunner

import plan as step
from console.step import make_app
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack
from phantom.planning.plan import make_plan
from phantom.planning.scenarios.grounds import read_wishes
from phantom.planning.wishes import Wish, Wishes
from phantom.records import Fact, Facts, Spec, Term

EVENTS = """
scenarios: [table: {file: none.csv, event: relief, entities: {}}]
events:
  relief: {kind: treats, attributes: {section: results}}
  reaction: {kind: apart, attributes: {section: [title, results]}, weight: 3}
  death: {kind: apart, rare: true}
  visit: {kind: apart, weight: 0}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    made = make_pack(tmp_path)
    (made.path / "scenarios.yml").write_text(EVENTS)
    return made


def write_facts(path: Path, counts: dict[str, int]) -> Path:
    facts = [
        Fact(
            id=f"{event}-{i}",
            event=event,
            entities={"drug": Term(label="CHEMICAL", text=f"{event} {i}")},
            rare=event == "death",
        )
        for event, count in counts.items()
        for i in range(count)
    ]
    write_jsonl(path, facts)
    return path


def told(specs: list[Spec]) -> Counter[str]:
    return Counter(spec.facts.event for spec in specs if spec.facts)


def test_shares_weights_and_what_events_decide(pack: Pack, tmp_path: Path) -> None:
    file = write_facts(
        tmp_path / "facts.jsonl", {"relief": 9, "reaction": 30, "death": 5, "visit": 9}
    )
    wishes = read_wishes(file, pack, share=0.8, rare=0.2)
    specs = make_plan(pack, 25, wishes=wishes, seed=1)
    # 20 of 25; a fifth of those rare; the rest three to one. Visits only cause.
    assert told(specs) == {"relief": 4, "reaction": 12, "death": 4}
    assert specs == make_plan(pack, 25, wishes=wishes, seed=1)
    assert len({spec.id for spec in specs}) == 25
    for spec in specs:
        if spec.facts:
            assert not spec.seeds and not spec.open
            assert spec.kind == ("treats" if spec.facts.event == "relief" else "apart")
        if spec.facts and spec.facts.event == "relief":
            assert spec.attributes == {"section": "results"}
    kinds = Counter(spec.kind for spec in specs)
    assert kinds["none"] == 2  # what the facts leave to the other kinds


def test_a_fact_is_told_once_over_rounds(pack: Pack, tmp_path: Path) -> None:
    file = write_facts(tmp_path / "facts.jsonl", {"relief": 10})
    wishes = read_wishes(file, pack, share=1.0, rare=0.0)
    first = make_plan(pack, 6, wishes=wishes)
    specs = make_plan(pack, 10, frozen=first, wishes=wishes, seed=1)
    assert len({spec.facts.id for spec in specs if spec.facts}) == 10
    with pytest.raises(ValueError, match="asks for 1 facts of other events, and 0"):
        make_plan(pack, 11, frozen=specs, wishes=wishes)


def test_too_few_rare_facts_are_told_with_the_remedy() -> None:
    pool = [Wish("k", {}, Facts(id=str(i), event="e")) for i in range(9)]
    wishes = Wishes(pool, share=1.0, rare=0.5, where="facts.jsonl")
    with pytest.raises(ValueError, match=r"facts.jsonl: .* 2 facts of rare.*simulate"):
        wishes.draw(4, (), random.Random(0))


def test_a_plan_without_facts_is_what_it_was(pack: Pack, tmp_path: Path) -> None:
    file = write_facts(tmp_path / "facts.jsonl", {"relief": 3})
    none = read_wishes(file, pack, share=0.0, rare=0.5)
    assert make_plan(pack, 9, wishes=none, seed=4) == make_plan(pack, 9, seed=4)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id":"a","event":"birth"}', r"facts.jsonl:1: .*'birth' is no event"),
        (b'{"event":"relief"}', r"facts.jsonl:1: id: Field required"),
    ],
)
def test_a_line_that_does_not_fit_is_named(
    pack: Pack, tmp_path: Path, line: bytes, message: str
) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(line)
    with pytest.raises(ValueError, match=message):
        read_wishes(file, pack, share=1.0, rare=0.0)
    with pytest.raises(ValueError, match="rare: 2 is no share"):
        read_wishes(file, pack, share=1.0, rare=2)


def test_the_step_says_which_events_are_told(pack: Pack, tmp_path: Path) -> None:
    file = write_facts(tmp_path / "facts.jsonl", {"relief": 9, "death": 5})
    done = CliRunner().invoke(
        make_app(step.plan),
        [
            *(str(pack.path), str(tmp_path / "c"), str(tmp_path / "journal.jsonl")),
            *("--total", "8", "--facts", str(file), "--rare", "0.5"),
        ],
    )
    assert "death (rare)       2" in done.output, done.output
    specs = list(read_jsonl(tmp_path / "c/round-1/specs.jsonl", Spec))
    assert told(specs) == {"relief": 2, "death": 2}
