from pathlib import Path
from typing import Any

import pytest
from tests.builders.formats import read_as

from phantom.formats.base import Report, read_format
from phantom.formats.workbook import link
from phantom.records import Entity

openpyxl = pytest.importorskip("openpyxl")

WORDS = ["Revenue", "was", "$", "5", "and", "6", ",", "of", "which", "rent", "2"]


def block(tags: dict[int, str], words: list[str] = WORDS) -> list[list[Any]]:
    row = [tags.get(i) for i in range(len(words))]
    return [["Blob ID", 3], ["Sentence ID", 0], ["Sentence", *words],
            ["Secondary Annotation"], ["Manual Annotations", *row],
            ["Comment", "delete"], []]  # fmt: skip


def write(path: Path, **sheets: tuple[str, list[list[list[Any]]]]) -> Path:
    book = openpyxl.Workbook()
    for name, (split, blocks) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([f"{name}.txt", split, "current year", 2020])
        sheet.append([])
        for rows in blocks:
            for row in rows:
                sheet.append(row)
    book.save(path)
    return path


def entity(label: str, *group: int) -> Entity:
    return Entity(start=0, end=1, label=label, text="x", group=list(group) or None)


def test_sheets_of_a_split_become_sentences(tmp_path: Path) -> None:
    linked = block({0: "kpi_1", 3: "cy_1", 5: "false_positive", 9: "thereof_1_1",
                    10: "cy_1_1"})  # fmt: skip
    path = write(tmp_path / "k.xlsx", A=("train", [linked, block({0: "delete"})]),
                 B=("valid", [block({})]), C=("train", [block({})]))  # fmt: skip
    (first, plain), report = read_as("kpi_edgar", path)
    assert first.text == "Revenue was $5 and 6, of which rent 2"
    assert [(x.text, x.label, x.group) for x in first.entities] == [
        ("Revenue", "KPI", [1]),
        ("5", "CY", [1]),
        ("rent", "THEREOF", [1, 1]),
        ("2", "CY", [1, 1]),
    ]
    assert {(x.head, x.tail, x.label) for x in first.relations} == {
        (0, 1, "KPI_CY"),
        (0, 2, "KPI_THEREOF"),
        (2, 3, "THEREOF_CY"),
    }
    assert first.meta == {"filing": "A.txt", "blob": 3, "sent": 0,
                          "false_positive": [[19, 20, "6"]],
                          "extra_links": [[0, 3], [1, 2]]}  # fmt: skip
    assert (plain.entities, plain.meta["filing"]) == ((), "C.txt")
    assert report.left_out == {'sentence marked "delete"': 1}
    (valid,), _ = read_as("kpi_edgar", path, split="valid")
    assert valid.meta["filing"] == "B.txt"


def test_links_go_by_group_and_type() -> None:
    pairs = {
        ("KPI", "ATTR"): [(1,), (1,)],
        ("THEREOF", "PY1"): [(2, 1), (2, 1)],
    }
    for (head, tail), (above, below) in pairs.items():
        found, extra = link([entity(tail, *below), entity(head, *above)])
        assert [(x.head, x.tail, x.label) for x in found] == [(1, 0, f"{head}_{tail}")]
        assert extra == []
    assert link([entity("KPI", 1), entity("CY", 2)]) == ([], [])
    assert link([entity("KPI", 0), entity("CY", 0)]) == ([], [])
    assert link([entity("KPI"), entity("CY", 1)]) == ([], [])
    assert link([entity("CY", 1), entity("PY", 1)]) == ([], [])


def test_a_bad_sentence_and_a_book_without_the_split_are_told(tmp_path: Path) -> None:
    short = block({})[:3]
    blocks = [block({0: "decrese_1"}), short, block({0: "kpi_1"})]
    path = write(tmp_path / "k.xlsx", A=("train", blocks))
    (found,), report = read_as("kpi_edgar", path)
    assert found.entities[0].text == "Revenue"
    assert [x.partition("k.xlsx:")[2] for x in report.broken] == [
        "A!3: 'decrese_1' is no tag of KPI-EDGAR",
        "A!10: no row Manual Annotations, Comment",
    ]
    with pytest.raises(ValueError, match="nothing was read as kpi_edgar"):
        list(read_format("kpi_edgar", {"xlsx": path}, "x", Report(), {"split": "test"}))
