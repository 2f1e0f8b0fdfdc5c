"""PDF files and images as documents."""

import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from phantom.documents.sources import Columns, read_items
from phantom.scans import files


def read(folder: Path) -> list[tuple[str, str, str]]:
    """Key, id, and text or "! reason" of each document."""
    found = []
    for item in read_items([folder], Columns()):
        try:
            text = item.read()
        except ValueError as error:
            text = f"! {error}"
        found.append((item.key, item.id, text))
    return found


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
