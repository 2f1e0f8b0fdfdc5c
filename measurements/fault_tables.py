"""A corpus with planted faults, and the counts of what checks found of them."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from phantom.checks.engine.result import QualityResult
from phantom.records import Example


@dataclass
class Planted:
    """A corpus with faults. kinds: fault by example id; clean: ids without one."""

    examples: list[Example] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    clean: set[str] = field(default_factory=set)
    benchmark: list[Example] = field(default_factory=list)
    private: list[Example] = field(default_factory=list)
    expected: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, kind: str, example: Example, *checks: str) -> None:
        id = f"planted-{len(self.kinds):05}"
        self.kinds[id] = kind
        self.examples.append(example.model_copy(update={"id": id}))
        if checks:
            self.expected[kind] = checks


def tabulate(planted: Planted, result: QualityResult) -> dict[str, Any]:
    """Found and expected by kind, and alarms on the clean part by check."""
    by_id: dict[str, set[str]] = defaultdict(set)
    alarms: dict[str, set[str]] = defaultdict(set)
    for finding in result.findings:
        if finding.action == "note":
            continue
        named = [id for id in finding.ids if id in planted.kinds]
        for id in named:
            by_id[id].add(finding.check)
        if not named and finding.ids[0] in planted.clean:
            alarms[finding.check].add(finding.ids[0])
    rows = []
    for kind, checks in planted.expected.items():
        ids = [id for id, k in planted.kinds.items() if k == kind]
        found = [id for id in ids if by_id[id]]
        right = [id for id in ids if by_id[id] & set(checks)]
        rows.append(
            {
                "fault": kind,
                "planted": len(ids),
                "found": len(found),
                "by the right check": len(right),
                "checks": sorted(set().union(*(by_id[id] for id in ids))),
                "missed": [id for id in ids if not by_id[id]],
            }
        )
    hit = set().union(*alarms.values()) if alarms else set()
    return {
        "rows": rows,
        "clean": len(planted.clean),
        "false_alarms": len(hit),
        "false_alarm_share": round(len(hit) / max(len(planted.clean), 1), 5),
        "alarms_by_check": {name: len(ids) for name, ids in sorted(alarms.items())},
    }


def add_up(tables: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of several runs in one table."""
    if len(tables) == 1:
        return tables[0]
    rows = []
    for same in zip(*(table["rows"] for table in tables), strict=True):
        counts = {
            key: sum(row[key] for row in same)
            for key in ("planted", "found", "by the right check")
        }
        checks = sorted({name for row in same for name in row["checks"]})
        missed = [id for row in same for id in row["missed"]]
        rows.append(
            {"fault": same[0]["fault"], **counts, "checks": checks, "missed": missed}
        )
    clean = sum(table["clean"] for table in tables)
    alarms = sum(table["false_alarms"] for table in tables)
    by_check: Counter[str] = Counter()
    for table in tables:
        by_check.update(table["alarms_by_check"])
    return {
        "rows": rows,
        "clean": clean,
        "false_alarms": alarms,
        "false_alarm_share": round(alarms / max(clean, 1), 5),
        "alarms_by_check": dict(by_check),
    }
