"""Fit the prices of a pack's market to a series of the user."""

from pathlib import Path
from typing import Annotated

import yaml
from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.jsonl import write_text
from phantom.planning.scenarios.history.calibrate import calibrate as fit
from phantom.planning.scenarios.history.series import read_returns


def calibrate(
    series: Annotated[Path, Argument(help="Prices or returns (.csv, .parquet)")],
    output: Annotated[Path, Argument(help="The parameters (.yml)")],
    column: Annotated[str, Option(help="Column of the series")] = "price",
    kind: Annotated[str, Option(help="price, or return for simple returns")] = "price",
    seed: Annotated[int, Option(help="Of the simulated moments")] = 0,
) -> None:
    """Write `prices` for the market of scenarios.yml: GJR-GARCH and moments."""
    returns = read_returns(series, column, kind)
    fitted = fit(returns, seed)
    values = {k: round(v, 5) for k, v in fitted.prices.model_dump().items()}
    write_text(output, yaml.safe_dump({"prices": values}, sort_keys=False))
    rows = [(name, f"{value:g}") for name, value in values.items()]
    msg.table(rows, header=("parameter", "value"), aligns=("l", "r"), divider=True)
    msg.good(
        f"Fitted to {len(returns):,} returns; moments are {fitted.distance:.1f} away",
        f"Put {output} under `market` in scenarios.yml",
    )


if __name__ == "__main__":
    run_step(calibrate)
