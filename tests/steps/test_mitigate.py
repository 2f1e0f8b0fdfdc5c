"""The step: an audit becomes training text."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE, example
from tests.builders.audit_records import make_audit, make_cell
from typer.testing import CliRunner

import mitigate
from console.step import make_app
from phantom.evaluation.audit.records import Cell
from phantom.jsonl import read_jsonl, write_json, write_jsonl
from phantom.records import Example

CELL = make_cell()


def call(folder: Path, cells: list[Cell], *more: str) -> str:
    write_json(folder / "audit.json", make_audit(cells))
    texts = ["A man had <DISEASE id=1>gout</DISEASE>.", "A woman left."]
    training = [example(text, id=str(i)) for i, text in enumerate(texts)]
    write_jsonl(folder / "train.jsonl", training)
    paths = [MEDICINE, *(folder / x for x in ("audit.json", "train.jsonl", "o.jsonl"))]
    arguments = [*map(str, paths), *more]
    result = CliRunner().invoke(make_app(mitigate.mitigate), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def test_groups_with_an_alarm(tmp_path: Path) -> None:
    output = call(tmp_path, [CELL])
    assert "sex: female 1 of 2 1.0" in output and "2 passages, 1 of them" in output
    found = list(read_jsonl(tmp_path / "o.jsonl", Example))
    assert [x.text for x in found] == ["A woman left.", "A woman had gout."]


def test_no_alarm_no_text(tmp_path: Path) -> None:
    quiet = CELL.model_copy(update={"alarm": False})
    assert "nothing to mend" in call(tmp_path, [quiet])
    assert not (tmp_path / "o.jsonl").exists()


def test_groups_of_ones_choice(tmp_path: Path) -> None:
    quiet = CELL.model_copy(update={"alarm": False})
    call(tmp_path, [quiet], "--groups", "sex: female", "--no-own")
    (found,) = read_jsonl(tmp_path / "o.jsonl", Example)
    assert found.text == "A woman had gout."
    with pytest.raises(ValueError, match="no group 'sex: other' in the audit"):
        call(tmp_path, [quiet], "--groups", "sex: other")
