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

from phantom.jsonl import read_jsonl
from phantom.records import Example, Rejected
from phantom.runtime import register_components

TOY = ["--vars.packs", "tests/domains", "--vars.domain", "pets"]
SMALL = ["--vars.config", "configs/smoke.cfg"]


def run(
    folder: Path, workflow: str, *more: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spacy", "project", "run", workflow, "."]
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT / "tests/no_network"),
        "NO_NETWORK_LOG": str(folder / "connections.txt"),
        **variables,
    }
    return subprocess.run(
        [*command, *TOY, *SMALL, *more],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name in ("scripts", "configs", "tests/domains"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("project.yml", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    for template in (ROOT / "assets/domains/medicine/prompts").glob("*.jinja"):
        prompts = folder / "tests/domains/pets/prompts"
        prompts.mkdir(exist_ok=True)
        shutil.copy(template, prompts)
    done = run(folder, "all")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder


def test_all_completions_are_accounted_for(project: Path) -> None:
    corpus = project / "corpus/pets"
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
    corpus = project / "corpus/pets/train.jsonl"
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
    done = run(project, "smoke")
    assert done.returncode == 0
    assert "Running command" not in done.stdout
    after = (project / "training/pets/model-best/meta.json").stat().st_mtime_ns
    assert before == after


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
    before = (folder / "corpus/pets/accepted.jsonl").read_bytes()
    # Known to be a copy, so that what follows has nothing new to train on.
    text = next(read_jsonl(folder / "corpus/pets/accepted.jsonl", Example)).text
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
    rejected = read_jsonl(folder / "corpus/pets/rejected.jsonl", Rejected)
    assert len({r.spec_id for r in rejected}) == 5
    assert (folder / "corpus/pets/accepted.jsonl").read_bytes() == before


def test_commands_name_what_exists() -> None:
    project = yaml.safe_load((ROOT / "project.yml").read_text())
    names = {command["name"] for command in project["commands"]}
    for steps in project["workflows"].values():
        assert set(steps) <= names
    for command in project["commands"]:
        for line in command["script"]:
            assert (ROOT / line.split()[1]).is_file(), line


def test_readme_holds_the_projects_own_documentation(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", readme)
    command = [sys.executable, "-m", "spacy", "project", "document", str(ROOT)]
    done = subprocess.run(
        [*command, "--output", str(readme)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert readme.read_text() == (ROOT / "README.md").read_text()


def test_private_text_put_in_later_is_checked(project: Path) -> None:
    accepted = next(read_jsonl(project / "corpus/pets/accepted.jsonl", Example))
    notes = project / "assets" / "private_text" / "notes.txt"
    notes.write_text(accepted.text + "\n", encoding="utf-8")
    done = run(project, "check")
    assert done.returncode
    assert "private_overlap" in done.stdout + done.stderr
    notes.unlink()
    assert run(project, "check").returncode == 0
