"""render: pages out of examples, and what it says of them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.builders import example

from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Example
from phantom.scans import render as rendering
from render import render

pytest.importorskip("rapidfuzz")


def test_a_file_of_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read(page: Image.Image, model: str) -> str:
        # What is written on the page is not known here; the mention alone is read.
        return f"gout {np.asarray(page).shape[1]}"

    monkeypatch.setattr(rendering, "read_page", read)
    monkeypatch.setattr(rendering, "find_model", lambda lang: "eng")
    given = [
        example(f"{x} had <DISEASE id=1>gout</DISEASE> twice.", id=x) for x in "abc"
    ]
    write_jsonl(tmp_path / "in.jsonl", given)
    output = tmp_path / "scans"
    render(tmp_path / "in.jsonl", output, take=2, levels="2", layouts="table")
    said = capsys.readouterr().out
    assert "2 examples on 2 pages" in said and "misread" in said
    found = list(read_jsonl(output / "scanned.jsonl", Example))
    assert [(x.varied, x.text, len(x.entities)) for x in found] == [
        ("scan", "gout 1240", 1)
    ] * 2
    assert {x.meta["scan"]["layout"] for x in found} == {"table"}
    with pytest.raises(ValueError, match="no layout is called 'tabel'"):
        render(tmp_path / "in.jsonl", output, layouts="tabel")
