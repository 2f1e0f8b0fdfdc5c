"""Documents of every kind of file; what can't be read is listed with its reason."""

import gzip
import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image, ImageDraw, ImageFont

from phantom.documents.sources import Columns, read_items
from phantom.scans import files


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


def test_pdf_with_and_without_text(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.7 torn")
    (tmp_path / "text.pdf").write_bytes(make_pdf("Aspirin induced gout."))
    found = {key.rpartition("/")[2]: text for key, _, text in read(tmp_path)}
    assert "no PDF that pypdf can read" in found["torn.pdf"]
    assert found["text.pdf"].strip() == "Aspirin induced gout."
    writer = pypdf.PdfWriter(clone_from=tmp_path / "text.pdf")
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    found = {key.rpartition("/")[2]: text for key, _, text in read(tmp_path)}
    assert found["locked.pdf"] == "! it needs a password; save a copy without one"


def test_pages_of_a_pdf_that_are_scans_are_read_by_tesseract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("pypdfium2")
    writer = pypdf.PdfWriter()
    for text in ("Page one of three.", None, "Page three."):
        data = make_pdf(text) if text else make_scan("Aspirin induced gout")
        writer.append(pypdf.PdfReader(io.BytesIO(data)))
    writer.write(tmp_path / "mixed.pdf")
    drawn: list[tuple[str, str]] = []

    def fake(page: Image.Image, model: str) -> str:
        assert page.size == (700, 140) and page.getextrema()[0] < 50
        drawn.append((page.mode, model))
        return "what was read"

    monkeypatch.setattr(files, "read_page", fake)
    monkeypatch.setattr(files, "find_model", lambda lang: f"model of {lang}")
    ((_, _, text),) = read(tmp_path)
    assert [line.strip() for line in text.split("\n\n")] == [
        *("Page one of three.", "what was read", "Page three.")
    ]
    assert drawn == [("L", "model of en")]
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    ((_, _, text),) = read(tmp_path)
    assert "page 2 is a scan, and pypdfium2" in text
    assert "pip install 'spacy-phantom[ocr]'" in text


@pytest.mark.parametrize(
    ("resolution", "turned", "size"),
    [
        # Drawn larger than it is, a scan is misread more.
        (144, 0, (700, 140)),
        (144, 90, (140, 700)),
        (97, 0, (700, 140)),
        (600, 0, (350, 70)),
        # No scan is as coarse.
        (50, 0, (4200, 841)),
    ],
)
def test_a_scan_is_drawn_as_large_as_it_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    resolution: int,
    turned: int,
    size: tuple[int, int],
) -> None:
    pypdf = pytest.importorskip("pypdf")
    pytest.importorskip("pypdfium2")
    data = make_scan("Aspirin induced gout", resolution)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.pages[0].rotate(turned)
    writer.write(tmp_path / "scan.pdf")
    drawn: list[Image.Image] = []
    monkeypatch.setattr(files, "read_page", lambda page, _: drawn.append(page) or "")
    monkeypatch.setattr(files, "find_model", lambda lang: "eng")
    list(read(tmp_path))
    assert [page.size for page in drawn] == [size]
    if (resolution, turned) == (144, 0):
        apart = np.asarray(drawn[0], int) - np.asarray(draw("Aspirin induced gout"))
        assert np.abs(apart).mean() < 1


def make_scan(text: str, resolution: int = 144) -> bytes:
    """A PDF whose page is nothing but an image."""
    stream = io.BytesIO()
    draw(text).save(stream, "PDF", resolution=resolution)
    return stream.getvalue()


def draw(text: str) -> Image.Image:
    """A line of text as an image."""
    page = Image.new("L", (700, 140), 255)
    font = ImageFont.load_default(40)
    ImageDraw.Draw(page).text((40, 40), text, fill=0, font=font)
    return page


def make_pdf(text: str) -> bytes:
    """The smallest PDF that shows a line of text."""
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n" + table
    return data + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def test_an_image_of_two_pages(tmp_path: Path) -> None:
    if not shutil.which("tesseract"):
        pytest.skip("no Tesseract here; apt-get install tesseract-ocr")
    pages = [draw(text) for text in ("Aspirin induced gout", "Second page")]
    pages[0].save(tmp_path / "fax.tiff", save_all=True, append_images=pages[1:])
    (tmp_path / "torn.png").write_bytes(b"x")
    (tmp_path / "scan.pdf").write_bytes(make_scan("Aspirin induced gout"))
    found = read(tmp_path)
    assert found[1][2].split() == "Aspirin induced gout".split()
    assert found[0][2].split() == "Aspirin induced gout Second page".split()
    assert "no image that can be read" in found[2][2]
