"""Private text and sockets: nothing leaves but what may, to where it may."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.builders import MEDICINE, OPENAI, ROOT
from tests.fault_server import FaultServer, serve
from typer.testing import CliRunner

import extract
import generate
from console.step import make_app
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms.wire.egress import Egress, PrivateTextError, is_loopback
from phantom.prompts.prompter import Part, Prompt
from phantom.records import Example, Spec

SECRET = "Mrs Example of 5 High Street has lupus"


class Sockets:
    """What was connected to, and looked up, while a test ran."""

    def __init__(self) -> None:
        self.addresses: list[Any] = []

    @property
    def hosts(self) -> set[str]:
        return {str(address[0]) for address in self.addresses}


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sockets]:
    """Refuse and note every connection that leaves this machine."""
    seen = Sockets()
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    resolve = socket.getaddrinfo

    def note(address: Any) -> None:
        if isinstance(address, tuple):
            seen.addresses.append(address)
            if not is_loopback(str(address[0])):
                raise OSError(f"blocked: {address}")

    def connect_noted(self: socket.socket, address: Any) -> None:
        note(address)
        connect(self, address)

    def connect_ex_noted(self: socket.socket, address: Any) -> int:
        note(address)
        return connect_ex(self, address)

    def resolve_noted(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None:
            note((host, port))
        return resolve(host, port, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connect_noted)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex_noted)
    monkeypatch.setattr(socket, "getaddrinfo", resolve_noted)
    yield seen


def call(step: Any, *args: object) -> Any:
    return CliRunner().invoke(make_app(step), [str(arg) for arg in args])


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    path = tmp_path / "specs.jsonl"
    ids = [f"med-20261120-00-{i:03}" for i in range(20)]
    write_jsonl(path, (Spec(id=i, kind="gene") for i in ids))
    return path


def test_the_recording_opens_no_connection(
    tmp_path: Path, specs: Path, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = call(generate.generate, MEDICINE, specs, tmp_path / "completions.jsonl")
    assert result.exit_code == 0, result.output
    assert "20 of 20 specs completed" in result.output
    assert sockets.addresses == []


def test_an_endpoint_on_loopback_is_all_that_is_spoken_to(
    tmp_path: Path, specs: Path, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A proxy must not be asked to carry what stays on this machine.
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    with serve(FaultServer()) as url:
        result = call(
            generate.generate,
            MEDICINE,
            specs,
            tmp_path / "completions.jsonl",
            "--llm",
            OPENAI,
            "--set",
            f"llm.base_url={url}",
        )
    assert result.exit_code == 0, result.output
    assert sockets.hosts == {"127.0.0.1"}


def prompt(origin: str) -> Prompt:
    parts = (Part("system", "label this", "pack"), Part("user", SECRET, origin))
    return Prompt(parts, "0", 1)


async def ask(egress: Egress, origin: str) -> None:
    try:
        await egress.chat(prompt(origin), {"model": "m"})
    finally:
        await egress.close()


def test_a_private_part_raises_before_a_byte_leaves(sockets: Sockets) -> None:
    import asyncio

    state = FaultServer()
    with serve(state) as url:
        before = len(sockets.addresses)
        with pytest.raises(PrivateTextError, match="nothing was sent"):
            asyncio.run(ask(Egress(url, "k"), "private"))
        assert len(sockets.addresses) == before
        assert state.count == 0
        asyncio.run(ask(Egress(url, "k", allow_private="127.0.0.1"), "private"))
        assert state.count == 1
        asyncio.run(ask(Egress(url, "k"), "synthetic"))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://127.0.0.1:1/v1", "localhost"),
        ("https://api.example.com/v1", "api.example.com"),
        ("https://127.0.0.1.example.com/v1", "127.0.0.1.example.com"),
        ("http://127.0.0.1@example.com/v1", "127.0.0.1"),
        ("http://localhost.example.com/v1", "localhost"),
    ],
)
def test_private_text_is_for_this_machine_alone(url: str, host: str) -> None:
    with pytest.raises(PrivateTextError, match="may only go to a server on this"):
        Egress(url, "k", allow_private=host)


def test_redirects_are_not_followed(tmp_path: Path, sockets: Sockets) -> None:
    headers = {"location": "http://192.0.2.1/v1/chat/completions"}
    state = FaultServer([{"kind": "status", "status": 307, "headers": headers}])
    path = tmp_path / "specs.jsonl"
    write_jsonl(path, [Spec(id="a", kind="gene")])
    with serve(state) as url:
        result = call(
            generate.generate,
            MEDICINE,
            path,
            tmp_path / "completions.jsonl",
            "--llm",
            OPENAI,
            "--set",
            f"llm.base_url={url}",
        )
    assert result.exit_code != 0
    assert "192.0.2.1" not in sockets.hosts


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "private" / "notes.jsonl"
    write_jsonl(
        path, [Example(id="n1", text=SECRET), Example(id="n2", text="p < 0.05 .")]
    )
    return path


def run_extract(folder: Path, texts: Path, url: str, *more: object) -> Any:
    return call(
        extract.extract,
        MEDICINE,
        texts,
        folder / "out",
        "--llm",
        OPENAI,
        "--set",
        f"llm.base_url={url}",
        "--private",
        f"elsewhere, {folder / 'private'}",
        *more,
    )


def test_extract_refuses_private_paths(texts: Path, sockets: Sockets) -> None:
    folder = texts.parent.parent
    state = FaultServer()
    with serve(state) as url:
        refused = run_extract(folder, texts, url)
        assert isinstance(refused.exception, ValueError)
        assert "nothing was sent" in str(refused.exception)
        linked = folder / "innocent.jsonl"
        linked.symlink_to(texts)
        again = run_extract(folder, linked, url)
        assert isinstance(again.exception, ValueError)
        wrong = run_extract(folder, texts, url, "--allow-private", "localhost")
        assert isinstance(wrong.exception, PrivateTextError)
        assert state.count == 0
        allowed = run_extract(folder, texts, url, "--allow-private", "127.0.0.1")
        assert allowed.exit_code == 0, allowed.output
    assert state.count == 1
    assert SECRET in state.requests[0]["messages"][-1]["content"]


@pytest.mark.parametrize("shots", [0, 2])
def test_extract_writes_predictions_and_cost(texts: Path, shots: int) -> None:
    public = texts.parent.parent / "public.jsonl"
    texts.rename(public)
    state = FaultServer([{"kind": "count", "n": 1}])
    with serve(state) as url:
        result = run_extract(public.parent, public, url, "--shots", shots)
        assert result.exit_code == 0, result.output
    out = public.parent / "out"
    stem = f"{public.parent.name}-public-gpt-4.1-mini-{shots}-shot"
    predictions = list(read_jsonl(out / f"{stem}.predictions.jsonl", Example))
    assert [p.text for p in predictions] == [SECRET, "p < 0.05 ."]
    assert [e.text for p in predictions for e in p.entities] == ["Mrs", "p"]
    figures = json.loads((out / f"{stem}.json").read_text())
    assert figures["completed"] == 2 and figures["requests"] == 2
    assert figures["cost_per_1000"] > 0
    shown = (
        "Answers that were found good" in state.requests[0]["messages"][-1]["content"]
    )
    assert shown is (shots > 0)
