"""What goes out behind the wall is kept, searched and counted; the rest is refused."""

import base64
import socket
import sys
from pathlib import Path

import pytest

from phantom.privacy.egress import Markers, Run, has_namespaces, plant, run_guarded

pytestmark = pytest.mark.slow

MARKERS = Markers(30, seed=1)
WORD = MARKERS.words[0]
SEND = """
import json, sys, urllib.request
base = open('llm.cfg').read().split('base_url = "')[1].split('"')[0]
body = json.dumps({'messages': [{'content': sys.argv[1]}]}).encode()
print(urllib.request.urlopen(base + '/chat/completions', body).status)
"""


def run(folder: Path, code: str, *arguments: str, namespace: bool = False) -> Run:
    command = [sys.executable, "-c", code, *arguments]
    return run_guarded(
        folder,
        [command],
        folder / "kept",
        llm=folder / "llm.cfg",
        namespace=namespace and has_namespaces(),
    )


def test_a_marker_in_a_request_is_found(tmp_path: Path) -> None:
    done = run(tmp_path, SEND, f"Tell of {WORD}.")
    assert done.statuses == [0], done.output
    assert done.leaked(MARKERS) == {WORD: 1}
    assert done.bytes_sent > 100 and not done.refused
    assert any("127.0.0.1" in line["address"] for line in done.connections)


def test_a_clean_request_is_listed_and_holds_none(tmp_path: Path) -> None:
    done = run(tmp_path, SEND, "Tell of rain.", namespace=True)
    assert done.statuses == [0], done.output
    assert not done.leaked(MARKERS)
    sent = b"".join(done.sent.values())
    assert b"Tell of rain." in sent and b"chat.completion" in sent
    assert done.unseen == 0


@pytest.mark.parametrize(
    "write",
    [
        str.upper,
        lambda x: base64.b64encode(f"a{x} and".encode()).decode(),
        lambda x: base64.b64encode(f"ab{x}!".encode()).decode(),
        lambda x: base64.b64encode(x.encode()).decode(),
        lambda x: x.encode().hex(),
        lambda x: "\\u0000".join(x).replace("\\u0000", "\0"),
    ],
    ids=["case", "base64 1", "base64 2", "base64 0", "hex", "utf-16"],
)
def test_markers_are_found_however_they_are_written(write) -> None:
    data = b"before " + write(WORD).encode() + b"\0 after"
    assert list(MARKERS.found(data)) == [WORD]
    assert not MARKERS.found(b"before and after, and nothing between")


def test_a_way_out_is_refused_and_told(tmp_path: Path) -> None:
    code = f"import socket; socket.create_connection(('{WORD}.example.org', 443))"
    done = run(tmp_path, code)
    assert done.statuses[0] and "allows no way out" in done.output
    assert {line["what"] for line in done.refused} == {"create_connection"}
    # The name that is asked for is a way out itself.
    assert done.leaked(MARKERS) == {WORD: 1}


def test_what_is_inside_tls_is_kept(tmp_path: Path) -> None:
    code = (
        "import ssl; a, b = ssl.MemoryBIO(), ssl.MemoryBIO()\n"
        "c = ssl.create_default_context().wrap_bio(a, b, server_hostname='x')\n"
        "import sys\n"
        "try: c.write(sys.argv[1].encode())\n"
        "except ssl.SSLError: pass\n"
        "type(c)._sslobj = property(lambda s: type('X', (), {'write': lambda s, d: "
        "len(d)})())\n"
        "c.write(sys.argv[1].encode())\n"
    )
    done = run(tmp_path, code, f"my {WORD}")
    assert done.statuses == [0], done.output
    assert [name.partition("-")[0] for name in done.sent] == ["tls"]
    assert done.leaked(MARKERS) == {WORD: 1}


@pytest.mark.skipif(not has_namespaces(), reason="no network namespaces here")
def test_the_kernel_stops_what_the_guard_does_not_see(tmp_path: Path) -> None:
    """A program without Python's guard can't leave, and its loopback bytes show."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        out = (
            "import socket, _socket; s = _socket.socket(); s.settimeout(2)\n"
            "try: s.connect(('192.0.2.1', 80)); print('out')\n"
            "except OSError as error: print('stopped', error.errno)\n"
        )
        assert "stopped 101" in run(tmp_path, out, namespace=True).output
    loop = (
        "import _socket, socket, threading\n"
        "l = socket.socket(); l.bind(('127.0.0.1', 0)); l.listen()\n"
        "s = _socket.socket(); s.connect(l.getsockname()); c, _ = l.accept()\n"
        "t = threading.Thread(target=lambda: [c.recv(1 << 16) for _ in range(40)])\n"
        "t.start(); [s.sendall(b'x' * 50_000) for _ in range(20)]; s.close()\n"
    )
    assert run(tmp_path, loop, namespace=True).unseen > 100_000


def test_a_command_that_fails_ends_the_run(tmp_path: Path) -> None:
    fail = [sys.executable, "-c", "raise SystemExit(3)"]
    done = run_guarded(tmp_path, [fail, fail], tmp_path / "kept", namespace=False)
    assert done.statuses == [3]


def test_planted_files_hold_nothing_but_markers_to_be_told_by(tmp_path: Path) -> None:
    paths = plant([tmp_path / "a", tmp_path / "b"], MARKERS, texts=5, records=5)
    assert len(paths) == 4
    for path in paths:
        assert sum(MARKERS.found(path.read_bytes()).values()) >= 5
