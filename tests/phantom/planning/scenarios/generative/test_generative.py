"""Rows made after a table, and how they are judged."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tests.builders.packs import make_pack
from typer.testing import CliRunner

import synthesize as step
from console.step import make_app
from phantom.planning.scenarios.base import simulate
from phantom.planning.scenarios.generative.columns import (
    Column,
    Columns,
    make_column,
    read_columns,
)
from phantom.planning.scenarios.generative.encoding import TableEncoder
from phantom.planning.scenarios.generative.fit import MODELS, ModelSettings, make_rows
from phantom.planning.scenarios.generative.quality import (
    associations,
    compare_column,
    detect,
    measure_quality,
    score_target,
)
from phantom.planning.scenarios.generative.vae import TableVAE, batches

QUICK = {"steps": 250, "hidden": 32, "latent": 4, "batch": 32, "rate": 3e-3}


def make_table(rows: int, seed: int = 0) -> Columns:
    """Dose follows the drug, the rate follows the dose and is missing now and then."""
    chance = np.random.default_rng(seed)
    first = chance.random(rows) < 0.7
    dose = np.where(first, chance.normal(20, 2, rows), chance.normal(80, 5, rows))
    rate = dose + chance.normal(0, 3, rows)
    gone = chance.random(rows) < 0.2
    drug = np.where(first, "iron", "zinc").astype(object)
    return Columns(
        (
            Column("drug", drug, False),
            Column("dose", np.round(dose, 1), True, 1),
            Column("rate", np.where(gone, np.nan, np.round(rate)), True, 0),
        )
    )


def test_numbers_are_told_from_categories() -> None:
    many = [f"{x}.50" for x in range(13)]
    column = make_column("a", many)
    assert column.numeric and column.decimals == 2
    assert not make_column("a", many, category=True).numeric
    assert not make_column("a", ["0", "1"] * 9).numeric
    assert not make_column("a", [*many, "none"]).numeric
    assert make_column("a", [*many, ""]).missing.tolist() == [False] * 13 + [True]


def test_a_column_of_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    lines = [f"name {i},{i % 2}" for i in range(60)]
    path.write_text("\n".join(["name,sick", *lines]) + "\n")
    with pytest.raises(ValueError, match=r"people.csv: column 'name' has 60 different"):
        read_columns(path)
    assert read_columns(path, leave_out=["name"]).names == ["sick"]
    with pytest.raises(ValueError, match=r"people.csv:1: no column nme"):
        read_columns(path, leave_out=["nme"])


def test_a_matrix_is_read_back_as_the_table() -> None:
    table = make_table(200)
    encoder = TableEncoder(table)
    # Two drugs, a dose, a rate, and whether the rate is there.
    assert encoder.width == 2 + 1 + 1 + 2
    again = encoder.decode(encoder.encode(table))
    assert again["drug"].values.tolist() == table["drug"].values.tolist()
    assert (again["rate"].missing == table["rate"].missing).all()
    # All but the two at the edges, which are cut.
    assert np.isclose(again["dose"].values, table["dose"].values).mean() > 0.98


@pytest.mark.parametrize(
    "model",
    [pytest.param(x, marks=[pytest.mark.slow] * (x == "gan")) for x in MODELS],
)
def test_made_rows_keep_what_hangs_together(model: str) -> None:
    table = make_table(300)
    settings = ModelSettings(model=model, condition="drug", **QUICK)  # type: ignore[arg-type]
    made = make_rows(table, settings, 400, seed=1)
    assert len(made) == 400 and made.names == ["drug", "dose", "rate"]
    assert set(made["drug"].values) == {"iron", "zinc"}
    assert 0.55 < (made["drug"].values == "iron").mean() < 0.85
    assert 0.02 < made["rate"].missing.mean() < 0.5
    lowest, highest = table["dose"].values.min(), table["dose"].values.max()
    assert made["dose"].values.min() >= lowest and made["dose"].values.max() <= highest
    # Columns drawn apart from each other would have an association of 0.
    assert associations(made)[0, 1] > 0.3
    assert associations(made)[1, 2] > 0.3


@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_makes_the_same_rows(model: str) -> None:
    table = make_table(60)
    settings = ModelSettings(model=model, condition="drug", **QUICK | {"steps": 5})  # type: ignore[arg-type]
    rows = [make_rows(table, settings, 50, seed).rows() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_the_condition_must_be_a_category() -> None:
    settings = ModelSettings(model="gan", condition="dose", **QUICK)
    with pytest.raises(
        ValueError, match="'dose' is no category of the table; it has dr"
    ):
        make_rows(make_table(40), settings, 10, seed=0)


def test_the_loss_of_a_row_does_not_depend_on_other_rows() -> None:
    encoder = TableEncoder(make_table(60))
    matrix = torch.from_numpy(encoder.encode(make_table(60)))
    model = TableVAE(encoder, 16, 3)
    torch.manual_seed(0)
    alone = model.loss(matrix[:1])
    torch.manual_seed(0)
    noise = torch.randn(1, 3)
    assert alone.shape == (1,)
    with pytest.MonkeyPatch.context() as patch:
        # The same noise for each row.
        patch.setattr(torch, "randn_like", lambda x: noise.expand_as(x))
        assert torch.allclose(model.loss(matrix)[:1], model.loss(matrix[:1]))
    assert not any("norm" in type(m).__name__.lower() for m in model.modules())


def test_all_rows_come_once_before_one_comes_again() -> None:
    torch.manual_seed(0)
    seen = torch.cat(list(batches(rows=10, size=4, steps=5)))
    assert sorted(seen[:10].tolist()) == sorted(seen[10:].tolist()) == list(range(10))


def text(*values: str) -> Column:
    return Column("a", np.array(values, dtype=object), False)


def number(*values: float) -> Column:
    return Column("a", np.array(values), True)


def test_distances_by_hand() -> None:
    nan = float("nan")
    found = compare_column(text("x", "x", "y", "y"), text("x", "x", "x", "z"))
    # |1/2 - 3/4| + |1/2 - 0| + |0 - 1/4|, halved.
    assert found.measure == "TV" and found.distance == pytest.approx(0.5)
    found = compare_column(number(1, 2, 3, 4), number(3, 4, nan, nan))
    # Below 3 lies half of the table and nothing that was made.
    assert found.measure == "KS" and found.distance == pytest.approx(0.5)
    assert found.missing == 0.5


def test_associations_by_hand() -> None:
    def pair(one: Column, other: Column) -> float:
        return float(associations(Columns((one, other)))[0, 1])

    nan = float("nan")
    assert pair(number(1, 2, 3, nan), number(9, 5, 1, 7)) == pytest.approx(1)
    assert pair(text("a", "a", "b", "b"), text("c", "c", "d", "d")) == pytest.approx(1)
    assert pair(text("a", "a", "b", "b"), text("c", "d", "c", "d")) == 0
    # Between the means 1 and 3 lies 4 of a sum of squares of 6: sqrt(2/3).
    apart = pair(text("a", "a", "b", "b"), number(0.5, 1.5, 2.5, 3.5))
    assert apart == pytest.approx(np.sqrt(4 / 5))
    assert pair(text("a", "a", "a", "a"), number(1, 2, 3, 4)) == 0


@pytest.mark.slow
def test_detection_and_the_target() -> None:
    table = make_table(120)
    assert detect(table, make_table(120, seed=9), seed=0) < 0.7
    far = make_table(120, seed=9)
    moved = Columns(
        tuple(
            Column(c.name, c.values + 500, True, c.decimals) if c.numeric else c
            for c in far.columns
        )
    )
    assert detect(table, moved, seed=0) > 0.99
    assert score_target(table, far, "drug", seed=0) > 0.98
    assert score_target(table, far, "dose", seed=0) > 0.9


def test_copied_rows_are_counted() -> None:
    table = make_table(60)
    half = table.take(np.arange(30))
    rest = make_table(400, seed=5).take(np.arange(370, 400))
    joined = [np.concatenate([c.values, rest[c.name].values]) for c in half.columns]
    both = Columns(
        tuple(
            Column(c.name, values, c.numeric, c.decimals)
            for c, values in zip(half.columns, joined, strict=True)
        )
    )
    found = measure_quality(table, both, None, "", seed=0)
    assert 0.5 <= found.copied < 0.6 and found.real is None


@pytest.mark.slow
def test_the_step_writes_rows_and_a_report(tmp_path: Path) -> None:
    source, output = tmp_path / "own.csv", tmp_path / "made.csv"
    source.write_text(make_table(120).to_csv())
    arguments = [str(source), str(output), str(tmp_path), "--target", "drug"]
    arguments += ["--steps", "60", "--rows", "50"]
    done = CliRunner().invoke(make_app(step.synthesize), arguments)
    assert done.exit_code == 0, done.output
    assert "50 rows in" in done.output and "copula: detection" in done.output
    assert len(read_columns(output)) == 50
    page = (tmp_path / "synthetic.html").read_text()
    assert page.count("<svg") == 3 and "detection" in page
    assert "<script" not in page and 'src="' not in page
    done = CliRunner().invoke(
        make_app(step.synthesize), [*arguments[:3], "--target", "dosis"]
    )
    assert "no column 'dosis'; drug, dose, rate" in str(done.exception)


SCENARIOS = """
scenarios:
  - generated:
      file: own.csv
      rows: 20
      fit: {model: copula}
      table:
        event: relief
        entities: {drug: {label: CHEMICAL, column: drug}}
        numbers: {dose: {column: dose, unit: mg}}
events:
  relief: {kind: treats}
"""


def test_made_rows_become_facts(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    (pack.path / "scenarios.yml").write_text(SCENARIOS)
    (pack.path / "own.csv").write_text(make_table(80).to_csv())
    facts = list(simulate(pack, seed=0))
    assert len(facts) == 20 and facts == list(simulate(pack, seed=0))
    assert {f.entities["drug"].text for f in facts} <= {"iron", "zinc"}
    # Made after private rows, so private.
    assert facts[0].origin == "private" and facts[0].numbers["dose"].unit == "mg"
    (pack.path / "scenarios.yml").write_text(SCENARIOS.replace("column: dose", "of: x"))
    with pytest.raises(ValueError, match=r"scenarios.generated.table"):
        list(simulate(pack, seed=0))
