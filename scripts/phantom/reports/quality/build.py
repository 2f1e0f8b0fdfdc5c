"""What the report tells, as plain data."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from phantom.checks import Finding
from phantom.checks.engine.result import QualityResult
from phantom.records import Example

WORST = 12
SAMPLES = 10


def build_report(result: QualityResult, title: str, seed: int = 0) -> dict[str, Any]:
    """Gather a result into what quality.json holds.

    title (str): The domain's title, shown on top.
    seed (int): Draws the sample passages.
    RETURNS (Dict[str, Any]): JSON-safe; the same for the same result.
    """
    texts = {e.id: e for e in result.examples}
    texts.update({e.id: e for e, _ in result.rejected})
    review = result.to_review()
    kept = {e.id for e in result.examples}
    return {
        "title": title,
        "verdict": result.verdict,
        "reasons": result.reasons(),
        "warnings": [
            f"{m.name.replace('_', ' ')}: {m.value:g}"
            + (f", target {m.target}" if m.target else "")
            + (f" ({m.detail})" if m.detail else "")
            for m in result.measures
            if m.status == "warning" and m.value is not None
        ]
        + [f"not run: {', '.join(result.skipped)}"] * bool(result.skipped),
        "counts": {
            "given": result.given,
            "kept": len(result.examples),
            "rejected": len(result.rejected),
            "repaired": len(kept & set(result.repaired)),
            "to review": len(kept & set(review)),
            "without a finding": _clean(result),
        },
        "checks": _checks(result),
        "measures": [measure.model_dump() for measure in result.measures],
        "waived": [
            {"check": item.check, "what": _what(item), "why": waiver.why}
            for item, waiver in result.waived
        ],
        "worst": _worst(result, texts),
        "samples": _samples(result.examples, seed),
    }


def giveaways(report: dict[str, Any], top: int) -> list[str]:
    """What most gives the corpus away by each measure, in sentences."""
    told = (measure["giveaways"][:top] for measure in report["measures"])
    return [line for lines in told for line in lines]


def _checks(result: QualityResult) -> list[dict[str, Any]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    passages: dict[str, set[str]] = defaultdict(set)
    for finding in result.findings:
        found[finding.check][finding.action] += 1
        passages[finding.check].add(finding.ids[0])
    rows = []
    for name, seconds in result.seconds.items():
        counts = found[name]
        state = "skipped" if name in result.skipped else "clean"
        if counts:
            state = "found"
        rows.append(
            {
                "check": name,
                "state": state,
                "passages": len(passages[name]),
                "rejected": counts["reject"],
                "repaired": counts["repair"],
                "to review": counts["review"],
                "downweighted": counts["downweight"],
                "noted": counts["note"],
                "seconds": seconds,
                "note": result.skipped.get(name, ""),
            }
        )
    return rows


def _worst(result: QualityResult, texts: dict[str, Example]) -> list[dict[str, Any]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in result.findings:
        groups[finding.check].append(finding)
    return [
        {
            "check": name,
            "total": len(found),
            "findings": [
                {
                    "id": f.ids[0],
                    "reason": f.reason,
                    "detail": f.detail,
                    "value": f.value,
                    "action": f.action,
                    "example": _plain(result.repaired.get(f.ids[0]) or texts[f.ids[0]]),
                }
                for f in sorted(found, key=_mildness)[:WORST]
            ],
        }
        for name, found in groups.items()
    ]


def _mildness(finding: Finding) -> float:
    value = finding.value or 0.0
    return value if finding.low_is_worse else -value


def _samples(examples: list[Example], seed: int) -> list[dict[str, Any]]:
    """Passages at random, half of them with a relation where there are enough."""
    order = np.random.default_rng(seed).permutation(len(examples))
    related = [i for i in order if examples[i].relations][: SAMPLES // 2]
    others = [i for i in order if not examples[i].relations]
    return [_plain(examples[i]) for i in [*related, *others][:SAMPLES]]


def _plain(example: Example) -> dict[str, Any]:
    return {
        "id": example.id,
        "text": example.text,
        "entities": [[e.start, e.end, e.label] for e in example.entities],
        "relations": [[r.head, r.tail, r.label] for r in example.relations],
        "kind": str(example.meta.get("kind", "")),
    }


def _clean(result: QualityResult) -> int:
    touched = {f.ids[0] for f in result.findings if f.action != "note"}
    return sum(example.id not in touched for example in result.examples)


def _what(item: Any) -> str:
    return str(getattr(item, "detail", "") or getattr(item, "name", ""))
