"""Documents of every kind of file; what can't be read is listed with its reason."""

import gzip
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from phantom.documents.sources import Columns, read_items


def read(*inputs: Path, columns: Columns = Columns()) -> list[tuple[str, str, str]]:  # noqa: B008
    """Key, id, and text or "! reason" of each document."""
    found = []
    for item in read_items(inputs, columns):
        try:
            text = item.read()
        except (ValueError, OSError) as error:
            text = f"! {error}"
        found.append((item.key, item.id, text))
    return found


def test_a_folder_in_the_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "z.txt").write_text("last", encoding="utf-8")
    (tmp_path / "a.txt").write_text("\ufefffirst", encoding="utf-8")
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"packed"))
    (tmp_path / ".hidden").write_text("no", encoding="utf-8")
    (tmp_path / "blank.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "x.docx").write_bytes(b"PK")
    name = tmp_path.name
    found = read(tmp_path)
    assert [(key, text) for key, _, text in found[:4]] == [
        (f"{name}/a.txt", "first"),
        (f"{name}/a.txt.gz", "packed"),
        (f"{name}/b/z.txt", "last"),
        (f"{name}/blank.txt", "! no text in it"),
    ]
    assert "not UTF-8" in found[4][2] and "no reader for such a file" in found[5][2]
    assert len(found) == 6


def test_a_bad_row_spoils_no_other(tmp_path: Path) -> None:
    lines = ['{"id": 7, "text": "one", "ward": "A"}', "", "{torn", "[1]"]
    lines += ['{"body": "x"}', '{"text": "two"}']
    path = tmp_path / "notes.jsonl"
    path.write_bytes("\n".join(lines).encode() + b'\n{"text": "\xff"}\n')
    found = read(path)
    assert [(key, own) for key, own, _ in found] == [
        ("notes.jsonl:1", "7"),
        *((f"notes.jsonl:{n}", "") for n in range(2, 7)),
    ]
    texts = [text for *_, text in found]
    assert texts[0] == "one" and texts[4] == "two"
    assert texts[1].startswith("! no JSON") and texts[2] == "! no JSON object"
    assert texts[3] == "! no text under 'text'; there is body"
    assert "not UTF-8" in texts[5]
    assert next(iter(read_items([path], Columns()))).meta == {"ward": "A"}


def test_tables(tmp_path: Path) -> None:
    text = 'note,nr\n"two\nlines, with ""quotes""",1\nshort\n' + "x" * 200_000 + ",3\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    table = pyarrow.table({"note": ["p", None], "nr": [1, 2]})
    pyarrow.parquet.write_table(table, tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 torn")
    (tmp_path / "d.csv").write_text("note,nr\none, two,1\n")
    found = read(tmp_path, columns=Columns("note", "nr"))
    assert [own for _, own, _ in found] == ["1", "", "3", "1", "2", "", ""]
    texts = [text for *_, text in found]
    assert texts[0] == 'two\nlines, with "quotes"'
    assert texts[1] == "! 1 cells, the header has 2"
    assert len(texts[2]) == 200_000 and texts[3] == "p"
    assert texts[4] == "! nothing under 'note'"
    assert texts[5].startswith("! unreadable from here on: ")
    assert texts[6].startswith("! 3 cells, the header has 2; a text with ',' in it")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text;id\n"one; two, three";1\n'),
        ("a.csv", "text\tid\none; two, three\t1\n"),
        ("a.csv", 'text,id\r\n"one; two, three",1\r\n'),
        ("a.tsv", "text\tid\none; two, three\t1\n"),
    ],
)
def test_tables_as_spreadsheets_separate_them(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + content.encode())
    assert read(tmp_path)[0][1:] == ("1", "one; two, three")


def test_a_column_that_holds_no_text(tmp_path: Path) -> None:
    table = pyarrow.table({"text": [1.5, 2.5]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    assert read(tmp_path)[0][2] == "! no text under 'text', but float"


def test_an_input_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file or folder"):
        read(tmp_path / "nothing")


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_what_is_missing_is_named(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pypdf", "pytesseract"):
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / f"a.{kind}").write_bytes(b"x")
    ((_, _, text),) = read(tmp_path)
    assert "pip install 'spacy-phantom[ocr]'" in text
