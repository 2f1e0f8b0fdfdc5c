"""Addresses where nobody answers, or somebody who is no such server."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from tests.builders import OPENAI, make_specs
from tests.builders.flows import run
from tests.fault_server import FaultServer, serve

from phantom.llms import load_backend


def test_a_sign_in_page_stops_soon(tmp_path: Path) -> None:
    page = "<!doctype html><html><title>Sign in</title></html>"
    state = FaultServer(rule=lambda _: {"kind": "body", "body": page})
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(500))
    assert summary.stopped and "'Sign in'" in summary.stopped
    assert "base_url" in summary.stopped and state.count <= 64


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_no_server_at_the_address(tmp_path: Path) -> None:
    port = free_port()
    url, started = f"http://127.0.0.1:{port}/v1", time.monotonic()
    # The patience of a real configuration, but for the pauses of a breaker.
    more = {"llm.timeout": 600.0, "llm.breaker_after": 10, "llm.breaker_pause": 30.0}
    journal = tmp_path / "completions.jsonl"
    summary = run(url, journal, make_specs(60), more, budget="20000 tokens")
    assert time.monotonic() - started < 15
    words = f"cannot connect to 127.0.0.1:{port}; is the server running?"
    assert summary.stopped == words and summary.pending == 60
    assert (summary.requests, summary.cost) == (0, 0.0), "nothing is billed"


def test_a_host_that_is_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = "http://no-such-host.invalid/v1"
    summary = run(url, tmp_path / "completions.jsonl", make_specs(5))
    assert (
        summary.stopped == "cannot find the host no-such-host.invalid; check base_url"
    )


def test_tls_where_there_is_none(tmp_path: Path) -> None:
    with serve(FaultServer()) as url:
        wrong = url.replace("http:", "https:")
        summary = run(wrong, tmp_path / "completions.jsonl", make_specs(5))
    assert summary.stopped and "does base_url need http://" in summary.stopped


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("localhost:8000/v1", r"no scheme: write http://localhost:8000/v1"),
        ("//gpu-box/v1", "no scheme: write http://gpu-box/v1"),
        ("ftp://gpu-box/v1", "no scheme"),
        ("", "no scheme"),
        ("http:///v1", "expected http://HOST"),
        ("http://gpu box/v1", "expected http://HOST"),
        ("http://gpu-box:80a0/v1", "gpu-box:80a0"),
        ("https://api.example.com/v1/chat/completions", "leave out the path"),
    ],
)
def test_a_wrong_url_is_an_error_of_the_config(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=rf"openai\.cfg: .*{why}"):
        load_backend(OPENAI, {"llm.base_url": url})


def test_a_day_is_not_waited_for(tmp_path: Path) -> None:
    fault = {"kind": "status", "status": 429, "message": "daily limit",
             "retry_after": 86_400}  # fmt: skip
    with serve(FaultServer(rule=lambda _: fault)) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(60))
    assert summary.stopped and "24.0 hours" in summary.stopped
    assert "daily limit" in summary.stopped
