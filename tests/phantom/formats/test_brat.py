from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.formats import read_as, turn_round, write_text

from phantom.formats.base import Report, make_format
from phantom.records import digest

TEXT = "renal and liver failure\ncaused by iron \u00b5 🙂 today"
LINES = """T1\tD 0 5;16 23\trenal failure
T3\tD 10 23\tliver failure
T9\tC 34 38\tiron\x20
R2\tCAUSES Cause:T9 Effect:T3\t
A1\tNegated T3
A2\tDegree T3 high
#1\tAnnotatorNotes R2\tsure?
#2\tAnnotatorNotes T9\t
N1\tReference T9 MESH:D1\tiron
N2\tReference T9 UMLS:C1\tiron
*\tSame T3 T9 T1
E1\tGiving:T9 Who:T3
"""


def write(folder: Path, lines: str = LINES, name: str = "a/d1") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path.with_suffix(".txt"), TEXT)
    write_text(path.with_suffix(".ann"), lines)
    return folder


def test_all_kinds_of_lines(tmp_path: Path) -> None:
    (found,), report = read_as("brat", write(tmp_path))
    assert [(x.text, x.id) for x in found.entities] == [
        ("liver failure", None),
        ("iron", "MESH:D1|UMLS:C1"),
    ]
    assert [(x.head, x.tail, x.label) for x in found.relations] == [(1, 0, "CAUSES")]
    assert found.id == "x-a/d1"
    assert found.meta == {
        "brat": "d1",
        "brat_attributes": {"T3": {"Negated": True, "Degree": "high"}},
        "notes": {"R2": [["AnnotatorNotes", "sure?"]], "T9": [["AnnotatorNotes", ""]]},
        "ids": ["T3", "T9"],
        "links": ["R2"],
        "beside": {
            "text": digest(TEXT),
            "mentions": [
                {"key": "T1", "pieces": [[0, 5], [16, 23]], "label": "D", "id": None}
            ],
            "relations": [],
        },
    }
    assert report.left_out == {"mention in pieces": 1, "equivalence": 1, "event": 1}


def test_members_of_an_equivalence_by_pairs(tmp_path: Path) -> None:
    (found,), report = read_as("brat", write(tmp_path), equivalences=True)
    assert [(x.head, x.tail) for x in found.relations if x.label == "Same"] == [(0, 1)]
    assert report.left_out["relation of a mention that was left out"] == 2


def test_two_files_of_one_text_are_read_together(tmp_path: Path) -> None:
    write_text(tmp_path / "p.txt", TEXT)
    write_text(tmp_path / "p.a1", "T1\tC 34 38\tiron\n")
    write_text(tmp_path / "p.a2", "T2\tD 10 23\tliver failure\nR1\tX A:T1 B:T2\n")
    (found,), _ = read_as("brat", tmp_path)
    assert [(x.head, x.tail) for x in found.relations] == [(1, 0)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("T1\tC 34 38\tzinc", "a/d1.ann:1: the text has 'iron' at 34-38"),
        ("T1\tC 34 999\tiron", "d1.ann:1: mention T1 lies at 34-999"),
        ("T1\tC 34-38\tiron", "d1.ann:1: '34-38' are no offsets"),
        ("R1\tX T1 T2", "d1.ann:1: a relation has two arguments"),
        ("Q1\tX", "d1.ann:1: 'Q1' is no kind of line"),
        ("N1\tReference", "not enough values"),
    ],
)
def test_a_bad_document_is_named_and_the_next_one_read(
    line: str, said: str, tmp_path: Path
) -> None:
    write(write(tmp_path, line), "", "a/d2")
    (found,), report = read_as("brat", tmp_path)
    assert found.id == "x-a/d2"
    assert len(report.broken) == 1 and said in report.broken[0]


def test_texts_without_annotation_and_other_paths_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a folder"):
        read_as("brat", write_text(tmp_path / "a.txt", TEXT))
    with pytest.raises(ValueError, match="nothing was read.*\n.*a.txt:1: no .ann"):
        read_as("brat", tmp_path)


def test_what_brat_can_say_comes_back(tmp_path: Path) -> None:
    (given,), _ = read_as("brat", write(tmp_path / "in", name="d1"))
    found, report = turn_round("brat", [given], tmp_path / "out")
    assert (found, report.left_out) == ([given], {"mention in pieces": 1})


def test_a_mention_over_a_line_break_goes_out_in_pieces(tmp_path: Path) -> None:
    text = "the liver\r\nfailure of\nall"
    given = example(text, mentions=[("liver\r\nfailure of\nall", "D")], id="r")
    given = given.model_copy(
        update={"entities": (given.entities[0].model_copy(update={"id": None}),)}
    )
    (found,), _ = turn_round("brat", [given], tmp_path, prefix="")
    assert (found.id, found.text, found.entities) == ("r", text, given.entities)
    lines = (tmp_path / "r.ann").read_text()
    assert lines == "T1\tD 4 9;11 21;22 25\tliver failure of all\n"


def test_labels_that_brat_cannot_have_are_refused(tmp_path: Path) -> None:
    given = example("iron", mentions=[("iron", "A B")])
    report = Report()
    assert make_format("brat", {}).write([given], tmp_path, report) == 0
    assert report.broken == [
        "x: brat has no labels such as 'A B': letters, figures, - and _ alone"
    ]
