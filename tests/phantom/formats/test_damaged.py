"""Files that are damaged, or of no format at all: an error that names them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.builders import ROOT

from phantom.formats.base import Report, read_format
from phantom.formats.exchange import guess_format

SAMPLES = ROOT / "tests" / "samples" / "formats"
FORMATS = {
    "label_studio.conll": "conll",
    "doccano.jsonl": "doccano",
    "inception/note.tsv": "webanno_tsv",
    "spacy.jsonl": "spacy_json",
    "prodigy.jsonl": "prodigy",
    "label_studio.json": "label_studio",
    "abstracts.pubtator": "pubtator",
    "bioc.xml": "bioc",
    "bioc.json": "bioc",
    "gliner.json": "gliner",
}
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "blank": lambda _: b"\n \n\n",
    "utf16": lambda data: data.decode().encode("utf-16"),
    "page": lambda _: b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "numbers": lambda _: b"[1, 2, 3]",
    "object": lambda _: b"{}",
    "brackets": lambda _: b"[" * 100_000,
    "torn": lambda data: gzip.compress(data * 20)[:-60],
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_no_such_file_is_an_error_that_names_it(
    name: str, damage: str, tmp_path: Path
) -> None:
    source = SAMPLES / name
    path = tmp_path / source.name
    if damage == "torn":
        path = tmp_path / f"{source.name}.gz"
    path.write_bytes(DAMAGES[damage](source.read_bytes()))
    with pytest.raises(ValueError, match=path.name):
        list(read_format(FORMATS[name], {"file": path}, "", Report()))
    with pytest.raises(ValueError, match=path.name):
        list(read_format(guess_format(path), {"file": path}, "", Report()))


@pytest.mark.parametrize("name", FORMATS)
def test_ends_of_lines_marks_and_gzip_change_nothing(name: str, tmp_path: Path) -> None:
    source = SAMPLES / name
    data = source.read_bytes()
    plain = list(read_format(FORMATS[name], {"file": source}, "", Report()))
    for ending, other in {
        "": b"\xef\xbb\xbf" + data,
        ".crlf": data.replace(b"\n", b"\r\n"),
        ".gz": gzip.compress(data),
    }.items():
        path = tmp_path / f"{source.stem}{source.suffix}{ending}"
        path.write_bytes(other)
        found = list(read_format(FORMATS[name], {"file": path}, "", Report()))
        assert [(x.text, x.entities) for x in found] == [
            (x.text, x.entities) for x in plain
        ]


def test_ids_without_a_prefix_begin_with_the_number(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text("Iron O\n\nZinc O\n", encoding="utf-8")
    found = read_format("conll", {"file": path}, "", Report())
    assert [x.id for x in found] == ["00000", "00001"]
