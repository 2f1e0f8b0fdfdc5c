import csv
from pathlib import Path

import pytest
from tests.builders.formats import write_text

from phantom.formats.base import Report, read_format
from phantom.records import Example

EUADR = ["ASSOCIATION_TYPE", "PMID", "NUM_SENTENCE", "ENTITY1_TEXT", "ENTITY1_INI",
         "ENTITY1_END", "ENTITY1_TYPE", "ENTITY2_TEXT", "ENTITY2_INI", "ENTITY2_END",
         "ENTITY2_TYPE", "SENTENCE"]  # fmt: skip
GAD = ["GAD_ID", "associationType", "geneSymbol", "geneId", "GENE_ENTITY_OFFSET",
       "DISEASE_ENTITY_OFFSET", "raw_sentence", "diseaseId"]  # fmt: skip
TEXT = "p53, not p53-like, in rash"


def gad(kind: str = "Y", gene: str = "0#3", rash: str = "22#26", text: str = TEXT,
        name: str = "1") -> list[str]:  # fmt: skip
    return [name, kind, "TP53", "7157", gene, rash, text, "D5"]


def read(
    tmp_path: Path, rows: list[list[str]], pairs: str, delimiter: str = ","
) -> tuple[list[Example], Report]:
    with (tmp_path / "o.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    files = {"tsv": write_text(tmp_path / "t.tsv", pairs), "csv": tmp_path / "o.csv"}
    report = Report()
    return list(read_format("biobert_pairs", files, "x", report)), report


def test_originals_are_found_by_offsets(tmp_path: Path) -> None:
    pairs = "index\tsentence\tlabel\n0\tp53, not @GENE$-like, in @DISEASE$\t1\n"
    (found,), report = read(tmp_path, [GAD, gad(), gad(gene="9#12")], pairs)
    assert found.orig and found.orig["text"] == TEXT
    assert [(x["start"], x["text"]) for x in found.orig["entities"]] == [
        (9, "p53"),
        (22, "rash"),
    ]
    assert [(x.head, x.tail, x.label) for x in found.relations] == [
        (0, 1, "ASSOCIATION")
    ]
    assert found.meta == {"label": 1, "assoc_type": "Y", "gad_id": "1",
                          "gene_id": "7157", "gene_symbol": "TP53",
                          "disease_mesh": "D5"}  # fmt: skip
    assert report.lines() == []


def test_a_table_with_tabs_and_two_columns_of_offsets(tmp_path: Path) -> None:
    row = ["FA", "9", "4", "p53", "15", "18", "SNP", "Rash", "0", "4", "D",
           "Rash without a p53 gene"]  # fmt: skip
    pairs = "@DISEASE$  without a @GENE$ gene\t0\n"
    (found,), _ = read(tmp_path, [EUADR, row], pairs, "\t")
    assert found.orig and found.orig["text"] == row[-1]
    assert [x.label for x in found.entities] == ["DISEASE", "GENE"]
    assert found.relations == () and found.meta["sent"] == 4


def test_of_several_originals_those_of_the_label_in_turn(tmp_path: Path) -> None:
    texts = [TEXT.replace("rash", x) for x in ("gout", "rash", "acne")]
    rows = [gad(kind, text=text, name=name) for kind, text, name in
            zip("YFF", texts, "123", strict=True)]  # fmt: skip
    pairs = "@GENE$, not p53-like, in @DISEASE$\t0\n" * 2
    found, _ = read(tmp_path, [GAD, *rows], pairs)
    assert [x.meta["gad_id"] for x in found] == ["2", "3"]


def test_what_is_not_found_or_wrong_is_told(tmp_path: Path) -> None:
    pairs = "@GENE$ in @DISEASE$\t1\n@GENE$ in @GENE$\t1\n@GENE$ @DISEASE$\tyes\n"
    bad = [gad(rash="2#5"), gad(rash="x"), gad(rash="22#99")]
    found, report = read(tmp_path, [GAD, gad(), *bad], pairs)
    assert [x.orig for x in found] == [None]
    assert report.left_out == {"original names that the table does not have": 1}
    places = [Path(x.partition(": ")[0]).name for x in report.broken]
    assert places == ["o.csv:3", "o.csv:4", "o.csv:5", "t.tsv:2", "t.tsv:3"]
    with pytest.raises(ValueError, match="o.csv:1: the header has a, b"):
        read(tmp_path, [["a", "b"]], pairs)
