"""The step prove-egress: a leak fails it, a clean run names all that went out."""

import json
import sys
from pathlib import Path

import pytest
from tests.builders import PETS
from typer.testing import CliRunner

import prove_egress
from console.step import make_app
from phantom.privacy.egress.stage import digest_inputs, road

pytestmark = pytest.mark.slow

SEND = """
import sys, urllib.request
base = open(sys.argv[1]).read().split('base_url = "')[1].split('"')[0]
text = open('assets/private_text/notes.txt').read(200) if {leak} else 'rain'
body = b'{{"messages": [{{"content": "' + text.encode() + b'"}}]}}'
urllib.request.urlopen(base + '/chat/completions', body).read()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two commands: one tells the model of rain, one of its patients."""
    for name in ("scripts", "configs"):
        (tmp_path / name).mkdir()
    (tmp_path / "project.yml").write_text("commands: []\n")
    for name, leak in (("clean", False), ("leak", True)):
        text = SEND.format(leak=leak)
        (tmp_path / "scripts" / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        prove_egress,
        "command",
        lambda name, _, given: [sys.executable, f"scripts/{name}.py", given["llm"]],
    )
    return tmp_path


def run(project: Path, only: str) -> dict:
    report = project / "egress.json"
    arguments = [str(PETS), str(project / "out"), str(report), "--only", only]
    done = CliRunner().invoke(make_app(prove_egress.prove_egress), arguments)
    figures = json.loads(report.read_text())
    if done.exception:
        figures["error"] = str(done.exception)
    return figures


def test_a_leak_fails_and_a_clean_run_passes(project: Path) -> None:
    clean = run(project, "clean")
    assert "error" not in clean, clean
    assert clean["leaked"] == {} and clean["refused"] == clean["unseen_bytes"] == 0
    assert clean["bytes"] == sum(clean["sent"].values()) > 100
    leak = run(project, "clean,leak")
    assert "markers in what went out" in leak["error"]
    assert sum(leak["leaked"].values()) >= 3
    assert leak["inputs"] != clean["inputs"]


def test_the_hash_is_of_all_that_a_run_depends_on(project: Path) -> None:
    folder = project / "out" / "project"
    run(project, "clean")
    commands = [["python", "a"]]
    first = digest_inputs(folder, commands)
    assert digest_inputs(folder, [["other/python", "a"]]) == first
    assert digest_inputs(folder, [["python", "b"]]) != first
    (project / "scripts" / "clean.py").write_text("pass\n")
    assert digest_inputs(folder, commands) != first


def test_the_road_sends_what_private_text_could_shape() -> None:
    commands = road("pets", Path("llm.cfg"), 18, 4, whole=True)
    names = [line[5] for line in commands]
    assert names[:5] == ["plan", "generate", "curate", "check", "convert"]
    assert names[5:7] == ["train", "evaluate"]
    assert names[-3:] == ["private-profile", "plan", "generate"]
    sent = [line for line in commands if "llm.cfg" in line]
    assert [line[5] for line in sent] == ["plan", "generate"] * 2
