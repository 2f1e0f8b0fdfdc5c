"""What an endpoint understands is learned once; requests and prompts that changed."""

import json
import re
from dataclasses import replace
from pathlib import Path

from tests.builders import OPENAI, make_specs
from tests.builders.flows import PACK, run
from tests.fault_server import FaultServer, serve

from phantom.completions.journal import Journal
from phantom.llms import Job, load_backend


def test_prefix_is_stable_and_demonstrations_rotate(tmp_path: Path) -> None:
    state = FaultServer()
    with serve(state) as url:
        run(url, tmp_path / "completions.jsonl", make_specs(60))
    assert len({r["messages"][0]["content"] for r in state.requests}) == 1
    shown = {r["messages"][1]["content"].split("Write 10")[0] for r in state.requests}
    assert len(shown) > 1
    schema = state.requests[0]["response_format"]["json_schema"]["schema"]
    assert "TREATS" in json.dumps(schema)


def test_what_an_endpoint_refuses_is_remembered(tmp_path: Path) -> None:
    """A new process knows what an old one paid refused requests to learn."""
    journal = tmp_path / "completions.jsonl"
    state = FaultServer([{"kind": "reject_format"}] * 2)
    with serve(state) as url:
        for total, refused in ((10, 2), (20, 0), (30, 0)):
            before = state.statuses[400]
            state.script = [{"kind": "reject_format"}]
            summary = run(url, journal, make_specs(total))
            assert summary.completed == total
            assert state.statuses[400] - before == refused
        # Other settings are tried anew.
        state.script = []
        run(url, journal, make_specs(40), {"llm.options.max_tokens": 9_000})
    assert "response_format" in state.requests[-1]
    known = (tmp_path / "completions.dialect.jsonl").read_text()
    assert json.loads(known)["mode"] == "text"
    assert "127.0.0.1" not in known


def test_a_refusal_for_another_cause_is_forgotten(tmp_path: Path) -> None:
    journal = tmp_path / "completions.jsonl"
    state = FaultServer([{"kind": "status", "status": 501}] * 40)
    with serve(state) as url:
        assert run(url, journal, make_specs(10)).completed == 0
        state.script = []
        assert run(url, journal, make_specs(10)).completed == 10
    assert "json_schema" in json.dumps(state.requests[-1]["response_format"])


def test_structured_output_falls_back_once(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "reject_format"}])
    with serve(state) as url:
        summary = run(
            url, tmp_path / "completions.jsonl", make_specs(30), {"llm.start": 1}
        )
    assert summary.completed == 30
    kinds = [r.get("response_format", {}).get("type") for r in state.requests]
    assert kinds == ["json_schema", "json_object", None, None, None]


def test_another_prompt_is_kept_and_counted(tmp_path: Path) -> None:
    journal = tmp_path / "completions.jsonl"
    state = FaultServer()
    with serve(state) as url:
        run(url, journal, make_specs(10))
        text = journal.read_text()
        journal.write_text(re.sub(r'"prompt":"\w+"', '"prompt":"old"', text))
        kept = run(url, journal, make_specs(10))
        assert (kept.before, kept.other_prompt, state.count) == (10, 10, 1)
        forecast = load_backend(OPENAI).forecast
        job = Job(PACK, make_specs(10), Journal(journal))
        assert forecast(job).specs == 0
        assert forecast(replace(job, reuse=False)).specs == 10
        asked = run(url, journal, make_specs(10), reuse=False)
        assert (asked.before, asked.completed, state.count) == (0, 10, 2)
