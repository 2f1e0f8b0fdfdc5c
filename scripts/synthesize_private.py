"""Make rows like those of a private table by a VAE with differential privacy."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import BudgetPath, LedgerPath
from console.step import run_step
from phantom.jsonl import write_text
from phantom.packs.pack import read_yaml
from phantom.planning.scenarios.generative.declared import read_declared, read_units
from phantom.planning.scenarios.generative.private import (
    PrivateVae,
    make_private_rows,
    plan_mechanisms,
)
from phantom.privacy.ledger import Budget, PrivacyLedger


def synthesize_private(
    table: Annotated[Path, Argument(help="Private table (.csv, .tsv)")],
    declared: Annotated[Path, Argument(help="Its columns, declared (.yml)")],
    budget_path: BudgetPath,
    ledger_path: LedgerPath,
    output: Annotated[Path, Argument(help="The made rows (.csv)")],
    rows: Annotated[int, Option(help="Rows to make", min=1)] = 1_000,
    epsilon: Annotated[float, Option(help="What it may cost each unit")] = 1.0,
    steps: Annotated[int, Option(help="Batches of training", min=1)] = 400,
    share: Annotated[float, Option(help="Share of units in a batch", max=1)] = 0.1,
    seed: Annotated[int, Option(help="Of the first weights, never of noise")] = 0,
) -> None:
    """Draw from the budget, then train; the rows that come out may leave."""
    if not table.is_file():
        raise ValueError(f"{table}: no such file")
    columns = read_declared(declared)
    budget = read_yaml(budget_path, Budget)
    if budget.key in columns.columns:
        raise ValueError(
            f"{declared}: {budget.key!r} says whose a row is; leave it out"
        )
    settings = PrivateVae(steps=steps, share=share)
    mechanisms = plan_mechanisms(columns, epsilon, budget.delta, settings)
    ledger = PrivacyLedger(ledger_path, budget)
    for mechanism in mechanisms:
        ledger.draw(f"rows like {table.name}", mechanism, [table], [output])

    units, more = read_units(table, columns, budget.key)
    made = make_private_rows(units, columns, mechanisms, settings, rows, seed)
    write_text(output, made.to_csv())
    if more:
        msg.warn(f"{more:,} rows left out: a {budget.unit} counts by the first one")
    msg.good(
        f"{rows:,} rows in {output}",
        f"epsilon {ledger.cost().epsilon:.3f} of {budget.epsilon:g} for each "
        f"{budget.unit} spent in all",
    )


if __name__ == "__main__":
    run_step(synthesize_private)
