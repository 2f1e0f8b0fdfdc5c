"""`kill -9` of the server under two people at work: what was confirmed is on disk."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from tests.builders import ROOT, example
from tests.builders.reviews import Client

from phantom.jsonl import write_jsonl
from phantom.review.decisions import DecisionLog
from phantom.review.records import Decision

EXAMPLES = [f"e{i}" for i in range(500)]
PROGRAM = """
import sys
from pathlib import Path
from tests.builders.reviews import make_review
from phantom.jsonl import read_jsonl
from phantom.records import Example
from phantom.review.server import make_server
folder = Path(sys.argv[1])
examples = list(read_jsonl(folder / "given.jsonl", Example))
make_server(make_review(folder, examples), lambda x: print(x, flush=True)).run()
"""


def work(client: Client, name: str, confirmed: list[str]) -> None:
    """Decide on one example after another until the server is gone."""
    bases: dict[str, str] = {}
    for number in range(100_000):
        example_id = EXAMPLES[number % len(EXAMPLES)]
        key = uuid.uuid4().hex
        try:
            status, _ = client.save(
                key=key,
                example=example_id,
                annotator=name,
                verdict=("accept", "reject", "skip")[number % 3],
                base=bases.get(example_id),
            )
        except (OSError, http.client.HTTPException, ValueError):
            return
        if status != 200:
            confirmed.append(f"answered {status}")
            return
        bases[example_id] = key
        confirmed.append(key)


def kill_at(folder: Path, seconds: float, names: tuple[str, str]) -> list[str]:
    """Start a server, let two people decide, kill it while they do.

    seconds (float): How long they go on after ten decisions.
    RETURNS (List[str]): What the server confirmed.
    """
    paths = os.pathsep.join([str(ROOT), str(ROOT / "scripts")])
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert server.stdout is not None
    confirmed: list[str] = []
    try:
        client = Client(server.stdout.readline().strip())
        threads = [
            threading.Thread(target=work, args=(client, name, confirmed))
            for name in names
        ]
        for thread in threads:
            thread.start()
        end = time.monotonic() + 60
        while len(confirmed) <= 10 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(seconds)
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
        server.stdout.close()
    for thread in threads:
        thread.join(timeout=30)
    return confirmed


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
@pytest.mark.slow
def test_what_was_confirmed_is_on_disk(tmp_path: Path) -> None:
    moments = 20
    write_jsonl(tmp_path / "given.jsonl", [example("Rest.", id=i) for i in EXAMPLES])
    rng = random.Random(moments)
    confirmed: list[str] = []
    for number in range(moments):
        names = (f"ann {number}", f"bob {number}")
        confirmed += kill_at(tmp_path, rng.uniform(0.2, 0.7), names)
    path = tmp_path / "reviews.jsonl"
    log = DecisionLog(path)
    assert len(confirmed) > 10 * moments
    assert [key for key in confirmed if not log.has(key)] == []
    # A torn line, if the last kill left one, is set aside by the next decision.
    lines = path.read_bytes().split(b"\n")
    whole = [line for line in lines[:-1] if line]
    people = {Decision.model_validate_json(line).annotator for line in whole}
    assert len(people) == 2 * moments
