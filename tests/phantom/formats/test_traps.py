"""What made readers of annotated text go wrong on real files, one small case each."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders.formats import read_as, turn_round, write_text

from phantom.formats.base import Report, make_format
from phantom.formats.docs import to_doc
from phantom.records import Entity, Example
from phantom.runtime import blank_pipeline

TEXT = "acute renal and liver failure hurt"
# Nested, crossing, at one place with two labels; R1 ends at the inner one.
OVER = {
    "nested": "T1\tD 0 11\tacute renal\nT2\tP 6 11\trenal\n",
    "crossing": "T1\tD 0 15\tacute renal and\nT2\tP 6 21\trenal and liver\n",
    "same place": "T1\tD 6 11\trenal\nT2\tP 6 11\trenal\n",
}


def brat(folder: Path, lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    write_text(folder / "d.txt", TEXT)
    write_text(folder / "d.ann", lines)
    return folder


@pytest.mark.parametrize("how", OVER)
def test_mentions_over_each_other_are_told_with_their_relations(
    how: str, tmp_path: Path
) -> None:
    more = "T3\tS 30 34\thurt\nR1\tX Arg1:T2 Arg2:T3\nR2\tX Arg1:T3 Arg2:T1\n"
    alone, report = read_as("brat", brat(tmp_path / "a", OVER[how]))
    # Without relations the longer stays, or the first.
    assert [x.label for x in alone[0].entities] == ["D"]
    assert report.left_out == {"mention that overlaps another": 1}
    path = brat(tmp_path / "b", OVER[how] + more.replace("R2\tX Arg1:T3 Arg2:T1\n", ""))
    (found,), report = read_as("brat", path)
    assert [x.label for x in found.entities] == ["P", "S"]
    assert [(x.head, x.tail) for x in found.relations] == [(0, 1)]
    path = brat(tmp_path / "c", OVER[how] + more)
    (both,), report = read_as("brat", path)
    assert len(both.entities) == 2 and len(both.relations) == 1
    assert report.left_out == {
        "mention that overlaps another": 1,
        "relation of a mention that was left out": 1,
    }
    # Nothing is gone: brat gets all of it back.
    again, _ = turn_round("brat", [both], tmp_path / "o", prefix="")
    assert again[0].meta["beside"]["mentions"] == both.meta["beside"]["mentions"]


def test_tokens_of_a_mention_in_pieces_are_missing_not_outside(tmp_path: Path) -> None:
    path = brat(tmp_path / "a", "T1\tD 6 11;22 29\trenal failure\nT2\tS 30 34\thurt\n")
    (found,), _ = read_as("brat", path)
    doc = to_doc(blank_pipeline("en"), found)
    tags = {x.text: x.ent_iob for x in doc}
    # 0 is missing, 2 outside, 3 begins a mention.
    assert tags == {"acute": 2, "renal": 0, "and": 0, "liver": 0, "failure": 0,
                    "hurt": 3}  # fmt: skip
    # So for the rest of a mention that crosses one that was kept.
    path = brat(tmp_path / "b", OVER["nested"] + "T3\tS 30 34\thurt\nR1\tX A:T2 B:T3\n")
    (found,), _ = read_as("brat", path)
    doc = to_doc(blank_pipeline("en"), found)
    assert [x.ent_iob for x in doc][:3] == [0, 3, 2]


def pubtator(tmp_path: Path, *rows: str) -> Path:
    head = "7|t|The variant.\n7|a|It gave rash and gout.\n"
    return write_text(tmp_path / "p", head + "".join(f"7\t{x}\n" for x in rows))


VARIANT = "4\t11\tvariant\tV\tp|SUB|R|2"
RASH = "21\t25\trash\tD\tD1"


def test_the_sign_between_concepts_is_told_by_the_relations(tmp_path: Path) -> None:
    # A concept with bars inside, and two concepts with a comma between.
    both = "30\t34\tgout\tD\tD2,D3"
    path = pubtator(tmp_path, VARIANT, RASH, both, "X\tp|SUB|R|2\tD3")
    (found,), report = read_as("pubtator", path)
    assert [(x.text, x.id) for x in found.entities] == [
        ("variant", "p|SUB|R|2"),
        ("rash", "D1"),
        ("gout", "D2|D3"),
    ]
    assert [(x.head, x.tail) for x in found.relations] == [(0, 2)]
    assert "parted by commas" in report.notes[0]
    # BC5CDR: bars between, commas in none.
    path = pubtator(tmp_path, RASH, "30\t34\tgout\tD\tD2|D3", "X\tD1\tD3")
    assert len(read_as("pubtator", path)[0][0].relations) == 1
    # Under neither is the end known: that is not guessed.
    path = pubtator(tmp_path, VARIANT, RASH, both, "X\tp|SUB\tD3")
    with pytest.raises(ValueError, match=r"p:6: bars and commas .*'p\|SUB'.*id_separ"):
        read_as("pubtator", path)
    (found,), _ = read_as("pubtator", path, id_separator=",")
    assert found.relations == ()


def test_parts_go_with_concepts_one_to_one(tmp_path: Path) -> None:
    row = "30\t34\tgout\tD\tD2|D3\tgout|podagra"
    (found,), _ = read_as("pubtator", pubtator(tmp_path, row))
    # They are no words of the text, and are not looked for there.
    assert found.meta["parts"] == [[30, 34, "gout|podagra"]]
    (back,), _ = turn_round("pubtator", [found], tmp_path / "q", prefix="")
    assert back.meta["parts"] == found.meta["parts"]
    path = pubtator(tmp_path, row + "|third")
    with pytest.raises(ValueError, match="p:3: 2 concepts, 3 parts"):
        read_as("pubtator", path)


def test_a_regions_id_is_known_in_its_annotation_alone(tmp_path: Path) -> None:
    def region(id: str, start: int, label: str) -> dict[str, Any]:
        words = TEXT[start : start + 5]
        value = {"start": start, "end": start + 5, "text": words, "labels": [label]}
        return {"id": id, "type": "labels", "value": value}

    link = {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["X"]}
    first = [region("a", 0, "D"), region("b", 6, "P"), link]
    second = [region("a", 16, "D"), link]
    task = {"data": {"text": TEXT}, "annotations": [{"result": first},
                                                    {"result": second}]}  # fmt: skip
    path = write_text(tmp_path / "s.json", json.dumps([task]))
    found, report = read_as("label_studio", path)
    assert [[x.text for x in one.entities] for one in found] == [
        ["acute", "renal"],
        ["liver"],
    ]
    assert [len(x.relations) for x in found] == [1, 0]
    assert report.left_out == {"relation to an unknown mention": 1}


HEAD = "#FORMAT=WebAnno TSV 3.3\n#T_SP=L|x\n#T_RL=R|k|BT_L\n\n\n"


@pytest.mark.parametrize(
    ("rows", "mentions", "relations"),
    [
        # Two at one place: only the number tells them apart.
        (
            "1-1\t0-4\tIron\tA[1]|B[2]\t_\t_\t\n1-2\t5-9\trash\tC\tR\t1-1[2_0]\t\n",
            [("Iron", "B"), ("rash", "C")],
            [(0, 1)],
        ),
        # Number 0 is the only one there, whether it is written or not.
        (
            "1-1\t0-4\tIron\tA\t_\t_\t\n1-2\t5-9\trash\tC\tR\t1-1[0_0]\t\n",
            [("Iron", "A"), ("rash", "C")],
            [(0, 1)],
        ),
        # Over both tokens, with a bar in its label, and one in a part of a token.
        (
            "1-1\t0-4\tIron\tA\\|B[1]\tR\t1-2.1[0_1]\t\n"
            "1-2\t5-9\trash\tA\\|B[1]\t_\t_\t\n1-2.1\t7-9\tsh\tC\t_\t_\t\n",
            [("Iron rash", "A|B")],
            [],
        ),
        # Several relations on one row, and one without a label.
        (
            "1-1\t0-4\tIron\tA\tR\t1-2\t\n1-2\t5-9\trash\tC\tR|*\t1-1|1-1\t\n",
            [("Iron", "A"), ("rash", "C")],
            [(0, 1), (1, 0)],
        ),
    ],
    ids=["stacked", "zero", "part", "several"],
)
def test_rows_of_webanno(
    rows: str, mentions: list[Any], relations: list[Any], tmp_path: Path
) -> None:
    path = write_text(tmp_path / "d.tsv", f"{HEAD}#Text=Iron rash\n{rows}")
    (found,), report = read_as("webanno_tsv", path)
    assert [(x.text, x.label) for x in found.entities] == mentions
    assert sorted((x.head, x.tail) for x in found.relations) == relations
    assert report.broken == []


def test_webannos_offsets_count_utf16_and_are_not_made_anew(tmp_path: Path) -> None:
    rows = "1-1\t0-2\t\U0001f642\t_\t_\t_\t\n1-2\t4-8\tIron\tA\t_\t_\t\n"
    path = write_text(tmp_path / "d.tsv", f"{HEAD}#Text=\U0001f642  Iron\n{rows}")
    (found,), _ = read_as("webanno_tsv", path)
    assert [(x.start, x.end) for x in found.entities] == [(3, 7)]
    with pytest.raises(ValueError, match="d.tsv:8: the text has"):
        moved = path.read_text().replace("4-8", "3-7")
        read_as("webanno_tsv", write_text(path, moved))


def test_touching_mentions_of_io_tags_are_told(tmp_path: Path) -> None:
    rows = "Acme\tI-ORG\nBeta\tI-ORG\nsold\tO\n"
    (found,), report = read_as("conll", write_text(tmp_path / "a", rows))
    assert [x.text for x in found.entities] == ["Acme Beta"]
    assert any("IO" in note for note in report.notes)
    # The text of columns is made up: no blank stands behind its last token.
    assert found.text == "Acme Beta sold"


@pytest.mark.parametrize(
    ("name", "file"),
    [("prodigy", "o.jsonl"), ("label_studio", "o.json"), ("bioc", "o.xml")],
)
def test_repeats_are_merged_in_every_format(
    name: str, file: str, tmp_path: Path
) -> None:
    mention = Entity(start=0, end=5, label="D", text="acute")
    given = Example(id="e", text=TEXT, entities=(mention,))
    path = tmp_path / file
    chosen = {"unit": "characters"} if name == "bioc" else {}
    make_format(name, chosen).write([given], path, Report())
    whole = path.read_text()
    if name == "bioc":
        start, end = whole.index("<annotation"), whole.index("</annotation>") + 13
        twice = whole[start:end].replace('id="', 'id="z')
        path.write_text(whole[:end] + twice + whole[end:])
    else:
        data = json.loads(whole)
        record = data if name == "prodigy" else data[0]["annotations"][0]
        marks = record["spans" if name == "prodigy" else "result"]
        marks.append({**marks[0], **({} if name == "prodigy" else {"id": "z"})})
        path.write_text(json.dumps(data) + "\n")
    (found,), report = read_as(name, path, prefix="")
    assert found.entities == (mention,)
    assert report.left_out == {"repeated mention": 1}
