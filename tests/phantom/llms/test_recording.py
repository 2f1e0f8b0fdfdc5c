"""The recording back-end answers what it has and counts what it has not."""

import gzip
import json
from pathlib import Path

import pytest
from tests.builders import MEDICINE, ROOT

from phantom.completions.journal import Journal, read_journal
from phantom.llms import Summary, load_backend
from phantom.llms.job import Backend, Job
from phantom.packs.pack import load_pack
from phantom.records import Spec


def run(backend: Backend, path: Path, ids: list[str]) -> Summary:
    with Journal(path) as journal:
        specs = [Spec(id=i, kind="disease") for i in ids]
        return backend.generate(Job(load_pack(MEDICINE), specs, journal))


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    recording = tmp_path / "r.jsonl.gz"
    with gzip.open(recording, "wt", encoding="utf-8") as file:
        for i in range(5):
            raw = "not JSON" if i == 4 else json.dumps({"text": f"text {i}"})
            file.write(
                json.dumps(
                    {
                        "spec_id": f"s{i}",
                        "completion": raw,
                        "model": "m",
                        "recorded": "",
                    }
                )
                + "\n"
            )
    config = tmp_path / "recording.cfg"
    config.write_text('[llm]\n@phantom_llms = "phantom.Recording.v1"\npath = null\n')
    return load_backend(config, {"llm.path": str(recording)})


def test_answers_counts_and_resumes(tmp_path: Path, backend: Backend) -> None:
    path = tmp_path / "c.jsonl"
    first = run(backend, path, ["s0", "s3", "new", "s4", "s0"])
    assert (first.asked, first.completed, first.failed, first.pending) == (4, 2, 1, 1)
    assert first.repeats == 1
    assert first.reasons == {"no recorded completion": 1, "unparsed": 1}
    assert "OPENAI_API_KEY" in first.remedy and "configs/llm/openai.cfg" in first.remedy
    size = path.stat().st_size
    again = run(backend, path, ["s0", "s3", "new", "s4"])
    assert (again.before, again.completed, again.failed, again.pending) == (2, 2, 1, 1)
    assert path.stat().st_size == size
    more = run(backend, path, ["s1", "s0"])
    assert (more.before, more.completed) == (1, 2)
    assert [c.spec_ids[0] for _, c in read_journal(path)] == ["s0", "s3", "s4", "s1"]


def test_medicine_recording(tmp_path: Path) -> None:
    backend = load_backend(ROOT / "configs" / "llm" / "recording.cfg")
    ids = [f"med-20261120-00-{i:03}" for i in range(50)]
    summary = run(backend, tmp_path / "c.jsonl", ids)
    assert summary.completed == 50


def test_config_errors_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file.*recording.cfg"):
        load_backend(ROOT / "configs" / "llm" / "none.cfg")
    config = tmp_path / "x.cfg"
    config.write_text('[llm]\n@phantom_llms = "phantom.Nobody.v1"\n')
    with pytest.raises(ValueError, match=r"x\.cfg.*phantom\.Nobody\.v1"):
        load_backend(config)
    config.write_text('[llm]\n@phantom_llms = "phantom.Recording.v1"\nspeed = 1\n')
    with pytest.raises(ValueError, match=r"(?s)x\.cfg.*speed"):
        load_backend(config)
    config.write_text("[other]\nx = 1\n")
    with pytest.raises(ValueError, match=r"no \[llm\] block"):
        load_backend(config)


def test_no_recording(tmp_path: Path, backend: Backend) -> None:
    pack = load_pack(MEDICINE)
    pack.path = tmp_path
    config = ROOT / "configs" / "llm" / "recording.cfg"
    with (
        Journal(tmp_path / "c.jsonl") as journal,
        pytest.raises(ValueError, match="no recording"),
    ):
        job = Job(pack, [], journal)
        load_backend(config).generate(job)
