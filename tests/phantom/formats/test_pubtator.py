from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.formats import read_as, turn_round, write_text

from phantom.records import Example

TEXT = "P1|t|Iron and rash.\nP1|a|Iron gave rash. Rash eased.\n"
IRON = "P1\t0\t4\tIron\tChemical\tD1\n"
RASH = "P1\t9\t13\trash\tDisease\tD2\n"


def read(tmp_path: Path, lines: str, **settings: str) -> Example:
    path = write_text(tmp_path / "p.txt", lines)
    (found,), report = read_as("pubtator", path, **settings)
    assert report.broken == []
    return found


def test_columns_tell_mentions_from_relations(tmp_path: Path) -> None:
    lines = "P1\t25\t29\trash\tDisease\nP1\t15\t19\tIron\tChemical\tD1\tiron\n"
    relations = "P1\tGives\tD1\tD2\tNovel\nP1\tEases\tD1\tD2\n"
    found = read(tmp_path, TEXT + IRON + RASH + lines + relations)
    assert [(x.text, x.label, x.id) for x in found.entities] == [
        ("Iron", "Chemical", "D1"),
        ("rash", "Disease", "D2"),
        ("Iron", "Chemical", "D1"),
        ("rash", "Disease", None),
    ]
    assert [(x.head, x.tail, x.label) for x in found.relations] == [
        (0, 1, "Gives"),
        (0, 1, "Eases"),
    ]
    assert found.meta["concept_pairs"][0] == {
        "label": "Gives",
        "head": "D1",
        "tail": "D2",
        "novel": "Novel",
    }
    assert found.meta["parts"] == [[15, 19, "iron"]]


@pytest.mark.parametrize("title", ["Iron and rash. ", " Iron | rash", "Iron|a|rash"])
def test_titles_are_taken_as_they_are(title: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"P1|t|{title}\nP1|a|  Well|t|so \r\n")
    assert found.text == f"{title}   Well|t|so "
    assert read(tmp_path, f"P1|t|{title}\n").text == title


@pytest.mark.parametrize(
    ("ids", "settings", "joined"),
    [
        ("D1|D2", {}, "D1|D2"),
        ("D1,D2", {}, "D1|D2"),
        ("D1,D2", {"id_separator": "|"}, "D1,D2"),
        ("p|SUB|R|2", {"id_separator": ","}, "p|SUB|R|2"),
    ],
)
def test_concepts_of_one_mention(
    ids: str, settings: dict[str, str], joined: str, tmp_path: Path
) -> None:
    lines = TEXT + IRON.replace("D1", ids) + RASH + f"P1\tX\t{ids}\tD2\n"
    found = read(tmp_path, lines, **settings)
    assert found.entities[0].id == joined


def test_a_relation_joins_the_closest_mentions(tmp_path: Path) -> None:
    # "rash" of the title is nearer to the second Iron, yet in another sentence.
    lines = (
        IRON + RASH + IRON.replace("0\t4", "15\t19") + RASH.replace("9\t13", "25\t29")
    )
    found = read(tmp_path, TEXT + lines + "P1\tX\tD1\tD2\n")
    ends = [(found.entities[x.head].start, found.entities[x.tail].start)
            for x in found.relations]  # fmt: skip
    assert ends == [(0, 9)]


def test_whole_ids_are_compared(tmp_path: Path) -> None:
    path = write_text(tmp_path / "p", TEXT + IRON + RASH + "P1\tX\tD1\tD22\n")
    (found,), report = read_as("pubtator", path)
    assert found.relations == ()
    assert report.left_out == {"relation of a concept without a mention": 1}
    assert report.places["relation of a concept without a mention"] == [f"{path}:5"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "P1\t0\t4\tZinc\tChemical\tD1",
            "p:3: the text has 'Iron' at 0-4, the mention",
        ),
        ("P1\t0\t99\tIron\tChemical\tD1", "p:3: mention 3 lies at 0-99"),
        ("P2\t0\t4\tIron\tChemical\tD1", "p:3: 'P2' is not the document's id"),
        ("P1 0 4 Iron Chemical D1", "p:3: 'P1 0 4 Iron Chemical D1' is not"),
        ("P1\t0\t4", "p:3: 3 columns"),
    ],
)
def test_a_bad_document_is_named_and_the_next_one_read(
    line: str, said: str, tmp_path: Path
) -> None:
    path = write_text(tmp_path / "p", f"{TEXT}{line}\n\nPMC7|t|All well.\n")
    (found,), report = read_as("pubtator", path)
    assert (found.id, found.text) == ("x-PMC7", "All well.")
    assert len(report.broken) == 1 and said in report.broken[0]


def test_documents_that_come_twice(tmp_path: Path) -> None:
    path = write_text(tmp_path / "p", f"{TEXT}\n{TEXT}\n{TEXT}{IRON}")
    found, report = read_as("pubtator", path)
    assert len(found) == 1
    assert report.left_out == {"repeated document": 1}
    assert "p:7: document P1 is in line 1 with other content" in report.broken[0]


def test_another_file_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing was read as pubtator"):
        read_as("pubtator", write_text(tmp_path / "p", "Iron O\nrash B-X\n"))


def test_what_pubtator_can_say_comes_back(tmp_path: Path) -> None:
    lines = "P1\t15\t19\tIron\tChemical\n" + RASH + IRON.replace("\tD1", "\tD1|D3\ta|b")
    given = read(tmp_path, TEXT + lines + "P1\tX\tD3\tD2\tNo\nP1\tX\tD2\tD1\n")
    found, report = turn_round("pubtator", [given], tmp_path / "q")
    assert found == [given]
    assert len(found[0].relations) == 2 and report.lines() == []
    breaks = given.model_copy(update={"text": "Iron\nand", "entities": (),
                                      "relations": ()})  # fmt: skip
    with pytest.raises(ValueError, match="line breaks"):
        turn_round("pubtator", [breaks], tmp_path / "q")


def test_a_tab_inside_a_mention_takes_no_column(tmp_path: Path) -> None:
    given = example("iron\toxide", mentions=[("iron\toxide", "C")], id="7")
    found, _ = turn_round("pubtator", [given], tmp_path / "q", prefix="")
    assert [x.text for x in found[0].entities] == ["iron\toxide"]


@pytest.mark.parametrize(("ids", "concepts"), [("D1;D2", "D1|D2"), ("-", None)])
def test_concepts_of_pubtator_central(
    ids: str, concepts: str | None, tmp_path: Path
) -> None:
    text = f"1|t|Gout.\n1|a|Bad.\n1\t0\t4\tGout\tDisease\t{ids}\n"
    (found,), _ = read_as("pubtator", write_text(tmp_path / "a", text))
    assert found.entities[0].id == concepts


def test_a_second_abstract_is_wrong(tmp_path: Path) -> None:
    text = "1|t|Gout.\n1|a|Bad.\n1|a|Worse.\n1\t0\t4\tGout\tDisease\tD1\n"
    with pytest.raises(ValueError, match=":3: a second abstract"):
        read_as("pubtator", write_text(tmp_path / "a", text))


def test_bars_of_variants_part_nothing(tmp_path: Path) -> None:
    # As tmVar has it: a number beside each variant, no parts.
    rows = (
        "P1\t0\t4\tIron\tVariant\tp|SUB|R|2\tRS#:1\n"
        "P1\t9\t13\trash\tVariant\tc|DEL|1,2|A\tRS#:2\n"
    )
    path = write_text(tmp_path / "p.txt", TEXT + rows)
    (found,), report = read_as("pubtator", path)
    assert [x.id for x in found.entities] == ["p|SUB|R|2", "c|DEL|1,2|A"]
    assert "bars and commas belong to the concepts" in report.notes[0]


def test_written_with_commas_a_variant_keeps_its_bars(tmp_path: Path) -> None:
    rows = "P1\t0\t4\tIron\tVariant\tD1,p|SUB|R|2,D2\n"
    found = read(tmp_path, TEXT + rows + RASH, id_separator=",")
    (back,), _ = turn_round("pubtator", [found], tmp_path / "q", "", id_separator=",")
    assert back.entities == found.entities
    written = (tmp_path / "q").read_text(encoding="utf-8")
    assert "\tD1,p|SUB|R|2,D2\n" in written and "\tD2\n" in written
