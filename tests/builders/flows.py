"""Generation against a server in this process, and what has to hold after it."""

from collections import Counter
from pathlib import Path
from typing import Any

from tests.builders import MEDICINE, OPENAI

from phantom.completions.answers import split_answers
from phantom.completions.failures import failed_path
from phantom.completions.journal import Journal, read_journal
from phantom.jsonl import read_jsonl
from phantom.llms import Job, Summary, load_backend
from phantom.packs.pack import load_pack
from phantom.records import Rejected, Spec

PACK = load_pack(MEDICINE)
FAST = {
    "llm.backoff": 0.01,
    "llm.timeout": 1.0,
    "llm.breaker_pause": 0.02,
    "llm.breaker_after": 5,
    "llm.retries": 4,
}


def run(
    url: str,
    journal: Path,
    specs: list[Spec],
    more: dict[str, Any] | None = None,
    **job: Any,
) -> Summary:
    overrides = {"llm.base_url": url, **FAST, **(more or {})}
    backend = load_backend(OPENAI, overrides)
    with Journal(journal) as opened:
        return backend.generate(Job(PACK, specs, opened, **job))


def check_states(summary: Summary, journal: Path, specs: list[Spec]) -> None:
    """Every spec is in exactly one of the three states, and on disk as such."""
    ids = {spec.id for spec in specs}
    done: Counter[str] = Counter()
    for _, completion in read_journal(journal):
        for answer in split_answers(completion):
            if answer.item is not None and "open" not in answer.item["text"][:20]:
                done[answer.spec_id] += 1
    failed: list[str] = []
    if failed_path(journal).exists():
        failed = [r.spec_id for r in read_jsonl(failed_path(journal), Rejected)]
    assert set(done) <= ids and set(failed) <= ids
    assert set(done.values()) <= {1}
    assert len(failed) == len(set(failed))
    assert not set(done) & set(failed)
    assert summary.completed == len(done)
    assert summary.failed == len(failed)
    assert summary.asked == len(ids)
    assert summary.completed + summary.failed + summary.pending == len(ids)
    assert summary.failed + summary.pending <= summary.reasons.total()
