"""The Ray job writes the same output as a run without Ray."""

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.builders.documents import quick_pipeline, read_rows

from phantom.documents import ray as rayed
from phantom.documents.applier import Counts, Setup
from phantom.documents.blocks import Block, Size
from phantom.documents.job import Job, run_here
from phantom.documents.ray import Place, Worker, run_ray


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    nlp = quick_pipeline()
    # The workers know no component of this test.
    nlp.remove_pipe("quick_relations")
    nlp.to_disk(tmp_path / "pipeline")
    for i in range(40):
        (tmp_path / "notes").mkdir(exist_ok=True)
        (tmp_path / "notes" / f"{i:02}.txt").write_text(f"Note {i} on gout.")
    setup = Setup(str(tmp_path / "pipeline"))
    notes = [tmp_path / "notes"]
    return [Job(notes, tmp_path / x, setup, size=Size(4)) for x in ("a", "b")]


def quiet(size: int, counts: Counts | None) -> None:
    pass


def test_a_worker_does_no_block_twice(jobs: list[Job]) -> None:
    job = jobs[0]
    job.open()
    packed = [rayed.pickle.dumps(block) for block in job.left(quiet)]
    worker = Worker(Place(job.setup, job.output))
    first = worker({"block": packed[:2]})
    assert [counts[0] for counts in first["counts"]] == [4, 4]
    again = worker({"block": packed[1:3]})
    assert [counts[0] for counts in again["counts"]] == [0, 4]
    run_here(job, quiet)
    assert len(read_rows(job.output)) == 40


@pytest.mark.skipif(find_spec("ray") is None, reason="the extra `ray` is not installed")
def test_same_rows_though_a_worker_is_killed(
    jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mortal(Worker):
        """Dies once, before its block is written."""

        def __call__(self, rows: dict) -> dict:
            block: Block = rayed.pickle.loads(rows["block"][0])
            died = self.applier.output.with_name("died")
            if block.number == 3 and not died.exists():
                died.write_text("once")
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__call__(rows)

    monkeypatch.setattr(rayed, "Worker", Mortal)
    for job in jobs:
        job.open()
    run_here(jobs[0], quiet)
    counted: list[int] = []
    run_ray(jobs[1], lambda _, counts: counted.append((counts or Counts())[0]), 2)
    assert (tmp_path / "died").exists()
    assert sum(counted) == 40
    assert read_rows(jobs[0].output) == read_rows(jobs[1].output)


@pytest.mark.skipif(find_spec("ray") is not None, reason="the extra `ray` is there")
def test_a_missing_ray_explains_itself(jobs: list[Job]) -> None:
    jobs[0].open()
    with pytest.raises(ValueError, match=r"spacy-phantom\[ray\].*more --workers"):
        run_ray(jobs[0], quiet, 2)
