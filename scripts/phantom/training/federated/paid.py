"""Noise of a federation, drawn from the budget that protects each site."""

from collections.abc import Sequence
from pathlib import Path

from phantom.jsonl import load_record, write_json
from phantom.privacy.accountant import plan_dp_sgd
from phantom.privacy.ledger import PrivacyLedger
from phantom.privacy.mechanisms import DpSgd

# What an update is clipped by is all of a site's records.
UNITS = ("site", "client")


def pay(
    folder: Path,
    ledger: PrivacyLedger,
    epsilon: float,
    rounds: int,
    sites: Sequence[str],
    leaves: Sequence[Path],
) -> DpSgd:
    """Draw from the budget for all rounds, once; a federation that goes on has paid.

    Every site is in every round, so nothing is gained by sampling, and who took part
    may be told. Killed between the draw and its note, it is drawn again, which costs
    more and protects no less.

    folder (Path): Of the federation; gets "mechanism.json".
    epsilon (float): What it may cost each site, at the delta of the budget.
    leaves (Sequence[Path]): Files of what is made.
    RETURNS (DpSgd): The least noise that does.
    RAISES: ValueError if the budget protects another unit, or is exhausted.
    """
    path = folder / "mechanism.json"
    if path.is_file():
        return load_record(path, DpSgd)
    if ledger.budget.unit not in UNITS:
        unit = ledger.budget.unit
        raise ValueError(
            f"the budget protects each {unit}, and noise on averages each "
            f"{' or '.join(UNITS)}: a {unit} may have records at several sites. "
            "Declare a budget of that unit, with a ledger of its own"
        )
    mechanism = plan_dp_sgd(epsilon, ledger.budget.delta, 1.0, rounds)
    purpose = f"federation of {', '.join(sites)}"
    ledger.draw(purpose, mechanism, [Path(site) for site in sites], leaves)
    write_json(path, mechanism)
    return mechanism
