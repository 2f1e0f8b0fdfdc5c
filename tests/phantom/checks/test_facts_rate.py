"""How many planted losses and bends are found in passages written by templates."""

from collections import Counter
from pathlib import Path

import pytest
from tests.builders.packs import findings, make_context
from tests.builders.told import FAULTS, faults_found, tell

PASSAGES = 252


@pytest.mark.slow
def test_planted_faults_are_found_and_faithful_passages_pass(tmp_path: Path) -> None:
    told = list(tell(PASSAGES, seed=0))
    found = findings("facts_kept", [t.example for t in told], make_context(tmp_path))
    details: dict[str, list[str]] = {}
    for finding in found:
        details.setdefault(finding.ids[0], []).append(finding.detail)
    hits: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    for item in told:
        hit, beside = faults_found(item, details.get(item.example.id, []))
        hits[item.fault] += hit
        alarms[item.fault] += bool(beside)
    assert sum(hits.values()) >= 0.98 * PASSAGES * len(FAULTS), hits
    assert alarms[""] <= 0.02 * PASSAGES, alarms
    assert alarms.total() <= 0.02 * len(told), alarms
    # "A loss" after "a gain" is read as neither: a loss may grow.
    assert all(hits[fault] >= 0.95 * PASSAGES for fault in FAULTS), hits
