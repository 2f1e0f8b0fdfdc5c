import gzip
import json
from pathlib import Path

import pytest

from phantom.jsonl import (
    load_record,
    read_jsonl,
    read_some,
    replace_file,
    to_line,
    write_json,
    write_jsonl,
)
from phantom.records import Completion, Entity, Example, Spec


def test_written_records_come_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "specs.jsonl"
    specs = [Spec(id=str(i), kind="k", attributes={"n": i}) for i in range(3)]
    assert write_jsonl(path, specs) == 3
    assert list(read_jsonl(path, Spec)) == specs
    assert [file.name for file in path.parent.iterdir()] == ["specs.jsonl"]
    zipped = tmp_path / "specs.jsonl.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    assert list(read_jsonl(zipped, Spec)) == specs


def test_errors_name_path_and_line(tmp_path: Path) -> None:
    path = tmp_path / "specs.jsonl"
    path.write_text('{"id": "1", "kind": "k"}\n\n{"id": "2"}\n')
    with pytest.raises(ValueError, match=r"specs.jsonl:3: kind: Field required"):
        list(read_jsonl(path, Spec))


def test_a_file_of_other_records_says_which_are_expected(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_jsonl(path, [Example(id="a", text="b")])
    with pytest.raises(ValueError, match=r"a\.jsonl:1: records of Spec expected, is"):
        list(read_jsonl(path, Spec))
    with pytest.raises(ValueError, match=r"a\.jsonl: records of Spec expected, is it"):
        load_record(path, Spec)
    assert load_record(path, Example).text == "b"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"a\.jsonl:1: no JSON"):
        load_record(path, Example)


def test_what_a_step_lives_on_is_there_and_each_by_its_own_id(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n")
    with pytest.raises(ValueError, match=r"a\.jsonl: empty; records of Example exp"):
        read_some(path, Example)
    write_jsonl(path, [Example(id=name, text="t") for name in "abab"])
    with pytest.raises(ValueError, match=r"2 ids are there more than once.* 'a'"):
        read_some(path, Example)
    assert len(read_some(path, Example, unique=False)) == 4


def test_marks_and_damage_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "text": "b"}\n', encoding="utf-8-sig")
    assert [x.id for x in read_jsonl(path, Example)] == ["a"]
    path.write_bytes('{"id": "a", "text": "fièvre"}\n'.encode("latin-1"))
    with pytest.raises(ValueError, match=r"a\.jsonl: not UTF-8"):
        list(read_jsonl(path, Example))
    path.write_bytes('{"id": "a"}'.encode("utf-16"))
    with pytest.raises(ValueError, match=r"not UTF-8 \(UTF-16\)"):
        list(read_jsonl(path, Example))
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(b'{"id": "a", "text": "b"}\n' * 999)[:-20])
    with pytest.raises(ValueError, match="cut off or damaged"):
        list(read_jsonl(packed, Example))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "specs.jsonl"
    write_jsonl(path, [Spec(id="old", kind="k")])

    def broken():  # type: ignore[no-untyped-def]
        yield Spec(id="new", kind="k")
        raise RuntimeError("disk")

    with pytest.raises(RuntimeError):
        write_jsonl(path, broken())
    assert [spec.id for spec in read_jsonl(path, Spec)] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["metrics.json", "page.html", "chart.png"])
def test_any_file_is_written_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    with replace_file(path) as temporary:
        assert temporary.suffix == path.suffix
        temporary.write_text("old")
        assert not path.exists()
    with pytest.raises(OSError), replace_file(path) as temporary:
        temporary.write_text("half of the n")
        raise OSError("disk full")
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_json_of_values_and_records(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"é": [1, None]})
    write_json(tmp_path / "b.json", Spec(id="a", kind="k"))
    assert "é" in (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "b.json").read_text())["kind"] == "k"
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"a": {1}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"é": [1, None]}


def test_recorded_lines_hold_one_spec() -> None:
    line = '{"spec_id": "a", "completion": "x", "model": "m", "recorded": "2026"}'
    completion = Completion.model_validate_json(line)
    assert completion.spec_ids == ("a",)
    assert Completion.model_validate_json(to_line(completion)) == completion


@pytest.mark.parametrize(
    ("entity", "problem"),
    [
        (Entity(start=0, end=2, label="A", text="xx"), "reads 'ab'"),
        (Entity(start=2, end=9, label="A", text="c"), "leaves the text"),
    ],
)
def test_examples_check_their_offsets(entity: Entity, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Example(id="e", text="abc", entities=(entity,))
