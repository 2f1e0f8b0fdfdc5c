from pathlib import Path

from tests.builders.formats import write_text

from phantom.formats.base import Report, read_format
from phantom.records import Example

# "rash" of the first sentence is nearer to the second Iron, yet a sentence away.
TEXT = "Iron gave them a rash. Iron-50 mg: rash and itch"
MENTIONS = [(0, 4, "Iron", "Chemical", "D1"), (17, 21, "rash", "Disease", "D2"),
            (23, 27, "Iron", "Chemical", "D1"), (35, 39, "rash", "Disease", "D2"),
            (44, 48, "itch", "Disease", "-1")]  # fmt: skip
ROWS = """Iron B-Chemical
gave O
them O
a O
rash B-Disease
. O

Iron B-Chemical
- O
50 O
mg O
: O
rash B-Disease
and O
itch B-Disease
"""


def pubtator(name: str = "7") -> str:
    lines = [f"{name}|t|{TEXT[:22]}", f"{name}|a|{TEXT[23:]}"]
    lines += ["\t".join([name, *map(str, x)]) for x in MENTIONS]
    return "\n".join([*lines, f"{name}\tCID\tD1\tD2", "", ""])


def read(
    format_: str, tmp_path: Path, abstracts: str, rows: str
) -> tuple[list[Example], Report]:
    files = {
        "pubtator": write_text(tmp_path / "p.txt", abstracts),
        "iob": write_text(tmp_path / "s.tsv", rows),
    }
    report = Report()
    return list(read_format(format_, files, "x", report)), report


def test_sentences_take_spacing_and_concepts_of_the_abstract(tmp_path: Path) -> None:
    (first, second), report = read("bc5cdr_sentences", tmp_path, pubtator(), ROWS)
    assert (first.text, second.text) == (TEXT[:22], TEXT[23:])
    assert [(x.text, x.label, x.id) for x in second.entities] == [
        ("Iron", "CHEMICAL", "D1"),
        ("rash", "DISEASE", "D2"),
        ("itch", "DISEASE", "-1"),
    ]
    assert [(x.head, x.tail) for x in second.relations] == [(0, 1)]
    assert second.meta == {"pmid": "7"}
    assert report.lines() == []


def test_a_sentence_of_no_abstract_is_named(tmp_path: Path) -> None:
    rows = "Zinc O\nhelps O\n\n" + ROWS
    found, report = read("bc5cdr_sentences", tmp_path, pubtator(), rows)
    assert len(found) == 2
    assert "s.tsv:1: 'Zinc helps' neither goes on nor begins" in report.broken[0]


def test_abstracts_come_in_the_order_of_the_sentences(tmp_path: Path) -> None:
    other = "6|t|Zinc helps\n6|a|\n\n"
    rows = ROWS + "\nZinc O\nhelps O\n"
    found, _ = read("bc5cdr_abstracts", tmp_path, other + pubtator(), rows)
    assert [x.id for x in found] == ["x-7", "x-6"]
    assert [(x.head, x.tail) for x in found[0].relations] == [(2, 3)]
    assert found[0].meta == {"pmid": "7", "title_end": 22, "cid": [["D1", "D2"]]}
    assert found[1].meta == {"pmid": "6", "title_end": 10, "cid": []}


def test_sentences_first_then_the_nearest_beginnings(tmp_path: Path) -> None:
    # One sentence alone: the nearest beginnings are those of rash and second Iron.
    rows = ROWS.replace(". O\n\n", ". O\n")
    found, _ = read("bc5cdr_abstracts", tmp_path, pubtator(), rows)
    assert [(x.head, x.tail) for x in found[0].relations] == [(2, 1)]
