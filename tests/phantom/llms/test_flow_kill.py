"""`generate` as a process that is killed, interrupted or turned away."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.builders import OPENAI, ROOT, make_specs
from tests.builders.flows import PACK, check_states, run
from tests.fault_server import FaultServer, serve

from phantom.completions.journal import read_journal

GENERATE = [sys.executable, str(ROOT / "scripts" / "generate.py")]


def start_generate(
    url: str, specs: Path, journal: Path, *more: str
) -> subprocess.Popen[str]:
    settings = [
        f"llm.base_url={url}",
        "llm.backoff=0.01",
        "llm.start=8",
        "llm.concurrency=16",
    ]
    sets = [part for setting in settings for part in ("--set", setting)]
    return subprocess.Popen(
        [
            *GENERATE,
            str(PACK.path),
            str(specs),
            str(journal),
            "--llm",
            str(OPENAI),
            *sets,
            *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def specs_file(tmp_path: Path) -> Path:
    path = tmp_path / "specs.jsonl"
    path.write_text("".join(s.model_dump_json() + "\n" for s in make_specs(500)))
    return path


@pytest.mark.slow
def test_kill_at_random_moments(tmp_path: Path, specs_file: Path) -> None:
    """`kill -9`, then resume: all completed, none paid twice but those in flight."""
    kills = int(os.environ.get("PHANTOM_KILLS", "2"))
    rng = random.Random(0)
    journal = tmp_path / "completions.jsonl"
    state = FaultServer(latency=0.3)
    with serve(state) as url:
        live = 0
        for _ in range(kills):
            process = start_generate(
                url, specs_file, journal, "--set", "llm.specs_per_request=2"
            )
            count = state.count
            while state.count == count and process.poll() is None:
                time.sleep(0.01)
            time.sleep(rng.uniform(0.0, 0.9))
            live += process.poll() is None
            process.kill()
            process.communicate()
        with journal.open("ab") as file:
            file.write(b'{"spec_ids": ["s1"], "compl')
        summary = run(url, journal, make_specs(500))
    assert summary.completed == 500
    check_states(summary, journal, make_specs(500))
    twice = sum(count - 1 for count in state.answered.values())
    # 16 requests of two may be in flight at each kill.
    assert twice <= kills * 16 * 2
    # No run answers more than 64 specs in 0.9 s, so seven can't finish the work.
    assert live >= min(kills, 7)
    assert len(state.answered) == 500


@pytest.mark.slow
def test_interrupt_lands_what_is_in_flight(tmp_path: Path, specs_file: Path) -> None:
    journal = tmp_path / "completions.jsonl"
    log = tmp_path / "log.jsonl"
    state = FaultServer(latency=0.5)
    with serve(state) as url:
        process = start_generate(url, specs_file, journal, "--log-json", str(log))
        while state.count < 10 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=600)
    assert process.returncode == 130, output
    assert "Interrupted" in output
    lines = sum(1 for _ in read_journal(journal))
    # All that was sent is there: nothing paid for is lost.
    assert lines == state.count < 50
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert events[-1]["event"] == "summary"
    assert events[-1]["completed"] == lines * 10
    spent = [completion.usage for _, completion in read_journal(journal)]
    assert events[-1]["output_tokens"] == sum(x.output_tokens for x in spent if x) > 0


@pytest.mark.slow
def test_exit_status_says_what_is_missing(tmp_path: Path, specs_file: Path) -> None:
    state = FaultServer([{"kind": "status", "status": 401}] * 20)
    with serve(state) as url:
        process = start_generate(url, specs_file, tmp_path / "completions.jsonl")
        output, _ = process.communicate(timeout=600)
    assert process.returncode == 1
    assert "500 specs have no completion" in output and "key is not accepted" in output
