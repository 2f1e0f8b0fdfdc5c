"""The Ray job gives the same journal for the same specs as generate does."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.builders import MEDICINE, OPENAI, make_specs
from tests.fault_server import FaultServer, serve

from phantom.completions.answers import split_answers
from phantom.completions.journal import Journal, read_journal
from phantom.llms import Job, load_backend
from phantom.llms.ray import Worker, run_ray
from phantom.packs.pack import load_pack

SPECS = make_specs(60)


def content(path: Path) -> dict[str, str]:
    return {
        answer.spec_id: str(answer.item)
        for _, completion in read_journal(path)
        for answer in split_answers(completion)
    }


@pytest.mark.skipif(find_spec("ray") is None, reason="the extra `ray` is not installed")
def test_same_journal(tmp_path: Path) -> None:
    state = FaultServer()
    plain, rayed = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    with serve(state) as url:
        overrides = {"llm.base_url": url}
        with Journal(plain) as journal:
            backend = load_backend(OPENAI, overrides)
            backend.generate(Job(load_pack(MEDICINE), SPECS, journal))
        worker = Worker(MEDICINE, OPENAI, overrides)
        with Journal(rayed) as journal:
            summary = run_ray(worker, SPECS, journal, block=20)
            assert (summary.asked, summary.completed, summary.pending) == (60, 60, 0)
            again = run_ray(worker, SPECS, journal, block=20)
            assert (again.before, again.completed, again.requests) == (60, 60, 0)
    assert content(plain) == content(rayed)
    assert set(state.answered.values()) == {2}


@pytest.mark.skipif(find_spec("ray") is not None, reason="the extra `ray` is there")
def test_a_missing_ray_explains_itself(tmp_path: Path) -> None:
    with (
        Journal(tmp_path / "c.jsonl") as journal,
        pytest.raises(ValueError, match=r"spacy-phantom\[ray\]"),
    ):
        run_ray(Worker(MEDICINE, OPENAI, {}), SPECS, journal)
