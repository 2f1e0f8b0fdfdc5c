"""Rows by a VAE with differential privacy: what is declared, drawn and learned."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

import synthesize_private as step
from console.step import make_app
from phantom.jsonl import read_jsonl
from phantom.planning.scenarios.generative.columns import Column, Columns
from phantom.planning.scenarios.generative.declared import (
    DeclaredEncoder,
    DeclaredTable,
    read_units,
)
from phantom.planning.scenarios.generative.private import PrivateVae, plan_mechanisms
from phantom.privacy.accountant import compose
from phantom.privacy.ledger import BudgetExhausted, Draw
from phantom.privacy.mechanisms import DpSgd, Pure

pytest.importorskip("opacus")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Full backward hook"),
]
DECLARED = {
    "columns": {
        "drug": {"values": ["iron", "zinc", "never"]},
        "dose": {"low": 0, "high": 100, "decimals": 1, "missing": True},
    },
    "condition": "drug",
}


def declared(**changed: object) -> DeclaredTable:
    return DeclaredTable.model_validate({**DECLARED, **changed})


def test_numbers_and_gaps_come_back_within_what_is_declared() -> None:
    doses = np.array([0.0, 12.5, np.nan, 100.0, 900.0])
    drugs = np.array(["iron", "zinc", "iron", "iron", "never"], dtype=object)
    table = Columns((Column("drug", drugs, False), Column("dose", doses, True, 1)))
    encoder = DeclaredEncoder(declared())
    matrix = encoder.encode(table)
    # 0 and 100 are the ends, -2 and 2; what lies beyond is moved to the end.
    assert matrix[[0, 1, 3, 4], 3] == pytest.approx([-2, -1.5, 2, 2])
    back = encoder.decode(matrix)
    assert back["drug"].values.tolist() == drugs.tolist()
    assert back["dose"].values[[0, 1, 3, 4]].tolist() == [0, 12.5, 100, 100]
    assert np.isnan(back["dose"].values[2])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"columns": {"a": {}}, "condition": ""}, "either values, or low and high"),
        ({"columns": {"a": {"low": 2, "high": 1}}, "condition": ""}, "not below"),
        ({"condition": "dose"}, "no column with values"),
    ],
)
def test_what_can_not_be_declared(changed: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        declared(**changed)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("p1,tin,3", "'tin', undeclared"),
        (",iron,3", "2: column 'patient' does not say"),
        ("p1,iron,much", "no number"),
    ],
)
def test_rows_that_do_not_fit_are_named(
    tmp_path: Path, rows: str, message: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"patient,drug,dose\n{rows}\n")
    with pytest.raises(ValueError, match=message):
        read_units(path, declared(), "patient")


def test_counts_take_a_tenth_of_epsilon() -> None:
    first, second = plan_mechanisms(declared(), 2.0, 1e-5, PrivateVae(steps=30))
    assert first == Pure(epsilon=0.2) and isinstance(second, DpSgd)
    assert compose([first, second], 1e-5).epsilon <= 2.0
    (alone,) = plan_mechanisms(declared(condition=""), 2.0, 1e-5, PrivateVae(steps=30))
    assert alone.noise < second.noise


def run(folder: Path, text: str, *more: str) -> None:
    (folder / "table.csv").write_text(text)
    (folder / "declared.yml").write_text(yaml.safe_dump(DECLARED, sort_keys=False))
    budget = "{unit: patient, key: patient, epsilon: 9, delta: 1.0e-5}"
    (folder / "budget.yml").write_text(budget)
    names = ("table.csv", "declared.yml", "budget.yml", "ledger.jsonl", "made.csv")
    arguments = [str(folder / name) for name in names]
    done = CliRunner().invoke(
        make_app(step.synthesize_private), [*arguments, "--steps", "150", *more]
    )
    if done.exception:
        raise done.exception


@pytest.mark.slow
def test_the_rows_follow_the_table_and_the_ledger_says_so(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    lines = ["patient,drug,dose"]
    for i in range(600):
        iron = chance.random() < 0.75
        dose = (
            ""
            if chance.random() < 0.1
            else f"{chance.normal(20 if iron else 80, 4):.1f}"
        )
        lines.append(f"p{i},{'iron' if iron else 'zinc'},{dose}")
    # One patient has many rows that nobody else has: one of them counts.
    lines += ["p0,never,99"] * 300
    run(
        tmp_path,
        "\n".join(lines) + "\n",
        "--epsilon",
        "8",
        "--share",
        "0.3",
        "--rows",
        "400",
    )
    draws = list(read_jsonl(tmp_path / "ledger.jsonl", Draw))
    assert [type(x.mechanism) for x in draws] == [Pure, DpSgd]
    assert 7 < draws[-1].epsilon <= 8
    made = [x.split(",") for x in (tmp_path / "made.csv").read_text().splitlines()]
    assert made[0] == ["drug", "dose"] and len(made) == 401
    kinds = [row[0] for row in made[1:]]
    assert kinds.count("iron") / 400 == pytest.approx(0.75, abs=0.08)
    assert kinds.count("never") < 12
    means = [
        np.mean([float(x[1]) for x in made[1:] if x[0] == kind and x[1]])
        for kind in ("iron", "zinc")
    ]
    assert means[1] - means[0] > 15


def test_an_exhausted_budget_stops_before_the_table_is_read(tmp_path: Path) -> None:
    with pytest.raises(BudgetExhausted, match="nothing was read"):
        run(tmp_path, "no table at all", "--epsilon", "40")
    assert not (tmp_path / "made.csv").exists()
