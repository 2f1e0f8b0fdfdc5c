from pathlib import Path
from typing import Any

import pytest
from tests.builders.formats import read_as, turn_round, write_text

from phantom.formats.tsv_cells import escape_text, split_stack, unescape_text
from phantom.records import Entity, Example, Relation

# Written as INCEpTION writes: stacked spans, a relation on the row of its Dependent,
# part of a token, an escaped label, UTF-16 offsets, a text of two lines.
SOURCE = """#FORMAT=WebAnno TSV 3.3
#T_SP=webanno.custom.Span|id|label
#T_RL=webanno.custom.Link|kind|BT_webanno.custom.Span
#T_CH=de.Coref|referenceType|referenceRelation


#Text=🙂 Big iron
#Text=dose
1-1\t0-2\t🙂\t_\t_\t_\t_\t_\t_\t
1-2\t3-6\tBig\t*[1]\tDRUG\\_X[1]\t_\t_\tx[4]\t*->1-1\t
1-3\t7-11\tiron\tC1[1]|*[2]\tDRUG\\_X[1]|METAL[2]\t_\t_\t_\t_\t
1-4\t12-16\tdose\t*\tAMOUNT\tGIVEN\t1-2[1_0]\t_\t_\t

#Text=Gave pre-op rash.
2-1\t18-22\tGave\t_\t_\t_\t_\t_\t_\t
2-2\t23-29\tpre-op\t_\t_\t_\t_\t_\t_\t
2-2.1\t23-26\tpre\t*\tTIME\t_\t_\t_\t_\t
2-3\t30-34\trash\t*[3]\tSIGN[3]\tAT|CAUSED\t2-2.1[0_3]|1-3[1_3]\t_\t_\t
2-4\t34-35\t.\t_\t_\t_\t_\t_\t_\t
"""


def read(tmp_path: Path, text: str, **settings: str) -> Any:
    return read_as("webanno_tsv", write_text(tmp_path / "d.tsv", text), **settings)


def test_spans_and_relations_lie_where_the_offsets_say(tmp_path: Path) -> None:
    (found,), report = read(tmp_path, SOURCE, label="label", concept="id")
    assert found.text == "🙂 Big iron\ndose  Gave pre-op rash."
    assert [(x.text, x.label, x.id) for x in found.entities] == [
        ("Big iron", "DRUG_X", None),
        ("dose", "AMOUNT", None),
        ("pre", "TIME", None),
        ("rash", "SIGN", None),
    ]
    assert {(x.head, x.label, x.tail) for x in found.relations} == {
        (0, "GIVEN", 1),
        (2, "AT", 3),
        (0, "CAUSED", 3),
    }
    assert report.left_out == {
        "mention that overlaps another": 1,
        "annotation of the layer de.Coref": 1,
    }
    assert "span_layer: webanno.custom.Span" in report.notes[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1-2\t3-6\tBig", "1-2\t2-5\tBig", "d.tsv:10: the text has ' Bi' at 2-5, the"),
        ("#FORMAT=WebAnno TSV 3", "#FORMAT=WebAnno TSV 2", "d.tsv:1: expected #FORM"),
        ("\t_\t_\t_\t_\t_\t_\t\n1-2", "\t_\n1-2", "d.tsv:9: 1 columns of annotation"),
        ("2-1\t18-22", "2-1\t10-14", "d.tsv:15: begins at 10, within the sentence"),
        ("1-2[1_0]", "Big", "d.tsv:12: 'Big' names no token"),
        ("|id|label", "|id|name", "has no feature 'label'; name one with the setting"),
        ("1-1\t0-2", "one\t0-2", "d.tsv:9: 'one.* is no row of a token"),
    ],
)
def test_what_is_wrong_is_named_by_line(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    assert old in SOURCE
    with pytest.raises(ValueError, match=message):
        read(tmp_path, SOURCE.replace(old, new, 1), label="label")


def test_which_layer_must_be_said_where_there_are_two(tmp_path: Path) -> None:
    two = SOURCE.replace("#T_RL", "#T_SP=webanno.custom.Note|text\n#T_RL").replace(
        "\t_\t_\t_\t_\t\n", "\t_\t_\t_\t_\t_\t\n"
    )
    with pytest.raises(ValueError, match="`span_layer`: webanno.custom.Span, webanno"):
        read(tmp_path, two, label="label")


def test_old_releases_escape_as_java_does() -> None:
    assert unescape_text("\\u00e9\\t\\uD83D\\uDE42", old=True) == "é\t🙂"
    assert unescape_text("a\\\\u00e9") == "a\\u00e9"
    odd = "\x01\t\r\\|_[\x0c\x0b"
    assert unescape_text(escape_text(odd)) == odd
    assert split_stack("a\\|b|c\\\\|d") == ["a\\|b", "c\\\\", "d"]


def test_mentions_over_sentences_stay_whole(tmp_path: Path) -> None:
    text = "The firm Acme Inc. Japan sold. It fell."
    ends = [(9, 24, "A|B"), (31, 33, "_")]
    example = Example(
        id="a/b",
        text=text,
        entities=tuple(
            Entity(start=a, end=b, label=x, text=text[a:b]) for a, b, x in ends
        ),
        relations=(Relation(head=1, tail=0, label="[x]*"),),
    )
    (found,), report = turn_round("webanno_tsv", [example], tmp_path / "o", prefix="")
    assert (found.entities, found.relations) == (example.entities, example.relations)
    assert report.left_out == {"id that is no name of a file": 1}
    written = (tmp_path / "o" / "a_b.tsv").read_text(encoding="utf-8")
    assert written.count("#Text=") == 2


def test_a_file_names_only_layers_that_occur_in_it(tmp_path: Path) -> None:
    # INCEpTION leaves layers and features without a mark out of a file's head.
    row = "#Text=Iron\n1-1\t0-4\tIron\t"
    tags = "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.pos.POS|PosValue\n\n\n"
    spans = "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Span|"
    write_text(tmp_path / "a.tsv", f"#FORMAT=WebAnno TSV 3.3\n\n\n{row}\n")
    write_text(tmp_path / "b.tsv", f"{tags}{row}NN\t\n")
    write_text(tmp_path / "c.tsv", f"{spans}value\n\n\n{row}DRUG\t\n")
    write_text(tmp_path / "d.tsv", f"{spans}id\n\n\n{row}C1\t\n")
    found, report = read_as("webanno_tsv", tmp_path, span_layer="webanno.custom.Span")
    assert [[x.label for x in one.entities] for one in found] == [[], [], ["DRUG"], []]
    assert report.broken == []
    assert report.left_out == {
        "annotation of the layer de.pos.POS": 1,
        "span without value": 1,
    }
    (empty,), report = read_as("webanno_tsv", tmp_path / "a.tsv")
    assert (empty.text, empty.entities, report.broken) == ("Iron", (), [])
