"""Which examples a person looks at, in which order, and why."""

import math
import random
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import srsly
from pydantic import ValidationError

from phantom.checks.engine.base import Finding
from phantom.jsonl import read_jsonl
from phantom.records import Example, Labelled
from phantom.review.lines import ExampleFile
from phantom.review.records import Annotation

# Of the normal distribution, for intervals of 95%.
Z = 1.959964
SEVERITIES = ("block", "error", "warning", "info")
Reasons = dict[str, list[str]]


def sample_size(margin: float, expected: float, population: int) -> int:
    """How many examples of a random sample tell a share to a margin, at 95%.

    margin (float): Half the width of the interval, such as 0.05.
    expected (float): The share that is expected; 0.5 is the safe choice.
    Source: Cochran 1977, Sampling Techniques, ch. 4, with its correction for finite
    populations.
    """
    if not (0 < margin < 1 and 0 < expected < 1):
        raise ValueError("margin and expected share must lie between 0 and 1")
    wanted = Z**2 * expected * (1 - expected) / margin**2
    return min(population, math.ceil(wanted / (1 + (wanted - 1) / population)))


def draw_sample(ids: Iterable[str], size: int, seed: int = 0) -> Reasons:
    """So many examples at random, in random order."""
    ids = list(ids)
    drawn = random.Random(seed).sample(ids, min(size, len(ids)))
    return {example_id: ["random sample"] for example_id in drawn}


def with_attribute(
    examples: Iterable[Example], wanted: Mapping[str, str]
) -> dict[str, None]:
    """Ids of the examples that were asked for with these attributes or this kind."""
    return {
        example.id: None
        for example in examples
        if all(_attribute(example, key) == value for key, value in wanted.items())
    }


def read_findings(review: Path, quality: Path | None = None) -> list[Finding]:
    """What `check` found doubtful or wrong.

    review (Path): The findings that a person should look at (.jsonl).
    quality (Optional[Path]): The quality report (.json); its worst findings are added,
        and those of checks that failed the corpus come first.
    """
    if not review.is_file():
        raise ValueError(f"{review}: no such file; run `check`, which writes it")
    findings = list(read_jsonl(review, Finding))
    failed: set[str] = set()
    if quality is not None and quality.is_file():
        try:
            report = srsly.read_json(quality)
            failed = {m["check"] for m in report["measures"] if m["status"] == "fail"}
            known = {(finding.check, finding.ids[0]) for finding in findings}
            findings += [
                finding
                for group in report["worst"]
                for finding in _worst(group)
                if (finding.check, finding.ids[0]) not in known
            ]
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise ValueError(f"{quality}: no report of `check` ({error})") from None
    order = {severity: i for i, severity in enumerate(SEVERITIES)}
    return sorted(findings, key=lambda f: (f.check not in failed, order[f.severity]))


def by_findings(findings: Iterable[Finding], checks: Iterable[str] = ()) -> Reasons:
    """Examples that checks found fault with, the worst first.

    checks (Iterable[str]): Only these, or with these reasons; none for all.
    """
    only = set(checks)
    found: Reasons = {}
    for finding in findings:
        if not only or {finding.check, finding.reason} & only:
            reason = f"{finding.check}: {finding.detail or finding.reason}"
            found.setdefault(finding.ids[0], []).append(reason)
    return found


def by_pipeline(
    examples: ExampleFile[Example], predicted: ExampleFile[Labelled], order: str
) -> Reasons:
    """Examples on which labels and pipeline differ, or the pipeline is unsure.

    order (str): "disagreement" (mentions and relations that only one side has) or
        "uncertainty" (the mention or relation whose chance is nearest to one half).
    """
    measure: Callable[[Example, Labelled], tuple[float, str]] = (
        _disagreement if order == "disagreement" else _uncertainty
    )
    rows = []
    for prediction in predicted:
        if prediction.id in examples:
            value, reason = measure(examples[prediction.id], prediction)
            if value > 0:
                rows.append((value, prediction.id, reason))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return {example_id: [reason] for _, example_id, reason in rows}


def _attribute(example: Example, key: str) -> str:
    if key == "kind":
        return str(example.meta.get("kind", ""))
    return str((example.meta.get("attributes") or {}).get(key, ""))


def _worst(group: dict[str, Any]) -> Iterable[Finding]:
    for row in group["findings"]:
        yield Finding(
            check=group["check"],
            ids=(row["id"],),
            severity="warning" if row["action"] == "review" else "info",
            reason=row["reason"],
            detail=row["detail"],
            value=row["value"],
            action=row["action"],
        )


def _disagreement(example: Example, predicted: Labelled) -> tuple[float, str]:
    ours, theirs = Annotation.of(example).facts(), Annotation.of(predicted).facts()
    spans, links = (len(a ^ b) for a, b in zip(ours, theirs, strict=True))
    reason = f"labels and pipeline differ in {spans} mentions, {links} relations"
    return spans + links, reason


def _uncertainty(example: Example, predicted: Labelled) -> tuple[float, str]:
    chances = [
        (float(chance), f"the pipeline gives {label} {predicted.text[start:end]!r}")
        for start, end, label, chance in predicted.meta.get("chances", ())
    ] + [
        (float(score), f"the pipeline gives a relation {relation.label}")
        for score, relation in zip(
            predicted.meta.get("scores", ()), predicted.relations, strict=False
        )
    ]
    if not chances:
        return 0.0, ""
    chance, what = min(chances, key=lambda row: abs(row[0] - 0.5))
    return 1 - 2 * abs(chance - 0.5), f"{what} a chance of {chance:.2f}"
