"""apply on a folder: what it writes, what it says, and where it goes on."""

import json
from pathlib import Path

import pytest
from tests.builders.documents import quick_pipeline, read_rows

from apply import apply

LETTER = "PLAN:\nNo gout <b>. Aspirin gave acute renal failure (ARF). ARF was bad."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline")
    quick_pipeline().to_disk(folder)
    return folder


def test_a_folder_and_again(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letters, output = tmp_path / "letters", tmp_path / "out"
    letters.mkdir()
    (letters / "a.txt").write_text(LETTER)
    (letters / "b.docx").write_text("x")
    pack = Path("assets/domains/finance")
    apply(str(home), str(letters), output, pack=pack)
    shown = capsys.readouterr().out
    assert "1 documents: 5 entities, 1 relations" in shown
    assert "letters/b.docx" in shown and "1 documents were not read" in shown
    (row,) = read_rows(output)
    assert [(e["text"], e.get("context")) for e in row["entities"]][:2] == [
        ("gout", {"negation": "negated"}),
        ("Aspirin", None),
    ]
    page = (output / "reader.html").read_text(encoding="utf-8")
    assert "gout<small>DISEASE (negated)</small>" in page and "&lt;b&gt;" in page
    assert "<strong>ARF</strong> acute renal failure" in page
    assert "http" not in page and "<script" not in page
    apply(str(home), str(letters), output, pack=pack)
    shown = capsys.readouterr().out
    assert "1 blocks were done by an earlier run" in shown and "b.docx" in shown
    assert json.loads((output / "bad.jsonl").read_text())["key"] == "letters/b.docx"


def test_what_is_not_known_is_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'table' is none of: tables, docbin, reader"):
        apply(str(home), str(tmp_path), tmp_path / "out", write="table")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.jsonl", "\n", "no document in it"),
        ("a.csv", "note\nx\n", r"no document could be read; .*bad\.jsonl"),
    ],
)
def test_nothing_read_is_no_success(
    name: str, content: str, told: str, home: Path, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=told):
        apply(str(home), str(tmp_path / name), tmp_path / "out")
