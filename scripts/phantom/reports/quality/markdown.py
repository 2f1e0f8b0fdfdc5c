"""The report as Markdown for a pull request."""

from collections.abc import Sequence
from typing import Any

from phantom.reports.quality.build import giveaways
from phantom.reports.quality.html import show_number

OUTCOMES = ("rejected", "repaired", "to review", "downweighted", "noted")


def to_markdown(report: dict[str, Any]) -> str:
    """Verdict, counts, checks, measures and tell-tales, in tables."""
    counts = report["counts"]
    checks = [
        [
            row["check"],
            row["state"],
            *(row[k] for k in OUTCOMES),
            row["note"],
        ]
        for row in report["checks"]
    ]
    measures = [
        [m["check"], m["name"], m["value"], _interval(m), m["target"], m["status"]]
        for m in report["measures"]
        if m["value"] is not None
    ]
    lines = [
        f"# Quality of the corpus: {report['verdict']}",
        "",
        report["title"],
        "",
        *(f"- {reason}" for reason in report["reasons"]),
        *(f"- worth a look: {warning}" for warning in report["warnings"]),
        "",
        _table(list(counts), [list(counts.values())]),
        "",
        "## Checks",
        "",
        _table(
            ["check", "state", *OUTCOMES, "why not"],
            checks,
        ),
        "",
        "## Measures",
        "",
        _table(["check", "measure", "value", "95%", "target", "status"], measures),
        "",
    ]
    told = giveaways(report, 10)
    if told:
        lines += ["## What gives it away", "", *(f"- {line}" for line in told), ""]
    return "\n".join(lines)


def _interval(measure: dict[str, Any]) -> str:
    if measure["low"] is None:
        return ""
    return f"{show_number(measure['low'])} to {show_number(measure['high'])}"


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *(
            "| "
            + " | ".join(show_number(cell).replace("|", "\\|") for cell in row)
            + " |"
            for row in rows
        ),
    ]
    return "\n".join(lines)
