"""The loop as a user runs it: two rounds, killed ten times; a recording alone."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from tests import fault_server
from tests.builders import ROOT, example
from tests.builders.road import SMALL, TOY, copy_project

from loop import TRAIN
from phantom.evaluation.diagnosis.rounds import UNPAID, read_rounds
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import load_pack
from phantom.passages.tags import Tagged, parse_tags
from phantom.planning.rounds import read_recorded
from phantom.records import Completion, Example, Spec

pytestmark = [pytest.mark.slow, pytest.mark.road]
# Each costs half a minute.
KILLS = int(os.environ.get("KILLS", "0"))
PAID = "generate"
ROAD = ("plan", PAID, *TRAIN)
GOLD = ["--vars.gold", "gold.jsonl", "--vars.refill_examples", "12"]
ODD = ("gnu", "yak", "emu", "eel", "owl", "ape", "asp", "bat", "boa", "cod")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy project with gold data in which one kind is unlike the recording."""
    folder = copy_project(tmp_path_factory.mktemp("loop") / "project")
    prompts = folder / "tests/domains/pets/prompts"
    prompts.mkdir()
    for template in (ROOT / "assets/domains/medicine/prompts").glob("*.jinja"):
        shutil.copy(template, prompts)
    pack = load_pack(folder / "tests/domains/pets")
    kinds = {spec.id: spec.kind for spec in read_recorded(pack)}
    gold = []
    for answer in read_jsonl(pack.recording / "completions.jsonl", Completion):
        key = answer.spec_ids[0]
        try:
            text = json.loads(answer.completion)["text"]
        except ValueError:
            continue
        # Some of the toy recording is broken on purpose.
        if isinstance(parse_tags(text, set(pack.labels)), Tagged):
            gold.append(
                example(text, id=f"known-{key}", kind=kinds[key], model="by hand")
            )
    assert len(gold) > 10
    gold += [
        example(
            f"<FOOD id=1>{a} pulp</FOOD> stood by; "
            f"<ANIMAL id=2>{a}</ANIMAL> {n} slept.",
            id=f"odd-{n}-{a}",
            kind="apart",
            model="by hand",
        )
        for n in range(3)
        for a in ODD
    ]
    write_jsonl(folder / "gold.jsonl", gold)
    return folder


def start(folder: Path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "spacy", "project", "run", "loop", "."]
    return subprocess.Popen(
        [*command, *TOY, *SMALL, *GOLD, *more],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=(folder / "output.txt").open("ab"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple]:
    """Answers that fit the specs of the kind `apart`, no two alike."""
    numbers = count()

    def passage(name: str, text: str = "") -> dict:
        n = next(numbers)
        tagged = f"<FOOD id=1>{ODD[n % 10]} pulp</FOOD> stood by; "
        tagged += f"<ANIMAL id=2>{ODD[n % 7]}</ANIMAL> {n} slept."
        return {"text": tagged, "relations": []}

    monkeypatch.setattr(fault_server, "passage", passage)
    # Slow, so that a kill may well fall into what is paid for.
    state = fault_server.FaultServer(latency=1.0)
    with fault_server.serve(state) as url:
        yield state, url


@pytest.fixture(scope="module")
def one_round(project: Path) -> Path:
    """The project after a loop that had the recording alone."""
    process = start(project)
    assert process.wait(timeout=900) == 0, _tail(project)
    return project


def test_with_a_recording_alone_the_price_is_told(one_round: Path) -> None:
    project = one_round
    output = _tail(project, 6000)
    specs = list(read_jsonl(project / "corpus/pets/round-2/to_pay.jsonl", Spec))
    assert 10 <= len(specs) <= 20 and {spec.kind for spec in specs} == {"apart"}
    assert f"{len(specs)} specs have no answer in the recording" in output
    assert "USD" in output and f"Ended: {UNPAID}" in output
    assert list(read_rounds(project / "corpus/pets/loop.jsonl")) == [1]


@pytest.mark.skipif(not KILLS, reason="KILLS=10 kills the loop as often; minutes")
def test_kills_lose_nothing_and_pay_nothing_twice(
    one_round: Path, tmp_path: Path, server: tuple
) -> None:
    """In the second round, which begins with what the first left."""
    state, url = server
    project = shutil.copytree(one_round, tmp_path / "project")
    config = (project / "configs/llm/vllm.cfg").read_text()
    config = config.replace("http://localhost:8000/v1", url)
    config = config.replace("specs_per_request = null", "specs_per_request = 1")
    config = config.replace(
        "concurrency = 128\nstart = 32", "concurrency = 2\nstart = 2"
    )
    (project / "configs/llm/loop.cfg").write_text(config)
    rng = random.Random(0)
    llm = ["--vars.llm", "configs/llm/loop.cfg"]
    pack = load_pack(project / "tests/domains/pets")
    known = {spec.id for spec in read_recorded(pack)}
    journal = project / "corpus/pets/completions.jsonl"
    draws = rng.choices(
        range(len(ROAD)), [3 if x == PAID else 1 for x in ROAD], k=KILLS
    )
    killed: list[str] = []
    for place in sorted(draws):
        (project / "output.txt").write_text("")
        asked = state.count
        process = start(project, *llm)
        # Commands that a kill before has left done are not run again.
        while _place(project) < place and process.poll() is None:
            time.sleep(0.1)
        paying = ROAD[place] == PAID
        while paying and state.count == asked and process.poll() is None:
            paying = ROAD[_place(project)] == PAID
            time.sleep(0.1)
        time.sleep(rng.uniform(0, 4))
        assert process.poll() is None, _tail(project)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        killed.append(ROAD[_place(project)])
    assert start(project, *llm).wait(timeout=900) == 0, _tail(project)
    rounds = read_rounds(project / "corpus/pets/loop.jsonl")
    assert list(rounds) == [1, 2] and rounds[2].added >= 10
    answers = Counter(x.spec_ids[0] for x in read_jsonl(journal, Completion))
    # The recording's broken answer is asked for again, as it should be.
    paid = Counter({k: n for k, n in answers.items() if k not in known})
    assert set(paid.values()) == {1}, "a spec was paid for twice"
    specs = list(read_jsonl(project / "corpus/pets/round-2/specs.jsonl", Spec))
    assert known <= answers.keys() == {s.id for s in specs}
    # What was in flight at a kill is the one thing that a server may bill in vain.
    assert state.count <= len(paid) + 2 + len(killed) * 2
    for name in ("training/pets", "training/pets-2"):
        assert (project / name / "model-best/meta.json").is_file()
    new = read_jsonl(project / "corpus/pets/round-2/accepted.jsonl", Example)
    assert sum(x.meta["kind"] == "apart" for x in new) >= 10
    assert rounds[2].gains[-1].texts > 40
    print(
        f"killed {len(killed)} times, in {', '.join(killed)}; {state.count} requests, "
        f"{len(paid)} specs answered, {max(paid.values()) - 1} of them twice"
    )


def _place(project: Path) -> int:
    """Which command of a round runs; -1 before the first."""
    output = (project / "output.txt").read_text(encoding="utf-8")
    found = [x for x in re.findall(r"=+ (\w+) =+", output) if x in ROAD]
    return ROAD.index(found[-1]) if found else -1


def _tail(project: Path, size: int = 3000) -> str:
    return (project / "output.txt").read_text(encoding="utf-8")[-size:]
