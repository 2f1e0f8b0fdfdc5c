"""The step `convert-format`: in from other tools and out to them, counted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.builders import ROOT
from tests.builders.formats import write_text

from convert_format import convert_format
from phantom.formats.base import Report, read_format
from phantom.formats.exchange import guess_format, guess_target, share_settings
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Entity, Example, Relation

GIVEN = Example(
    id="e1",
    text="Iron gave rash.",
    entities=(
        Entity(start=0, end=4, label="DRUG", text="Iron", id="C1"),
        Entity(start=10, end=14, label="SIGN", text="rash"),
    ),
    relations=(Relation(head=0, tail=1, label="CAUSED"),),
    model="m",
    meta={"kind": "k"},
)
DOCCANO = {"id": "n1", "text": "Iron.", "label": [[0, 4, "DRUG"]]}


def lines(*records: object) -> str:
    return "".join(json.dumps(x) + "\n" for x in records)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "ours.jsonl", [GIVEN])
    return tmp_path / "ours.jsonl"


def test_what_the_target_cannot_hold_is_counted(
    ours: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    convert_format(ours, tmp_path / "o.conll")
    rows = [x.split() for x in capsys.readouterr().out.splitlines()]
    table = [x for x in rows if x and x[-1] == "e1"]
    lost = {" ".join(x[: x.index("has")]): x[-2] for x in table}
    assert lost == {
        "relation": "1",
        "concept of a mention": "1",
        "note 'kind'": "1",
        "provenance": "1",
    }
    assert ["examples", "read", "from", "phantom", "1"] in rows
    assert ["examples", "written", "to", "conll", "1"] in rows


def test_notes_of_the_plan_are_not_taken_for_those_of_brat(
    ours: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"attributes": {"section": "results"}}
    write_jsonl(ours, [GIVEN.model_copy(update={"meta": asked})])
    convert_format(ours, tmp_path / "o", target="brat")
    assert "note 'attributes'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "format_"),
    [
        ("o.spacy", "docbin"),
        ("b.xml", "bioc"),
        ("b.json", "bioc"),
        ("f", "brat"),
        ("o.conll", "conll"),
        ("d.jsonl", "doccano"),
        ("g.json", "gliner"),
        ("l.json", "label_studio"),
        ("o.jsonl", "phantom"),
        ("p.jsonl", "prodigy"),
        ("p.pubtator", "pubtator"),
        ("s.jsonl", "spacy_json"),
        ("u", "uima_cas"),
        ("t", "webanno_tsv"),
    ],
)
def test_what_is_written_is_recognised_and_read(
    file: str, format_: str, ours: Path, tmp_path: Path
) -> None:
    convert_format(ours, tmp_path / file, target=format_)
    assert guess_format(tmp_path / file) == format_
    convert_format(tmp_path / file, tmp_path / "back.jsonl", target="phantom")
    (found,) = read_jsonl(tmp_path / "back.jsonl", Example)
    assert [(x.text, x.label) for x in found.entities] == [
        ("Iron", "DRUG"),
        ("rash", "SIGN"),
    ]
    # PubTator joins concepts, columns have no relations, the rest keeps them.
    relations = () if format_ in ("conll", "pubtator") else GIVEN.relations
    assert found.relations == relations


def test_text_of_others_is_private_unless_it_is_said(tmp_path: Path) -> None:
    source = write_text(tmp_path / "ward.jsonl", lines(DOCCANO))
    found = {}
    for origin in ("private", "public", "synthetic"):
        target = tmp_path / f"{origin}.jsonl"
        convert_format(source, target, target="phantom", origin=origin)
        (example,) = read_jsonl(target, Example)
        found[origin] = (example.origin, example.sources)
    assert found == {
        "private": ("private", ("ward",)),
        "public": ("public", ("ward",)),
        "synthetic": ("synthetic", ()),
    }


@pytest.mark.parametrize("file", ["o.conll", "o.spacy", "folder"])
def test_bad_records_end_it_by_line_with_nothing_written(
    file: str, tmp_path: Path
) -> None:
    bad = {"id": "n2", "text": "Iron.", "label": [[0, 40, "DRUG"]]}
    source = write_text(tmp_path / "s.jsonl", lines(DOCCANO, bad) + "{\n")
    target = "brat" if file == "folder" else ""
    with pytest.raises(ValueError, match="2 of 3 records are wrong") as error:
        convert_format(source, tmp_path / file, target=target)
    assert f"{source}:2: mention 0 lies at 0-40" in str(error.value)
    assert f"{source}:3: no JSON" in str(error.value)
    assert [x.name for x in tmp_path.iterdir()] == ["s.jsonl"]
    convert_format(source, tmp_path / file, target=target, skip=True)
    assert sorted(x.name for x in tmp_path.iterdir()) == sorted([file, "s.jsonl"])


def test_a_whole_file_that_is_wrong_leaves_the_old_output(tmp_path: Path) -> None:
    source = write_text(tmp_path / "s.xml", "<collection><document>")
    target = write_text(tmp_path / "o.jsonl", "old")
    with pytest.raises(ValueError, match=r"s.xml:1: no XML"):
        convert_format(source, target, target="phantom")
    assert target.read_text() == "old" and len(list(tmp_path.iterdir())) == 2


def test_labels_that_the_target_refuses_end_it(ours: Path, tmp_path: Path) -> None:
    odd = GIVEN.entities[0].model_copy(update={"label": "A B"})
    write_jsonl(ours, [GIVEN.model_copy(update={"entities": (odd,), "relations": ()})])
    with pytest.raises(ValueError, match="e1: brat has no labels such as 'A B'"):
        convert_format(ours, tmp_path / "o", target="brat")
    assert [x.name for x in tmp_path.iterdir()] == [ours.name]


def test_what_can_be_several_formats_is_not_guessed(ours: Path, tmp_path: Path) -> None:
    both = {"text": "a", "label": [[0, 1, "X"]], "answer": "accept"}
    file = write_text(tmp_path / "x.jsonl", lines(both))
    with pytest.raises(ValueError, match="could be doccano or prodigy; .*--from"):
        guess_format(file)
    with pytest.raises(ValueError, match="no format knows it; .*--from"):
        guess_format(write_text(tmp_path / "x.txt", "text"))
    with pytest.raises(ValueError, match="no such file"):
        guess_format(tmp_path / "none")
    with pytest.raises(ValueError, match="which format shall it have.*--to"):
        guess_target(tmp_path / "o.json")
    with pytest.raises(ValueError, match="core_json can be read, not written"):
        convert_format(ours, tmp_path / "o", target="core_json")
    with pytest.raises(ValueError, match="is the input, too"):
        convert_format(ours, ours, target="phantom")
    with pytest.raises(ValueError, match="there are files in it"):
        convert_format(ours, tmp_path, target="brat")


def test_settings_go_to_the_format_that_has_them() -> None:
    given = ["spacing=unsplit", "to.unit=bytes", "head=h"]
    assert share_settings(given, "conll", "bioc") == (
        {"spacing": "unsplit"},
        {"unit": "bytes", "head": "h"},
    )
    assert share_settings(["from.unit=", "to.id_separator=|"], "bioc", "pubtator") == (
        {"unit": ""},
        {"id_separator": "|"},
    )
    assert share_settings(["swap=true"], "uima_cas", "conll") == ({"swap": True}, {})
    for odd in ("size=1", "spacing", "other.head=1"):
        with pytest.raises(
            ValueError, match=r"no such setting; conll \(from\): spacing"
        ):
            share_settings([odd], "conll", "bioc")


@pytest.mark.slow
def test_the_command_ends_with_a_message(tmp_path: Path) -> None:
    source = write_text(
        tmp_path / "s.jsonl", lines({**DOCCANO, "label": [[9, 8, "A"]]})
    )
    command = [sys.executable, str(ROOT / "scripts" / "convert_format.py")]
    done = subprocess.run(
        [*command, str(source), str(tmp_path / "o.spacy"), "--from", "", "--to", ""],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    said = "".join((done.stdout + done.stderr).split())
    assert f"{source}:1:mention0liesat9-8" in said


def test_formats_of_a_folder_read_each_of_its_files(ours: Path, tmp_path: Path) -> None:
    write_jsonl(ours, [GIVEN, GIVEN.model_copy(update={"id": "e2"})])
    for name in ("uima_cas", "webanno_tsv", "brat"):
        convert_format(ours, tmp_path / name, target=name)
        files = {"file": tmp_path / name}
        found = [x.id for x in read_format(name, files, "", Report())]
        assert found == ["e1", "e2"]
    twice = [GIVEN, GIVEN]
    write_jsonl(ours, twice)
    with pytest.raises(ValueError, match="e1.tsv is there already; ids must differ"):
        convert_format(ours, tmp_path / "o", target="webanno_tsv")
