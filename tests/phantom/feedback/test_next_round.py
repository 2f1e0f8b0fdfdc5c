"""The next round is named, planned, and keeps what was answered."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from tests.builders.hinted import (
    check,
    make_pack,
    prompts,
    read_plan,
    run_plan,
    synthetic,
)
from typer.testing import CliRunner

import check as check_step
from console.step import make_app
from phantom.jsonl import write_jsonl
from phantom.packs.language import load_language
from phantom.packs.pack import Pack
from phantom.prompts.prompter import Prompter
from phantom.records import Completion


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path / "tiny")


def test_the_next_round_is_named_as_the_project_names_it(
    pack: Pack, tmp_path: Path
) -> None:
    folder = tmp_path / "corpus" / pack.path.name / "round-1"
    output = check(pack, folder)
    line = re.search(r"python -m spacy project run (\w+) \. (--vars.*)", output)
    assert line
    project = yaml.safe_load(Path("project.yml").read_text())
    assert line[1] in project["workflows"]
    names = re.findall(r"--vars\.(\w+)", line[2])
    assert {"hints", "examples", "domain", "packs"} <= set(names) <= {*project["vars"]}
    assert str(folder / "hints.json") in line[2]
    assert "--vars.round 2 " in line[2]


def test_where_commands_know_no_round_the_file_alone_is_named(
    pack: Pack, tmp_path: Path
) -> None:
    output = check(pack, tmp_path)
    assert "spacy project run" not in output and "(--hints)" in output


def test_what_did_not_run_is_one_line(pack: Pack, tmp_path: Path) -> None:
    real = tmp_path / "real"
    shutil.rmtree(real, ignore_errors=True)
    real.mkdir()
    write_jsonl(tmp_path / "accepted.jsonl", synthetic())
    call = [str(pack.path), *(str(tmp_path / x) for x in ("accepted.jsonl", ".", "m"))]
    call += ["--no-model", "--real", str(real)]
    result = CliRunner().invoke(make_app(check_step.check), call)
    assert result.exit_code == 0, result.output
    assert "2 of 3 checks not run" in result.output
    # Lines are broken in the path, too.
    assert f"nothing in {real}".replace(" ", "") in "".join(result.output.split())
    # No finding, so no table of findings; and no warning above a good verdict.
    assert "findings" not in result.output and "⚠" not in result.output
    report = (tmp_path / "m/quality.md").read_text()
    assert "vars.real_text" in report and "--real" not in report


def test_real_text_that_is_not_there_is_a_warning(pack: Pack, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "accepted.jsonl", synthetic())
    call = [str(pack.path), *(str(tmp_path / x) for x in ("accepted.jsonl", ".", "m"))]
    call += ["--no-model", "--real", str(tmp_path / "reel")]
    result = CliRunner().invoke(make_app(check_step.check), call)
    assert result.exit_code == 0, result.output
    said = "".join(result.output.split())
    assert f"⚠{tmp_path / 'reel'}:nosuchfileorfolder" in said


def test_without_hints_the_plan_is_as_ever(pack: Pack, tmp_path: Path) -> None:
    check(pack, tmp_path)
    run_plan(pack, tmp_path, 40)
    before = (tmp_path / "round-1/specs.jsonl").read_bytes()
    plain = read_plan(tmp_path)
    precedence = load_language("en").prompt.precedence
    assert precedence not in prompts(pack, plain)
    run_plan(pack, tmp_path, 40, tmp_path / "hints.json")
    styled = read_plan(tmp_path)
    assert [s.model_copy(update={"style": []}) for s in styled] == plain
    assert all(spec.style for spec in styled)
    assert len({tuple(sorted(spec.style)) for spec in styled}) > 3
    assert precedence in prompts(pack, styled[:1])
    assert Prompter(pack).digest == Prompter(pack).render(styled[:1]).digest
    run_plan(pack, tmp_path, 40)
    assert (tmp_path / "round-1/specs.jsonl").read_bytes() == before


def test_answered_specs_stay_and_the_round_goes_on(pack: Pack, tmp_path: Path) -> None:
    check(pack, tmp_path)
    hints = tmp_path / "hints.json"
    run_plan(pack, tmp_path, 30)
    first = read_plan(tmp_path)
    pack.recording.mkdir()
    write_jsonl(pack.recording / "specs.jsonl", first[:10])
    answer = json.dumps({"text": "Better.", "relations": []})
    write_jsonl(
        tmp_path / "completions.jsonl",
        [
            Completion(spec_ids=(s.id,), completion=answer, model="m", recorded="now")
            for s in first[10:20]
        ],
    )
    output = run_plan(pack, tmp_path, 45, hints)
    specs = read_plan(tmp_path)
    assert specs[:20] == first[:20]
    assert [spec.id for spec in specs[:30]] == [spec.id for spec in first]
    assert all(spec.style for spec in specs[20:])
    assert "25 new specs carry" in output
    # Planned once more, nothing moves.
    run_plan(pack, tmp_path, 45, hints)
    assert read_plan(tmp_path) == specs
    shutil.rmtree(pack.recording)
    write_jsonl(tmp_path / "round-1/specs.jsonl", first[10:20])
    output = run_plan(pack, tmp_path, 0, hints)
    assert "no spec to give hints to" in output and "--vars.examples" in output
