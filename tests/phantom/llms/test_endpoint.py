"""The protocol against a server that no one here wrote, where one is named."""

import os
from pathlib import Path

import pytest
from tests.builders import ROOT

from phantom.completions.journal import Journal, read_journal
from phantom.llms import Job, load_backend
from phantom.packs.pack import load_pack
from phantom.records import Spec

URL = os.environ.get("PHANTOM_ENDPOINT", "")


@pytest.mark.skipif(not URL, reason="PHANTOM_ENDPOINT names no server")
def test_answers_are_journalled(tmp_path: Path) -> None:
    """Even a model of random weights: what it says is kept, and fails with a reason."""
    overrides = {
        "llm.base_url": URL,
        "llm.model": os.environ.get("PHANTOM_MODEL", "default"),
        "llm.options.max_tokens": int(os.environ.get("PHANTOM_MAX_TOKENS", "64")),
        "llm.concurrency": 2,
        "llm.timeout": 120.0,
        "llm.breaker_pause": 2.0,
    }
    backend = load_backend(ROOT / "configs" / "llm" / "openai.cfg", overrides)
    specs = [Spec(id=f"s{i}", kind="gene", attributes={"words": 8}) for i in range(2)]
    path = tmp_path / "completions.jsonl"
    events = []
    with Journal(path) as journal:
        pack = load_pack(ROOT / "assets" / "domains" / "medicine")
        job = Job(pack, specs, journal, lambda *event: events.append(event))
        summary = backend.generate(job)
    assert not summary.stopped, summary.stopped
    assert summary.completed + summary.failed == 2, (summary, events)
    completions = [completion for _, completion in read_journal(path)]
    assert completions and all(completion.latency for completion in completions)
    assert all(c.finish_reason in ("stop", "length") for c in completions)
    assert any(c.usage and c.usage.input_tokens > 500 for c in completions)
