"""Fit the prices of a pack's market to a series of the user."""

from pathlib import Path
from typing import Annotated

import yaml
from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.jsonl import write_text
from phantom.planning.scenarios.history.calibrate import calibrate as fit
from phantom.planning.scenarios.history.series import read_returns, read_together


def calibrate(
    series: Annotated[Path, Argument(help="Prices or returns (.csv, .parquet)")],
    output: Annotated[Path, Argument(help="The parameters (.yml)")],
    column: Annotated[
        str, Option(help="Column of the series; more with commas, for correlation")
    ] = "price",
    kind: Annotated[str, Option(help="price, or return for simple returns")] = "price",
    seed: Annotated[int, Option(help="Of the simulated moments")] = 0,
) -> None:
    """Write `prices` for the market of scenarios.yml, by simulated moments."""
    columns = [name.strip() for name in column.split(",")]
    returns = read_returns(series, columns[0], kind)
    together = read_together(series, columns, kind) if len(columns) > 1 else []
    fitted = fit(returns, seed, together)
    values = {k: round(v, 5) for k, v in fitted.prices.model_dump().items()}
    if not together:
        values.pop("together")
    write_text(output, yaml.safe_dump({"prices": values}, sort_keys=False))
    rows = [(k, f"{v:g}", _plus_minus(fitted.errors, k)) for k, v in values.items()]
    header = ("parameter", "value", "+/-")
    msg.table(rows, header=header, aligns=("l", "r", "r"), divider=True)
    msg.info("+/-: two standard errors, where this many days fix the parameter")
    msg.good(
        f"Fitted to {len(returns):,} returns; moments are {fitted.distance:.1f} away",
        f"Put {output} under `market` in scenarios.yml",
    )


def _plus_minus(errors: dict[str, float], name: str) -> str:
    return f"{2 * errors[name]:.2g}" if name in errors else ""


if __name__ == "__main__":
    run_step(calibrate)
