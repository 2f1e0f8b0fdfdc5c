"""Run the market of a pack once, and show it on a page."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath
from console.step import print_counts, run_step
from phantom.jsonl import read_jsonl, write_json, write_text
from phantom.packs.pack import load_pack
from phantom.planning.scenarios.base import World, simulate
from phantom.planning.scenarios.history.series import read_returns, read_together
from phantom.planning.scenarios.market.scenario import open_market
from phantom.records import Example
from phantom.reports.market import build_page


def market_page(
    pack_path: PackPath,
    output: Annotated[Path, Argument(help="Folder for market.html and market.json")],
    seed: Annotated[int, Option(help="That of simulate shows the same market")] = 0,
    examples: Annotated[
        str, Option(help="Examples (.jsonl) whose passages tell its events")
    ] = "",
    series: Annotated[
        str, Option(help="Prices (.csv, .parquet) for the table of stylised facts")
    ] = "",
    column: Annotated[
        str,
        Option(help="Column of the series; more with commas, to compare correlation"),
    ] = "price",
) -> None:
    """Write one HTML page: prices, a book in a crash, banks, events, passages."""
    pack = load_pack(pack_path)
    columns = [name.strip() for name in column.split(",")]
    history = read_returns(Path(series), columns[0]) if series else None
    more = series and len(columns) > 1
    together = read_together(Path(series), columns) if more else []
    passages = list(read_jsonl(Path(examples), Example)) if examples else []
    market = open_market(World(pack, seed))
    market.keep_network()
    market.run()
    market.keep_network()
    facts = list(simulate(pack, seed, ["market"]))
    title = f"The market of {pack.domain.name}"
    html, figures = build_page(market, facts, passages, history, title, together)
    write_text(output / "market.html", html)
    write_json(output / "market.json", figures)
    print_counts("events", figures["events"], len(market.log.events))
    for row in figures["facts"]:
        inside = "within" if row["inside"] else "outside"
        msg.info(
            f"{row['name']}: {row['simulated']:.3f}, {inside} {row['low']:.3f} to "
            f"{row['high']:.3f} of history"
        )
    msg.good(f"Wrote {output / 'market.html'}")


if __name__ == "__main__":
    run_step(market_page)
