"""Examples on paper and read again: labels carried or listed, truth beside them."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.builders import example

from phantom.jsonl import read_jsonl
from phantom.records import Example
from phantom.scans import folder, render, tesseract
from phantom.scans.folder import render_folder
from phantom.scans.records import LostMention, ScanTruth
from phantom.scans.render import Look, read_scan
from phantom.scans.tesseract import count_errors, find_model, read_page

pytest.importorskip("rapidfuzz")
TEXT = (
    "Ten patients got <CHEMICAL id=1>sorafenib</CHEMICAL> and had "
    "<DISEASE id=2>severe hypertension</DISEASE> that day. All of them recovered soon."
)
PLAIN = Look(("letter",), ("scanner",), (1,), handwritten=0.0, stamped=0.0)
needs_tesseract = pytest.mark.skipif(
    not shutil.which("tesseract"), reason="no Tesseract: apt-get install tesseract-ocr"
)


def given(**update: Any) -> Example:
    made = example(TEXT, (1, "INDUCES", 2))
    return made.model_copy(update={"id": "a", "model": "m", **update})


@pytest.fixture
def misread(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of Tesseract: a misread letter, and a mention that is gone."""

    def read(page: Image.Image, model: str) -> str:
        assert model == "eng" and page.width == 1240
        return "Report\nTen patients got $orafenib and\nhad ~ that day. All"

    monkeypatch.setattr(render, "read_page", read)
    monkeypatch.setattr(render, "find_model", lambda lang: "eng")


@pytest.mark.usefixtures("misread")
def test_labels_are_carried_or_lost() -> None:
    scan = render.render(given(), PLAIN)
    read, lost = read_scan(scan, "en")
    assert [(e.text, e.label) for e in read.entities] == [("$orafenib", "CHEMICAL")]
    assert [e.text for e in lost] == ["severe hypertension"]
    assert read.relations == ()
    assert (read.id, read.derived_from, read.varied) == ("a^scan", ("a",), "scan")
    assert (read.origin, read.model) == ("synthetic", "m")
    assert read.meta["scan"] == {"layout": "letter", "device": "scanner", "level": 1}
    private = given(origin="private", sources=("ward",))
    read = read_scan(render.render(private, PLAIN), "en").example
    assert (read.origin, read.sources) == ("private", ("ward",))


def test_truth_says_where_each_word_is() -> None:
    scan = render.render(given(), PLAIN)
    truth = scan.truth(["a.jpg"], "")
    (page,) = truth.pages
    gray = np.asarray(scan.pages[0].image)
    assert (page.width, page.height) == scan.pages[0].image.size
    assert [word.text for word in page.words] == truth.text.split()
    own = [word for word in page.words if word.start is not None]
    assert own[3].text == "sorafenib" and own[3].start == 17
    for word in page.words:
        xs, ys = zip(*word.corners, strict=True)
        assert gray[min(ys) : max(ys), min(xs) : max(xs)].min() < 150, word
    assert truth.errors == len(" ".join(truth.text.split()))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_pages() -> None:
    look = Look(handwritten=0.5, stamped=0.5)
    first, again = (render.render(given(), look) for _ in range(2))
    assert [p.data for p in first.pages] == [p.data for p in again.pages]
    others = [render.render(given(), Look(seed=seed)).facts for seed in range(12)]
    assert len({fact["layout"] for fact in others}) > 1
    assert len({(fact["device"], fact["level"]) for fact in others}) > 3


def test_stamps_and_hands() -> None:
    plain = render.render(given(), PLAIN)
    stamped = render.render(given(), Look(*(PLAIN.layouts, PLAIN.devices, (1,)), 0, 1))
    hand = render.render(given(), Look(*(PLAIN.layouts, PLAIN.devices, (1,)), 1, 0))
    means = [np.asarray(x.pages[0].image, float).mean() for x in (plain, stamped)]
    assert means[1] < means[0] - 0.3
    assert hand.facts["font"] not in {"LiberationSans-Regular", "DejaVuSerif"}


def test_what_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="no device is called 'fx'.*scanner, fax"):
        Look(devices=("fx",))
    with pytest.raises(ValueError, match="no level is called 4; there are 1, 2, 3"):
        Look(levels=(1, 4))
    with pytest.raises(ValueError, match="no layout"):
        Look(layouts=())
    with pytest.raises(ValueError, match="example b: no words"):
        render.render(Example(id="b", text=" \n"), PLAIN)


@pytest.mark.usefixtures("misread")
def test_a_folder_has_all_of_it(tmp_path: Path) -> None:
    told: list[int] = []
    examples = [given(), given(id="b")]
    output = tmp_path / "scans"
    for count in (2, 1):
        done = render_folder(examples[:count], PLAIN, output, 1, lambda: told.append(1))
    assert len(told) == 3
    assert (done.examples, done.pages, done.mentions, done.lost) == (1, 1, 2, 1)
    (truth,) = read_jsonl(output / folder.TRUTH, ScanTruth)
    assert done.errors == {1: truth.errors}
    assert truth.errors == count_errors(truth.text, truth.read) > 20
    # Pages of an earlier run are gone.
    (image,) = (path for path in output.rglob("*.jpg"))
    assert image == output / truth.pages[0].image
    (scanned,) = read_jsonl(output / folder.SCANNED, Example)
    assert scanned.text == truth.read
    (lost,) = read_jsonl(output / folder.LOST, LostMention)
    assert (lost.example, lost.text, lost.level) == ("a", "severe hypertension", 1)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(ValueError, match="has thesis.doc, which is none of render's"):
        render_folder([given()], PLAIN, tmp_path, 1, lambda: None)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_language_without_a_model_is_read_by_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tesseract, "_list_models", lambda: ("eng", "deu", "xx"))
    assert [find_model(x) for x in ("en", "de", "sw", "xx")] == [
        *("eng", "deu", "eng", "xx")
    ]


@needs_tesseract
def test_tesseract_reads_a_page() -> None:
    scan = render.render(given(), PLAIN)
    text = read_page(scan.pages[0].image)
    errors = count_errors(scan.written.text, text)
    assert errors < 0.15 * len(scan.written.text)
