"""Lexicons as people's spreadsheets write them."""

import random
from pathlib import Path

import pytest
import yaml

from phantom.packs.lexicons import SeedSource, check_tables, read_names
from phantom.packs.pack import Pack, load_pack
from phantom.packs.tables import read_table


def names(folder: Path, content: bytes) -> list[str]:
    path = folder / "names.tsv"
    path.write_bytes(content)
    return [row["name"] for row in read_table(path, ["name"], ["name"])]


@pytest.mark.parametrize(
    ("content", "right"),
    [
        (b"name\tid\nasthma\t1\ngout\t2\n", ["asthma", "gout"]),
        (b"\xef\xbb\xbfname\r\nasthma\r\ngout\r\n", ["asthma", "gout"]),
        (b"name\rasthma\rgout\r", ["asthma", "gout"]),
        (b"name\n  asthma \n\xc2\xa0gout\xc2\xa0\n", ["asthma", "gout"]),
        (b"name\n\xe2\x80\xafgout\xe2\x80\x8b \n", ["gout"]),
        (
            b"name\nheart\xc2\xa0failure\nheart  block\n",
            ["heart failure", "heart block"],
        ),
        (b'name\tid\n"asthma"\t1\n" gout "\t"2"\n', ["asthma", "gout"]),
        (b'name\n"5""-AMP, cyclic"\n', ['5"-AMP, cyclic']),
        (b'name\tid\n"a\tb"\t1\n', ["a b"]),
        (b'name\tid\n5"-cap\t1\n"Q" fever\t2\n', ['5"-cap', '"Q" fever']),
        (b"name\tid\t\t\nasthma\t1\t\t\ngout\t\t\t\n", ["asthma", "gout"]),
        (b"name\tid\nasthma\t1\n\t\n\n", ["asthma"]),
        ("name\nA\u2028B\nC\x85D\n".encode(), ["A B", "C D"]),
        (b"name\nNA\nnull\n", ["NA", "null"]),
        (b"name\n", []),
    ],
)
def test_cells_are_what_the_spreadsheet_shows(
    tmp_path: Path, content: bytes, right: list[str]
) -> None:
    assert names(tmp_path, content) == right


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name\tid\nasthma\t1\n\t2\ngout\t3\n", "names.tsv:3: empty name"),
        (b"name\tid\n \xc2\xa0\t2\ngout\t3\n", "names.tsv:2: empty name"),
        (b'name\tid\nasthma\t1\n""\t2\n', "names.tsv:3: empty name"),
        (b"name\n\nasthma\n", "names.tsv:2: empty name"),
        (b"name\tid\nasthma\n", "names.tsv:2: 1 cells, the header has 2"),
        (b"name\tid\na\tb\tc\n", "names.tsv:2: 3 cells, the header has 2"),
        (b'name\n"heart\nfailure"\n', "names.tsv:2: the quote before 'heart'"),
        (b"", "names.tsv:1: no column name; the header has none"),
        (b"name;id\nasthma;1\n", "no column name.*tabs between cells, not ';'"),
        (b"id,name\n1,asthma\n", "no column name.*tabs between cells, not ','"),
        ("name\ngout\n".encode("utf-16"), "names.tsv: not UTF-8 .UTF-16."),
        (b"Name\nasthma\n", "names.tsv:1: no column name; the header has Name"),
        (b"\xff\xfen\x00a\x00m\x00e\x00\n\x00", "names.tsv: not UTF-8"),
    ],
)
def test_errors_name_the_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        names(tmp_path, content)


@pytest.mark.parametrize(
    "cell",
    ["=A2", '=HYPERLINK("x"; "gout")', "#NAME?", "#REF!", "#DIV/0!", "#N/A", "######",
     "2-Sep", "10-Mar", "Mar-01"],
)  # fmt: skip
def test_what_a_spreadsheet_made_of_a_name_is_refused(
    tmp_path: Path, cell: str
) -> None:
    path = tmp_path / "names.tsv"
    quoted = '"' + cell.replace('"', '""') + '"'
    path.write_text(f"name\tid\ngout\t=1\n{quoted}\t2\n")
    with pytest.raises(ValueError, match=r"names\.tsv:3: name is .* spreadsheet"):
        read_table(path, ["name"], ["name"])
    assert read_table(path, ["name"])[1]["name"] == cell


def test_names_that_look_a_little_like_that_stay(tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    names = ["5-FU", "17-beta", "Mar-1", "SEPT2", "#1 syndrome", "p=0.05", "1-Methyl"]
    path.write_text("\n".join(["name", *names]))
    assert [row["name"] for row in read_table(path, ["name"], ["name"])] == names


def test_a_column_that_is_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    path.write_text("name\tnote\tname\na\tb\tc\n")
    with pytest.raises(ValueError, match=r"names\.tsv:1: column name is there twice"):
        read_table(path, ["name"])
    assert read_table(path, ["note"])[0]["note"] == "b"


def test_other_columns_keep_their_blanks_and_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "patterns.tsv"
    path.write_text('name\tpattern\na\t"(?:x|y)"  ?:\nb\t\n')
    rows = read_table(path, ["name", "pattern"], ["name"])
    assert [row["pattern"] for row in rows] == ['"(?:x|y)"  ?:', ""]


def make_pack(folder: Path) -> Pack:
    path = folder / "toy"
    path.mkdir()
    licence = {"licence": "CC0", "source": "here"}
    pair = {"file": "pairs.tsv", "head": ["A", "drug"], "tail": ["B", "cures"]}
    domain = {
        "name": "toy",
        "title": "t",
        "licence": "MIT",
        "labels": {"A": {"definition": "a"}, "B": {"definition": "b"}},
        "kinds": {"a": {"weight": 1, "entities": {"A": 1, "B": 1}, "pairs": "known"}},
        "lexicons": {"A": [{"file": "a.tsv", **licence}]},
        "pairs": {"known": {**pair, **licence}},
    }
    (path / "domain.yml").write_text(yaml.safe_dump(domain))
    (path / "a.tsv").write_bytes(
        b'\xef\xbb\xbfname\t\r\n" Iron"\t\r\n\xc2\xa0Zinc\t\r\n'
    )
    (path / "pairs.tsv").write_bytes(b'drug\tcures\r\n"Iron "\t anaemia\r\n')
    return load_pack(path)


def test_seeds_pairs_and_dictionary_take_the_same_names(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    assert read_names(pack, "A") == ["Iron", "Zinc"]
    source = SeedSource(pack, random.Random(0))
    assert sorted(source.draw("A", 2)) == ["Iron", "Zinc"]
    assert source.draw_pair("known") == {"A": ["Iron"], "B": ["anaemia"]}
    (pack.path / "pairs.tsv").write_text("drug\tcures\nIron\t\n")
    with pytest.raises(ValueError, match="pairs.tsv:2: empty cures"):
        SeedSource(pack, random.Random(0)).draw_pair("known")


def test_tables_are_read_before_anything_is_paid_for(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    check_tables(pack)
    (pack.path / "pairs.tsv").write_text("drug\tcures\n")
    with pytest.raises(ValueError, match="keeps no row"):
        check_tables(pack)
    (pack.path / "a.tsv").write_text("name\n")
    with pytest.raises(ValueError, match=r"lexicons\.A: no name in its tables"):
        check_tables(pack)


def test_a_table_that_was_edited_is_read_anew_and_its_rows_are_ones_own(
    tmp_path: Path,
) -> None:
    assert names(tmp_path, b"name\nasthma\n") == ["asthma"]
    assert names(tmp_path, b"name\ngout\nrickets\n") == ["gout", "rickets"]
    path = tmp_path / "names.tsv"
    read_table(path, ["name"], ["name"])[0]["name"] = "changed"
    assert read_table(path, ["name"], ["name"])[0] == {"name": "gout"}
    with pytest.raises(ValueError, match="names.tsv:1: no column id"):
        read_table(path, ["id"])
