"""Runs in blocks: each document exactly once, whatever ends a run between."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
import spacy
from spacy.tokens import DocBin
from tests.builders.documents import quick_pipeline, read_rows

from phantom.documents import applier as applying
from phantom.documents.applier import Applier, Counts, Setup
from phantom.documents.blocks import Size, join_bad, read_parts
from phantom.documents.job import Job, run_here, run_processes
from phantom.packs.document import add_document_components

pytestmark = pytest.mark.slow

TEXT = "PLAN:\nNo gout. Aspirin gave acute renal failure (ARF). ARF was bad."
FORK = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline")
    quick_pipeline().to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notes") / "notes.jsonl"
    rows = [{"id": f"n{i}", "text": f"{TEXT} Note {i}."} for i in range(60)]
    rows[7] = {"id": "n7"}
    rows[33]["text"] = "raise"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def quiet(size: int, counts: Counts | None) -> None:
    pass


def make_job(home: Path, notes: Path, output: Path, **settings: Any) -> Job:
    setup = Setup(str(home), tables=True, docbin=True, **settings)
    return Job([notes], output, setup, size=Size(documents=6))


def test_a_row_says_all_that_was_found(home: Path, notes: Path, tmp_path: Path) -> None:
    counts: list[Counts] = []
    job = make_job(home, notes, tmp_path / "out")
    assert job.open() == notes.stat().st_size
    run_here(job, lambda size, found: counts.append(found or Counts()))
    row = read_rows(job.output)[0]
    assert (row["key"], row["id"]) == ("notes.jsonl:1", "n0")
    assert [(e["text"], e.get("context"), e["concept"]) for e in row["entities"]] == [
        ("gout", {"negation": "negated"}, 0),
        ("Aspirin", None, 1),
        ("acute renal failure", None, 2),
        ("ARF", None, 2),
        ("ARF", None, 2),
    ]
    assert row["relations"] == [
        {"head": 1, "tail": 2, "label": "INDUCES", "score": 0.5123}
    ]
    assert row["abbreviations"][0]["means"] == "acute renal failure"
    entity = row["entities"][2]
    assert row["text"][entity["start"] : entity["end"]] == "acute renal failure"
    assert sum(count.documents for count in counts) == 58
    assert sum(count.bad for count in counts) == 2
    # Five mentions each; the two bad ones gave none.
    assert sum(count.entities for count in counts) == 58 * 5


def test_bad_ones_are_listed(home: Path, notes: Path, tmp_path: Path) -> None:
    job = make_job(home, notes, tmp_path / "out")
    job.open()
    run_here(job, quiet)
    assert join_bad(job.output) == 2
    lines = (job.output / "bad.jsonl").read_text().splitlines()
    first, second = map(json.loads, lines)
    assert first["key"] == "notes.jsonl:8" and "no text under 'text'" in first["reason"]
    assert second["id"] == "n33"
    assert second["reason"] == "the pipeline failed: RuntimeError('asked to')"


def test_tables_and_docbin(home: Path, notes: Path, tmp_path: Path) -> None:
    nlp = quick_pipeline()
    add_document_components(nlp, None)
    rule = {"attribute": "negation", "value": "negated", "before": ["No"]}
    nlp.remove_pipe("context")
    nlp.add_pipe("context", config={"rules": [rule]}, before="concepts")
    job = make_job(home, notes, tmp_path / "out")
    job.open()
    run_here(job, quiet, Applier(job.setup, job.output, nlp))
    entities = pyarrow.parquet.read_table(job.output / "entities").to_pylist()
    assert len(entities) == 58 * 5
    first = entities[0]
    assert (first["document_id"], first["text"], first["negation"]) == (
        "n0",
        "gout",
        "negated",
    )
    relations = pyarrow.parquet.read_table(job.output / "relations").to_pylist()
    assert {(r["head_text"], r["label"], r["tail_text"]) for r in relations} == {
        ("Aspirin", "INDUCES", "acute renal failure")
    }
    told = pyarrow.parquet.read_table(job.output / "concept_relations").to_pylist()
    assert len(told) == 58
    row = read_rows(job.output)[0]
    (relation,) = row["concept_relations"]
    assert (relation["pairs"], relation["surest"]) == (1, 0)
    said = row["relations"][0]
    for end in ("head", "tail"):
        concept = row["entities"][said[end]]["concept"]
        assert told[0][f"{end}_concept"] == relation[end] == concept
        assert told[0][f"{end}_concept_name"] == row["concepts"][concept]["name"]
        assert told[0][f"{end}_start"] == row["entities"][said[end]]["start"]
    assert entities[1]["concept"] == row["entities"][1]["concept"]
    part = next(read_parts(job.output, "docbin"))
    docs = list(DocBin().from_disk(part).get_docs(nlp.vocab))
    assert len(docs) == 6 and docs[0].user_data["id"] == "n0"
    assert docs[0].ents[0]._.context == {"negation": "negated"}


def die_at(number: int, owner: Any, name: str) -> None:
    """End this process, without warning, before the so-manieth call."""
    calls, real = 0, getattr(owner, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    setattr(owner, name, call)


def in_a_process(run: Callable[[], None]) -> int | None:
    process = FORK.Process(target=run)
    process.start()
    process.join(60)
    return process.exitcode


# Between the documents of a block, and before each kind of part is in its place.
MOMENTS = [
    *((applying, "to_row", n) for n in (1, 4, 9, 20)),
    *((os, "fsync", n) for n in (1, 2, 3, 4, 6, 8)),
]


@pytest.mark.slow
def test_killed_ten_times_and_resumed(home: Path, notes: Path, tmp_path: Path) -> None:
    job = make_job(home, notes, tmp_path / "out")
    nlp = job.setup.load()

    def run() -> None:
        job.open()
        run_here(job, quiet, Applier(job.setup, job.output, nlp))

    for owner, name, number in MOMENTS:

        def dying(owner: Any = owner, name: str = name, number: int = number) -> None:
            die_at(number, owner, name)
            run()

        assert in_a_process(dying) == -signal.SIGKILL
    assert in_a_process(run) == 0
    keys = [
        row["key"] for row in (*read_rows(job.output), *read_rows(job.output, "bad"))
    ]
    assert sorted(keys) == sorted(f"notes.jsonl:{i}" for i in range(1, 61))
    assert not list(job.output.rglob("*.tmp*"))
    whole = make_job(home, notes, tmp_path / "whole")
    whole.open()
    run_here(whole, quiet, Applier(whole.setup, whole.output, nlp))
    assert read_rows(whole.output) == read_rows(job.output)
    for folder in ("entities", "relations", "concept_relations"):
        one, other = (
            pyarrow.parquet.read_table(x.output / folder) for x in (whole, job)
        )
        assert one.equals(other)


def test_processes_write_the_same(
    home: Path, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiprocessing, "get_context", lambda kind: FORK)
    jobs = [make_job(home, notes, tmp_path / name) for name in "ab"]
    for job in jobs:
        job.open()
    run_here(jobs[0], quiet)
    run_processes(jobs[1], quiet, 2)
    assert read_rows(jobs[0].output) == read_rows(jobs[1].output)


def test_another_run_does_not_go_on_with_this_one(
    home: Path, notes: Path, tmp_path: Path
) -> None:
    make_job(home, notes, tmp_path / "out").open()
    with pytest.raises(ValueError, match="that run had other unify; go on with"):
        make_job(home, notes, tmp_path / "out", unify=False).open()
    more = make_job(home, notes, tmp_path / "out")
    with pytest.raises(ValueError, match="then 1 files of .* now 2 files? of"):
        Job([notes, notes], more.output, more.setup, size=more.size).open()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("x")
    with pytest.raises(ValueError, match="is not empty and no output of apply"):
        make_job(home, notes, tmp_path / "full").open()
    with pytest.raises(ValueError, match="leave it out, too"):
        make_job(home, notes, tmp_path / "no", without=("sentences",))
    with pytest.raises(ValueError, match="no component for documents is called relat"):
        make_job(home, notes, tmp_path / "out", without=("relations",))
    with pytest.raises(ValueError, match="no package of that name is installed"):
        Setup("en_nothing")
    with pytest.raises(ValueError, match="pip install x.whl"):
        Setup("x.whl")


def test_blocks_end_by_documents_and_by_bytes(home: Path, tmp_path: Path) -> None:
    for i in range(5):
        (tmp_path / f"{i}.txt").write_text("word " * 10)
    job = Job([tmp_path], tmp_path / "o", Setup(str(home)), size=Size(2, 10_000))
    assert [len(block.items) for block in job.left(quiet)] == [2, 2, 1]
    job = Job([tmp_path], tmp_path / "o", Setup(str(home)), size=Size(9, 100))
    assert [len(block.items) for block in job.left(quiet)] == [2, 2, 1]


def test_the_pipeline_is_the_wheels_own_one(home: Path) -> None:
    """What a pipeline ships is used, and only what it lacks is added."""
    nlp = Setup(str(home), without=("concepts",), threshold=0.9).load()
    assert "concepts" not in nlp.pipe_names and "sections" in nlp.pipe_names
    assert spacy.load(home).pipe_names == ["entity_ruler", "quick_relations"]
