"""Report what was read of private data, by which mechanism, at what cost."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import BudgetPath, LedgerPath
from console.step import run_step
from phantom.jsonl import write_json, write_text
from phantom.packs.pack import read_yaml
from phantom.privacy.ledger import Budget, LedgerBroken, PrivacyLedger
from phantom.reports.privacy import account, find_undrawn, to_html


def privacy_report(
    budget_path: BudgetPath,
    ledger_path: LedgerPath,
    output: Annotated[Path, Argument(help="Folder of the page")],
    head: Annotated[
        str, Option(help="Digest of a line that was last once: it must be there still")
    ] = "",
    corpus: Annotated[
        Path | None, Option(help="Folder of rounds: what left without a draw")
    ] = None,
) -> None:
    """Write privacy-loss.html and .json from the ledger, its chain verified."""
    ledger = PrivacyLedger(ledger_path, read_yaml(budget_path, Budget))
    figures = account(ledger)
    figures["undrawn"] = find_undrawn(corpus) if corpus is not None else []
    if head and head not in {draw.digest for draw in ledger.draws()}:
        raise LedgerBroken(
            f"{ledger_path}: no line has the digest {head}; lines that were there are "
            "gone. Restore the file from a backup"
        )
    write_json(output / "privacy-loss.json", figures)
    write_text(output / "privacy-loss.html", to_html(figures))
    rows = [
        (
            x["time"],
            x["purpose"],
            x["mechanism"],
            f"{x['alone']:.3f}",
            f"{x['spent']:.3f}",
        )
        for x in figures["draws"]
    ]
    if rows:
        header = ("when", "for what", "mechanism", "alone", "all so far")
        msg.table(rows, header=header, aligns=("l", "l", "l", "r", "r"), divider=True)
    for x in figures["undrawn"]:
        msg.warn(f"Not in it: {x['hints']} hints of private text in {x['path']}")
    last = figures["head"] or "none"
    msg.good(
        f"Epsilon {figures['spent']['epsilon']:.3f} of {ledger.budget.epsilon:g} spent "
        f"for each {ledger.budget.unit}, {figures['left']:.3f} left",
        f"{output / 'privacy-loss.html'} and .json; last line {last}",
    )


if __name__ == "__main__":
    run_step(privacy_report)
