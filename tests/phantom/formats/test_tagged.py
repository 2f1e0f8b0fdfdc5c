from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.formats import read_as, turn_round, write_text

from phantom.formats.tags import name_scheme, read_spans
from phantom.records import Example

FIRM = [("Northgate Plc", "ORG"), ("Lindholm", "PER")]
SCHEMES = {
    "IOB1": "I-ORG I-ORG O I-PER O",
    "IOB2": "B-ORG I-ORG O B-PER O",
    "BIOES": "B-ORG E-ORG O S-PER O",
    "BILOU": "B-ORG L-ORG O U-PER O",
    "BMEWO": "B-ORG E-ORG O W-PER O",
    "IO": "I-ORG I-ORG O I-PER O",
}


def surfaces(found: Example) -> list[tuple[str, str]]:
    return [(x.text, x.label) for x in found.entities]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("form", ["{}\t{}", "{} NN {}", "{}\tNN\t{}\r"])
def test_every_scheme_and_form_of_columns(
    scheme: str, form: str, tmp_path: Path
) -> None:
    tokens = "Northgate Plc hired Lindholm .".split()
    rows = zip(tokens, SCHEMES[scheme].split(), strict=True)
    lines = "\n".join(form.format(*row) for row in rows)
    (found,), _ = read_as("conll", write_text(tmp_path / "a", f"{lines}\n\n"))
    assert found.text == "Northgate Plc hired Lindholm."
    assert surfaces(found) == FIRM


@pytest.mark.parametrize(
    ("tags", "name", "spans"),
    [
        ("I-A B-A O", "IOB1", [(0, 1, "A"), (1, 2, "A")]),
        ("B-A B-A I-B", "IOB1", [(0, 1, "A"), (1, 2, "A"), (2, 3, "B")]),
        ("B-A I-A B-A", "IOB2", [(0, 2, "A"), (2, 3, "A")]),
        ("I-A I-A I-B", "IO", [(0, 2, "A"), (2, 3, "B")]),
        ("S-A B-A I-A E-A", "BIOES", [(0, 1, "A"), (1, 4, "A")]),
        ("U-A B_A M_A L_A", "BIOES", [(0, 1, "A"), (1, 4, "A")]),
        ("O B-a-b", "IOB2", [(1, 2, "a-b")]),
    ],
)
def test_schemes_are_told_by_their_letters(
    tags: str, name: str, spans: list[tuple[int, int, str]]
) -> None:
    assert name_scheme([tags.split()]) == name
    assert read_spans(tags.split(), name) == spans


@pytest.mark.parametrize("tags", ["B-A O E-A", "I-A E-A", "B-A", "S-A I-A", "B-A E-B"])
def test_bioes_that_does_not_fit_together_is_an_error(tags: str) -> None:
    with pytest.raises(ValueError, match="BIOES|ends no mention"):
        read_spans(tags.split(), "BIOES")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Acme\tO\nLtd\n", "a:2: one column"),
        ("Acme\tO\nLtd\tNN\tO\n", "a:2: 3 columns, expected 2"),
        ("Acme\tO\nLtd\tORG\n", "a:2: 'ORG' is no tag"),
        ("Acme\tB-ORG\nLtd\tE-PER\n", "a:1: tag 2 is E-PER"),
        ("Acme\tO\n \tB-ORG\n", "a:1: a blank token with an entity's tag"),
    ],
)
def test_a_broken_sentence_is_named_and_the_next_one_read(
    lines: str, said: str, tmp_path: Path
) -> None:
    path = write_text(tmp_path / "a", f"{lines}\nAll\tO\nwell\tO\n")
    (found,), report = read_as("conll", path)
    assert found.text == "All well"
    assert len(report.broken) == 1 and said in report.broken[0]


def test_nothing_read_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="a: nothing was read as conll\nwrong: .*a:1: one"
    ):
        read_as("conll", write_text(tmp_path / "a", "Acme\n"))
    with pytest.raises(ValueError, match="nothing was read as mtl_iob"):
        read_as("mtl_iob", write_text(tmp_path / "b", "\n\n"))


def test_numbers_comments_and_headings_are_no_tokens(tmp_path: Path) -> None:
    text = "id\tword\ttag\n# sent 1\n1\tAcme\tB-ORG\n1-2\tx\tO\n2\t#\tO\n\n1\tNo\tO\n"
    found, report = read_as("conll", write_text(tmp_path / "a", text))
    assert [x.tokens for x in found] == [["Acme", "#"], ["No"]]
    assert any("the second is the token" in note for note in report.notes)


def test_a_document_of_figures_has_no_column_of_numbers(tmp_path: Path) -> None:
    text = "1 CD O\n2 CD O\n\n7 CD O\n"
    found, _ = read_as("conll", write_text(tmp_path / "a", text))
    assert [x.tokens for x in found] == [["1", "2"], ["7"]]


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2009"])
def test_a_token_of_white_space_keeps_the_columns_in_place(
    blank: str, tmp_path: Path
) -> None:
    text = f"-DOCSTART- -X- O\n\npaid VB O\n{blank}  SP O\n10 CD B-SUM\n"
    (found,), report = read_as("conll", write_text(tmp_path / "a", text))
    assert (found.text, surfaces(found)) == ("paid 10", [("10", "SUM")])
    assert report.left_out == {"blank token": 1}
    assert found.meta == {"doc": 0, "sent": 0}


def test_the_text_of_a_comment_is_the_text(tmp_path: Path) -> None:
    text = "# id = r7\n# text = 5 %  off\n5\tB-RATE\n%\tI-RATE\noff\tO\n"
    (found,), _ = read_as("conll", write_text(tmp_path / "a", text))
    assert (found.id, found.text) == ("r7", "5 %  off")
    assert surfaces(found) == [("5 %", "RATE")]
    path = write_text(tmp_path / "b", "# text = other\n5\tO\n\n6\tO\n")
    assert "not those of the `# text`" in read_as("conll", path)[1].broken[0]


@pytest.mark.parametrize(
    ("name", "settings", "label"),
    [
        ("conll", {}, "Drug-x"),
        ("conll", {"upper": True}, "DRUG-X"),
        ("mtl_iob", {}, "DRUG-X"),
        ("mtl_iob", {"upper": False}, "Drug-x"),
    ],
)
def test_labels_stay_as_written_unless_asked(
    name: str, settings: dict[str, bool], label: str, tmp_path: Path
) -> None:
    path = write_text(tmp_path / "a", "5\tB-Drug-x\n%\tI-Drug-x\n")
    (found,), _ = read_as(name, path, **settings)
    assert surfaces(found) == [("5%", label)]


def test_what_columns_can_say_comes_back(tmp_path: Path) -> None:
    given = [
        example("<ORG id=1>A-B</ORG><PER id=2>Lee</PER>s  # O", id="r1"),
        example("# <ORG id=1>x</ORG> O", (1, "OWNS", 1), id="r2"),
    ]
    found, report = turn_round("conll", given, tmp_path / "a")
    kept = [(x.id, x.text, x.entities) for x in given]
    assert [(x.id, x.text, x.entities) for x in found] == [
        (name, text, tuple(e.model_copy(update={"id": None}) for e in entities))
        for name, text, entities in kept
    ]
    assert report.left_out == {"relation": 1}


def test_finer_reads_its_table_and_names_a_bad_code(tmp_path: Path) -> None:
    rows = 'gold_label,gold_token,doc_idx,sent_idx\n5,Acme,0,0\n6,Ltd,0,0\n0," ",0,0\n'
    path = write_text(tmp_path / "a.csv", rows + "9,Odd,0,1\n0,Well,0,2\n")
    found, report = read_as("finer_csv", path)
    assert [(x.id, surfaces(x)) for x in found] == [
        ("x-0000-000", [("Acme Ltd", "ORG")]),
        ("x-0000-002", []),
    ]
    assert report.broken == [f"{path}:5: gold_label 9, expected 0 to 6"]
    with pytest.raises(ValueError, match="a.csv:1: no column sent_idx"):
        read_as("finer_csv", write_text(path, "gold_label,gold_token,doc_idx\n"))


@pytest.mark.parametrize("blank", ["\u200b", "\u00a0", "\ufeff\u200b", "\u00ad"])
def test_tokens_that_nobody_sees_are_blank(blank: str, tmp_path: Path) -> None:
    text = f"Acme\tB-ORG\n{blank}\tO\nLtd\tB-ORG\n"
    (found,), report = read_as("conll", write_text(tmp_path / "a", text))
    assert found.tokens == ["Acme", "Ltd"]
    assert report.left_out == {"blank token": 1}


def test_blanks_around_tabs_are_no_part_of_a_cell(tmp_path: Path) -> None:
    text = "Acme \t NN \t B-ORG \nLtd \t NN \t I-ORG \n"
    (found,), _ = read_as("conll", write_text(tmp_path / "a", text))
    assert surfaces(found) == [("Acme Ltd", "ORG")]


def test_what_might_surprise_is_noted(tmp_path: Path) -> None:
    nested = write_text(tmp_path / "a", "Acme\tB-ORG\tO\nIowa\tI-ORG\tB-LOC\n")
    (found,), report = read_as("conll", nested)
    assert surfaces(found) == [("Iowa", "LOC")]
    assert report.notes == [f"{nested}: columns 2 and 3 hold tags; the last is read"]
    headed = write_text(tmp_path / "b", "Acme\tORG\nLtd\tO\n")
    _, report = read_as("conll", headed)
    assert report.notes == [
        f"{headed}:1: read as headings, not as a token",
        f"{headed}: no mention in any of the 1 records",
    ]
