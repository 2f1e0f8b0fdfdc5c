"""images: a data set as Hugging Face and WebDataset read it, nothing dropped."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.builders import example

from images import images
from phantom.images.base import Refused
from phantom.jsonl import write_jsonl
from phantom.records import Facts, Spec
from phantom.registry import phantom_registry

WORDS = ("one", "two", "three", "four", "five", "six")


@pytest.fixture
def given(tmp_path: Path) -> tuple[Path, ...]:
    @phantom_registry.phantom_image_generators("shades")
    def shades(*, key: str) -> Any:
        def generate(some: Any) -> list[Any]:
            values = [request.find(key) for request in some]
            return [
                Image.new("L", (4, 4), 10 * int(x)) if x else Refused("no shade")
                for x in values
            ]

        return generate

    specs = [
        Spec(id=f"s{i}", kind="report", facts=Facts(texts={"shade": str(i)}))
        for i in range(5)
    ]
    specs.append(Spec(id="s5", kind="report"))
    reports = [
        example(f"Film <SHADE id=1>{word}</SHADE> is of its own.", id=f"s{i}")
        for i, word in enumerate(WORDS)
    ]
    write_jsonl(tmp_path / "specs.jsonl", specs)
    write_jsonl(tmp_path / "reports.jsonl", reports)
    (tmp_path / "who.yml").write_text("generator: {shades: {key: shade}}")
    return tuple(tmp_path / x for x in ("who.yml", "specs.jsonl", "reports.jsonl"))


def test_pairs_of_image_and_report(
    given: tuple[Path, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "set"
    for share in (0.0, 0.2):
        images(*given, output, dev_share=share, batch=2)
    assert "1 without an image" in capsys.readouterr().out
    (failed,) = (output / "failed.jsonl").read_text().splitlines()
    assert json.loads(failed) == {"id": "s5", "reason": "no shade"}
    rows: dict[str, dict] = {}
    shards: dict[str, dict] = {}
    for split in ("train", "validation"):
        for line in (output / split / "metadata.jsonl").read_text().splitlines():
            row = json.loads(line)
            with Image.open(output / split / row["file_name"]) as image:
                assert image.getpixel((0, 0)) == 10 * int(row["id"][1:])
            rows[row["id"]] = row
        with tarfile.open(output / f"{split}-000000.tar") as tar:
            names = tar.getnames()
            assert len(names) == len(set(names)) and names == sorted(
                names, key=lambda name: name.split(".")[0]
            )
            for name in names[2::3]:
                key = name.removesuffix(".json")
                files = [tar.extractfile(f"{key}.{x}") for x in ("png", "txt", "json")]
                png, text, data = (file.read() for file in files if file)
                row = json.loads(data)
                assert text.decode() == row["text"]
                assert Image.open(io.BytesIO(png)).size == (4, 4)
                shards[row["id"]] = row
    assert sorted(rows) == ["s0", "s1", "s2", "s3", "s4"] == sorted(shards)
    assert rows["s3"] == {"file_name": rows["s3"]["file_name"], **shards["s3"]}
    assert rows["s3"]["text"] == "Film four is of its own."
    assert rows["s3"]["entities"] == [
        {"start": 5, "end": 9, "label": "SHADE", "text": "four"}
    ]
    assert json.loads(rows["s3"]["facts"]) == {"texts": {"shade": "3"}}
    assert (rows["s3"]["origin"], rows["s3"]["generator"]) == ("synthetic", "shades")


def test_other_files_stay(given: tuple[Path, ...], tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.png").write_bytes(b"x")
    with pytest.raises(ValueError, match="mine.png: is none of this step's files"):
        images(*given, tmp_path / "set")
    assert (tmp_path / "set" / "mine.png").is_file()


def test_no_image_is_no_success(given: tuple[Path, ...], tmp_path: Path) -> None:
    given[0].write_text("generator: {shades: {key: other}}")
    with pytest.raises(ValueError, match="no image at all"):
        images(*given, tmp_path / "set", dev_share=0)
    assert len((tmp_path / "set" / "failed.jsonl").read_text().splitlines()) == 6
