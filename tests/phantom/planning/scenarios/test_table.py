"""Facts from a user's table, through the interpreter of scenarios.yml."""

from pathlib import Path

import pytest
from tests.builders.packs import make_pack
from typer.testing import CliRunner

import simulate as step
from console.step import make_app
from phantom.jsonl import read_jsonl, to_line
from phantom.packs.pack import Pack
from phantom.planning.scenarios.base import simulate
from phantom.records import Amount, Fact, Link, Term

SCENARIOS = """
scenarios:
  - table:
      file: courses.csv
      event_column: event
      entities:
        drug: {label: CHEMICAL, column: drug}
        illness: {label: DISEASE, text: asthma}
      numbers:
        dose: {column: dose, unit: mg, write: "{value} mg"}
        rate: {column: rate, unit: "1/min"}
      dates: {seen: seen}
      texts: {ward: ward}
      changes: {rate: moved}
      because: why
      relations: [[drug, TREATS, illness]]
events:
  relief: {kind: treats, attributes: {section: results}}
  reaction: {kind: apart, rare: true}
"""
TABLE = """event,drug,dose,rate,moved,seen,ward,why
relief,iron,2.5,80,down,2024-03-01,B2,
reaction,zinc,40,,,,"A1, left",fever; "long" night
"""


def with_scenarios(folder: Path, scenarios: str = SCENARIOS) -> Pack:
    pack = make_pack(folder)
    (pack.path / "scenarios.yml").write_text(scenarios)
    (pack.path / "courses.csv").write_text(TABLE)
    return pack


def test_a_row_is_a_fact_and_an_empty_cell_is_none(tmp_path: Path) -> None:
    first, second = simulate(with_scenarios(tmp_path), seed=0)
    assert first == Fact(
        id="courses-2",
        event="relief",
        entities={
            "drug": Term(label="CHEMICAL", text="iron"),
            "illness": Term(label="DISEASE", text="asthma"),
        },
        numbers={
            "dose": Amount(value=2.5, unit="mg", text="2.5 mg"),
            "rate": Amount(value=80, unit="1/min"),
        },
        dates={"seen": "2024-03-01"},
        texts={"ward": "B2"},
        changes={"rate": "down"},
        relations=(Link(head="drug", label="TREATS", tail="illness"),),
        origin="private",
    )
    assert second.rare and not first.rare
    assert second.numbers.keys() == {"dose"} and not second.dates
    assert second.because == ("fever", '"long" night')
    assert second.texts == {"ward": "A1, left"}
    assert Fact.model_validate_json(to_line(second)) == second


def test_the_step_writes_what_happened(tmp_path: Path) -> None:
    pack = with_scenarios(tmp_path)
    output = tmp_path / "facts.jsonl"
    arguments = [str(pack.path), str(output), "--only", "table"]
    done = CliRunner().invoke(make_app(step.simulate), arguments)
    assert "2 facts in" in done.output and "1 of rare events" in done.output
    assert list(read_jsonl(output, Fact)) == list(simulate(pack, seed=0))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("column: dose,", "column: dosis,", "courses.csv:1: no column dosis"),
        ("relief: {kind", "relieved: {kind", "'relief' is no event"),
        ("label: CHEMICAL", "label: DRUG", "label 'DRUG', which domain.yml has not"),
        ("TREATS", "CURES", "relation 'CURES' is not in domain.yml"),
        ("file: courses.csv", "file: a.csv", "'a.csv' is neither in the pack nor"),
        ("{kind: treats,", "{kind: treat,", "'treat' is no kind of domain.yml"),
        ("section: results", "section: end", r"\['end'\] is no value in domain.yml"),
        ("event_column: event", "event_column: ''", "set either `event` or"),
        ("    unit: mg,", "unit: mg,", ""),
        ("- table:", "- tables:", "no scenario named 'tables'; did you mean"),
    ],
)
def test_what_does_not_fit_is_named(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    pack = with_scenarios(tmp_path, SCENARIOS.replace(old, new))
    if not message:
        assert len(list(simulate(pack, seed=0))) == 2
        return
    with pytest.raises(ValueError, match=message):
        list(simulate(pack, seed=0))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("iron,2.5", "iron,2·5", "courses.csv:2: dose: '2·5' is no number"),
        ("2024-03-01", "1 March", "courses.csv:2: .*dates.seen"),
        ("80,down", "80,fell", "courses.csv:2: .*changes.rate"),
        ("B2,", "B2,x,y", "courses.csv:2: not as many cells"),
        ("80,down", ",down", "courses.csv:2: .*changes names 'rate'"),
    ],
)
def test_a_bad_cell_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    pack = with_scenarios(tmp_path)
    (pack.path / "courses.csv").write_text(TABLE.replace(old, new))
    with pytest.raises(ValueError, match=f"(?s){message}"):
        list(simulate(pack, seed=0))


def test_a_pack_without_scenarios_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no scenarios\.yml"):
        list(simulate(make_pack(tmp_path), seed=0))
