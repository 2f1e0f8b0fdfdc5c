"""The figures of a ledger, and its page."""

import math
from pathlib import Path
from typing import Any

from phantom.feedback.hints import read_hints
from phantom.privacy.accountant import compare_with_opacus, compose
from phantom.privacy.ledger import PrivacyLedger
from phantom.privacy.mechanisms import describe
from phantom.reports.pages import page_environment


def account(ledger: PrivacyLedger) -> dict[str, Any]:
    """What a ledger says, with its costs computed anew.

    RETURNS (Dict[str, Any]): budget, spent by accountant, the same by Opacus, left,
        draws with what each costs alone and what had been spent after it, and the
        digest of the last line.
    RAISES: LedgerBroken where the chain breaks.
    """
    draws = ledger.draws()
    delta = ledger.budget.delta
    cost = compose([draw.mechanism for draw in draws], delta)
    beside = compare_with_opacus([draw.mechanism for draw in draws], delta)
    rows = []
    for i, draw in enumerate(draws):
        rows.append(
            {
                "time": draw.time,
                "purpose": draw.purpose,
                "mechanism": describe(draw.mechanism),
                "parameters": draw.mechanism.model_dump(),
                "alone": compose([draw.mechanism], delta).epsilon,
                "spent": compose([x.mechanism for x in draws[: i + 1]], delta).epsilon,
                "declared": draw.budget.epsilon,
                "delta": draw.budget.delta,
                "reads": list(draw.reads),
                "leaves": list(draw.leaves),
                "there": [path for path in draw.leaves if Path(path).exists()],
            }
        )
    declared = [draw.budget for draw in draws] + [ledger.budget]
    return {
        "ledger": str(ledger.path),
        "budget": ledger.budget.model_dump(),
        "spent": {**cost._asdict(), "epsilon": cost.epsilon},
        "opacus": beside._asdict(),
        "left": max(0.0, ledger.budget.epsilon - cost.epsilon),
        "changed": len({(b.epsilon, b.delta, b.key) for b in declared}) > 1,
        "draws": rows,
        "head": draws[-1].digest if draws else "",
    }


def find_undrawn(corpus: Path) -> list[dict[str, Any]]:
    """Hints that carry figures of private text, without noise, towards prompts.

    corpus (Path): Folder of the domain's rounds.
    RAISES: ValueError if a file of hints can't be read.
    """
    found = []
    for path in sorted(corpus.glob("round-*/*hints.json")):
        hints = read_hints(path)
        private = [hint for hint in hints.hints if hint.from_real and not hints.public]
        if private:
            found.append(
                {
                    "path": str(path),
                    "hints": len(private),
                    "passages": hints.real_passages,
                }
            )
    return found


def to_html(figures: dict[str, Any]) -> str:
    """The page: one file, nothing to fetch."""
    environment = page_environment(Path(__file__).parent)
    environment.filters["exp"] = math.exp
    return environment.get_template("privacy.html.jinja").render(**figures)
