"""Batches: handed in by one process, collected by another, item by item."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import MEDICINE, OPENAI, ROOT, make_specs
from tests.fault_server import Fault, FaultServer, serve
from typer.testing import CliRunner

import generate_batch
from console.step import make_app
from phantom.completions.journal import Journal, read_journal
from phantom.jsonl import write_jsonl
from phantom.llms import Job, Summary, load_backend
from phantom.llms.batch.batch import run_batches
from phantom.llms.batch.log import BatchLog, batch_log_path
from phantom.llms.wire.egress import Egress
from phantom.packs.pack import load_pack
from phantom.records import Spec

PACK = load_pack(MEDICINE)


def run(url: str, journal: Path, n: int, wait: bool = False, **more: Any) -> Summary:
    config = ROOT / "configs" / "llm" / "openai.cfg"
    backend = load_backend(config, {"llm.base_url": url})

    def specs() -> list[Spec]:
        return [
            Spec(id=f"s{i}", kind="gene", attributes={"name": f"s{i}"})
            for i in range(n)
        ]

    with Journal(journal) as opened:
        job = Job(PACK, (), opened, budget=more.pop("budget", None))
        return run_batches(backend, job, specs, poll=0.05, wait=wait, **more)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "completions.jsonl"


def test_another_process_collects(journal: Path) -> None:
    state = FaultServer()
    with serve(state) as url:
        first = run(url, journal, 45, per_batch=3)
        assert (first.pending, first.completed) == (45, 0)
        assert first.reasons == {"in an open batch": 45}
        assert len(state.batches) == 2
        assert run(url, journal, 45, per_batch=3).pending == 45
        assert len(state.batches) == 2, "nothing is handed in twice"
        state.finish_batch("batch-0")
        half = run(url, journal, 45)
        assert (half.completed, half.pending) == (30, 15)
        state.finish_batch("batch-1")
        done = run(url, journal, 45)
        assert (done.completed, done.pending) == (45, 0)
    assert set(state.answered.values()) == {1}


def test_expired_and_failed_items_are_handed_in_again(journal: Path) -> None:
    failed = {"kind": "status", "status": 500}
    state = FaultServer([{"kind": "ok"}, failed, {"kind": "count", "n": 8}])
    with serve(state) as url:
        run(url, journal, 50)
        state.finish_batch("batch-0", "expired", keep=4)
        second = run(url, journal, 50)
        # 4 kept: one whole, one failed, one short of two, one whole.
        assert second.completed == 28
        sent = state.files[state.batches["batch-1"]["input_file_id"]]
        asked = [json.loads(x)["body"]["messages"][1] for x in sent.splitlines()]
        assert sum(x["content"].count('\n{"id"') for x in asked) == 22
        state.finish_batch("batch-1")
        assert run(url, journal, 50).completed == 50
    assert set(state.answered.values()) == {1}


def test_death_between_handing_in_and_noting_it(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = FaultServer()
    submit: Callable[..., Any] = Egress.submit

    async def die(self: Egress, *args: Any) -> str:
        await submit(self, *args)
        raise KeyboardInterrupt

    with serve(state) as url:
        with monkeypatch.context() as patch:
            patch.setattr(Egress, "submit", die)
            with pytest.raises(KeyboardInterrupt):
                run(url, journal, 20)
        assert "submitted" not in batch_log_path(journal).read_text()
        state.finish_batch("batch-0")
        assert run(url, journal, 20).completed == 20
        assert len(state.batches) == 1


def test_death_before_handing_in(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: Any) -> str:
        raise KeyboardInterrupt

    state = FaultServer()
    with serve(state) as url:
        with monkeypatch.context() as patch:
            patch.setattr(Egress, "submit", die)
            with pytest.raises(KeyboardInterrupt):
                run(url, journal, 20)
        assert run(url, journal, 20).pending == 20
        state.finish_batch("batch-0")
        assert run(url, journal, 20).completed == 20


def test_death_while_collecting(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = FaultServer()
    append = Journal.append
    with serve(state) as url:
        run(url, journal, 50)
        state.finish_batch("batch-0")

        def die(self: Journal, completion: Any) -> int:
            if self.size > 1_000:
                raise KeyboardInterrupt
            return append(self, completion)

        with monkeypatch.context() as patch:
            patch.setattr(Journal, "append", die)
            with pytest.raises(KeyboardInterrupt):
                run(url, journal, 50)
        assert run(url, journal, 50).completed == 50
    requests = [completion.request for _, completion in read_journal(journal)]
    assert len(requests) == len(set(requests)) == 5


def test_waiting_and_budget(journal: Path) -> None:
    state = FaultServer()
    with serve(state) as url:
        summary = run(url, journal, 500, budget="10000 tokens")
        assert summary.stopped and "budget" in summary.stopped
        lines = state.files["file-0"].splitlines()
        assert 1 <= len(lines) < 10
        state.finish_batch("batch-0")
        waited = run(url, journal, len(lines) * 10, wait=True)
        assert waited.completed == len(lines) * 10


def test_a_collected_batch_holds_no_budget(tmp_path: Path) -> None:
    """A second round fits in what the first could have used and did not."""
    with serve(FaultServer()) as url:
        run(url, tmp_path / "other.jsonl", 50)
    log = BatchLog(batch_log_path(tmp_path / "other.jsonl"))
    log.read()
    (entry,) = log.open.values()
    most = entry.most.input_tokens + entry.most.output_tokens
    state = FaultServer([{"kind": "status", "status": 500}])
    state.finish_batches = True
    with serve(state) as url:
        journal = tmp_path / "completions.jsonl"
        done = run(url, journal, 50, wait=True, budget=f"{most} tokens")
    assert (done.completed, done.stopped) == (50, None)
    assert len(state.batches) == 2


def test_wrong_key_stops(journal: Path) -> None:
    state = FaultServer()
    with serve(state) as url:
        summary = run(url.replace("/v1", "/nothing"), journal, 20)
    assert summary.stopped and "HTTP 404" in summary.stopped
    assert summary.pending == 20


def sent(state: FaultServer, number: int) -> list[Any]:
    """The requests of the batch with this number."""
    lines = state.files[state.batches[f"batch-{number}"]["input_file_id"]].splitlines()
    return [json.loads(line)["body"] for line in lines]


def test_the_second_hand_in_has_the_setting_asked_for(journal: Path) -> None:
    told = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."

    def rule(body: dict[str, Any]) -> Fault | None:
        refused = {"kind": "status", "status": 400, "message": told}
        return refused if "max_tokens" in body else None

    state = FaultServer(rule=rule)
    with serve(state) as url:
        assert run(url, journal, 30).handed_in == 1
        state.finish_batch("batch-0")
        second = run(url, journal, 30)
        assert (second.handed_in, second.open_batches, second.stopped) == (1, 1, None)
        assert any(told in reason for reason in second.reasons)
        for body in sent(state, 1):
            assert body["max_completion_tokens"] == 4096 and "max_tokens" not in body
            assert body["response_format"]["type"] == "json_schema"
        state.finish_batch("batch-1")
        assert run(url, journal, 30).completed == 30
        # Another process hands in the right ones from the beginning.
        run(url, journal, 40)
        assert "max_tokens" not in sent(state, 2)[0]


def test_what_the_provider_says_of_a_batch_is_told(journal: Path) -> None:
    told = "Enqueued token limit reached. Limit: 90,000 enqueued tokens."
    state = FaultServer()
    with serve(state) as url:
        run(url, journal, 30)
        errors = {"object": "list", "data": [{"code": "x", "message": told}]}
        state.batches["batch-0"] |= {"status": "failed", "errors": errors}
        second = run(url, journal, 30)
        assert second.stopped and second.stopped.endswith(f"batch failed: {told}")
        assert second.pending == 30
        assert run(url, journal, 30).handed_in == 1, "it can be tried again"


def test_handing_in_is_a_success(journal: Path) -> None:
    specs = journal.with_name("specs.jsonl")
    write_jsonl(specs, make_specs(20))
    state = FaultServer()
    with serve(state) as url:
        arguments = [MEDICINE, specs, journal, "--set", f"llm.base_url={url}"]
        arguments += ["--no-wait", "--llm", OPENAI]
        app = make_app(generate_batch.generate_batch)
        first = CliRunner().invoke(app, list(map(str, arguments)))
        assert first.exit_code == 0 and "1 batch handed in" in first.output
        second = CliRunner().invoke(app, list(map(str, arguments)))
        assert second.exit_code == 0 and "1 batch still open" in second.output
        state.finish_batch("batch-0")
        third = CliRunner().invoke(app, list(map(str, arguments)))
        assert third.exit_code == 0 and "20 of 20 specs completed" in third.output
