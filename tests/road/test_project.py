"""The whole road on a toy domain, as a user runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
import yaml
from tests import fault_server
from tests.builders import ROOT
from tests.builders.road import copy_project, ran, run, to_do

from phantom.jsonl import read_jsonl
from phantom.records import Example, Rejected
from phantom.runtime import register_components


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    copy_project(folder)
    done = run(folder, "all")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder


def test_all_completions_are_accounted_for(project: Path) -> None:
    corpus = project / "corpus/pets/round-1"
    accepted = [e.id for e in read_jsonl(corpus / "accepted.jsonl", Example)]
    rejected = list(read_jsonl(corpus / "rejected.jsonl", Rejected))
    assert len(accepted) == 18
    assert {(r.spec_id, r.reason) for r in rejected} == {
        ("pets-18", "unclosed_tag"),
        ("pets-19", "relation_types"),
    }


def test_nothing_opens_a_socket(project: Path) -> None:
    log = project / "connections.txt"
    assert not log.exists(), log.read_text()
    # The guard itself works: without it the test above could not fail.
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "tests/no_network"),
        "NO_NETWORK_LOG": str(project / "probe.txt"),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    assert done.returncode
    assert "127.0.0.1" in (project / "probe.txt").read_text()


def test_pipeline_learns_the_toy_domain(project: Path) -> None:
    register_components()
    nlp = spacy.load(project / "training/pets/model-best")
    assert nlp.pipe_names == ["tok2vec", "ner", "relation_extractor"]
    assert nlp.get_pipe("relation_extractor").labels == ("EATS",)
    corpus = project / "corpus/pets/round-1/train.jsonl"
    right = total = 0
    for example in read_jsonl(corpus, Example):
        found = {(e.start_char, e.end_char, e.label_) for e in nlp(example.text).ents}
        gold = {(e.start, e.end, e.label) for e in example.entities}
        right += len(found & gold)
        total += len(gold)
    assert right / total > 0.9


def test_reports_are_written(project: Path) -> None:
    metrics = json.loads((project / "metrics/pets.json").read_text())
    assert "synthetic_dev" in metrics["datasets"]
    for name in ("metrics/pets.png", "metrics/pets/training.png"):
        assert (project / name).read_bytes().startswith(b"\x89PNG")


def test_a_second_run_does_nothing(project: Path) -> None:
    before = (project / "training/pets/model-best/meta.json").stat().st_mtime_ns
    assert ran(run(project, "all")) == []
    # Whoever else imports the library leaves nothing there that a run would see.
    code = (
        "import phantom, pkgutil, importlib\n"
        "from phantom.runtime import register_components\n"
        "for m in pkgutil.walk_packages(phantom.__path__, 'phantom.'):\n"
        "    if not m.name.endswith('probe'): importlib.import_module(m.name)\n"
        "register_components()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(project / "scripts")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert to_do(project, "all") == []
    after = (project / "training/pets/model-best/meta.json").stat().st_mtime_ns
    assert before == after


@pytest.mark.parametrize(
    "file",
    [
        "scripts/phantom/checks/pii.py",
        "scripts/phantom/corpora/split.py",
        "scripts/phantom/evaluation/metrics.py",
        "scripts/components/relation_scorer.py",
        "scripts/components/word_tokenizer.py",
        "scripts/check.py",
        "tests/domains/pets/guidelines.md",
        "configs/smoke.cfg",
    ],
)
def test_an_edit_is_never_passed_over(project: Path, file: str) -> None:
    """Of the library by any command, of a step or config by those that read it."""
    path = project / file
    old = path.read_bytes()
    path.write_bytes(old + b"\n# edited\n")
    stems = to_do(project, "all")
    path.write_bytes(old)
    road = yaml.safe_load((ROOT / "project.yml").read_text())["workflows"]["all"]
    if file == "scripts/check.py":
        assert stems == ["check"]
    elif file == "configs/smoke.cfg":
        assert stems == ["train"]
    elif file.endswith("guidelines.md"):
        assert stems == [name for name in road if name != "train"]
    else:
        assert stems == road
    assert to_do(project, "all") == []


def test_package_quantizes_on_request(project: Path) -> None:
    done = run(project, "package")
    assert done.returncode == 0, done.stdout[-3000:]
    assert list((project / "packages/pets").glob("*.whl"))
    refused = run(project, "package", "--vars.quantize", "int8")
    assert refused.returncode
    assert "no component with phantom.TransformerModel.v1" in refused.stdout


def test_with_an_endpoint_only_loopback_is_spoken_to(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The road again, on a copy: three specs that the recording lacks are asked for."""
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    before = (folder / "corpus/pets/round-1/accepted.jsonl").read_bytes()
    # Known to be a copy, so that what follows has nothing new to train on.
    text = next(read_jsonl(folder / "corpus/pets/round-1/accepted.jsonl", Example)).text
    item = {"text": text, "relations": []}
    monkeypatch.setattr(fault_server, "passage", lambda *_: item)
    state = fault_server.FaultServer()
    local = tmp_path / "loopback.txt"
    with fault_server.serve(state) as url:
        config = (folder / "configs/llm/vllm.cfg").read_text()
        (folder / "configs/llm/loop.cfg").write_text(
            config.replace("http://localhost:8000/v1", url)
        )
        variables = ["--vars.llm", "configs/llm/loop.cfg", "--vars.examples", "23"]
        done = run(folder, "all", *variables, NO_NETWORK_LOOPBACK=str(local))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert state.count
    port = int(url.rsplit(":", 1)[1].split("/")[0])
    assert set(local.read_text().splitlines()) == {str(("127.0.0.1", port))}
    assert not (folder / "connections.txt").exists()
    rejected = read_jsonl(folder / "corpus/pets/round-1/rejected.jsonl", Rejected)
    assert len({r.spec_id for r in rejected}) == 5
    assert (folder / "corpus/pets/round-1/accepted.jsonl").read_bytes() == before


def test_a_second_round_has_a_folder_and_the_first_stays(
    project: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    first = folder / "corpus/pets/round-1"
    before = {p: p.read_bytes() for p in first.rglob("*") if p.is_file()}
    more = ["--vars.round", "2", "--vars.run", "pets-2"]
    assert "plan" in ran(run(folder, "data", *more))
    assert {p: p.read_bytes() for p in first.rglob("*") if p.is_file()} == before
    second = folder / "corpus/pets/round-2"
    for name in ("specs.jsonl", "accepted.jsonl", "checked.jsonl", "train.jsonl"):
        assert (second / name).read_bytes() == (first / name).read_bytes()
    assert (folder / "metrics/pets-2/quality.html").is_file()


def test_smoke_has_a_folder_of_its_own(project: Path) -> None:
    before = (project / "corpus/pets/completions.jsonl").stat().st_mtime_ns
    few = ["--vars.smoke_examples", "20"]
    done = run(project, "smoke", *few)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    smoke = project / "smoke/pets"
    assert (
        "synthetic_dev" in json.loads((smoke / "metrics.json").read_text())["datasets"]
    )
    assert (smoke / "training/model-best/meta.json").is_file()
    assert (project / "corpus/pets/completions.jsonl").stat().st_mtime_ns == before
    assert to_do(project, "smoke", smoke_examples=20) == []


def test_private_text_put_in_later_is_checked(project: Path) -> None:
    accepted = next(read_jsonl(project / "corpus/pets/round-1/accepted.jsonl", Example))
    notes = project / "assets" / "private_text" / "notes.txt"
    notes.write_text(accepted.text + "\n", encoding="utf-8")
    done = run(project, "check")
    assert done.returncode
    assert "private_overlap" in done.stdout + done.stderr
    notes.unlink()


def test_an_edited_check_runs_and_is_done(project: Path) -> None:
    """The last one: it leaves the library edited."""
    path = project / "scripts/phantom/checks/boundaries.py"
    path.write_bytes(path.read_bytes() + b"\n# edited\n")
    assert ran(run(project, "check")) == ["check"]
    assert to_do(project, "check") == []
