"""Words beside names: outside of every mention, and only where one fits."""

import pytest
from tests.builders import MEDICINE, example

from phantom.augmenters.base import Passages
from phantom.augmenters.qualifiers import qualifiers
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(MEDICINE)


def qualify(pack: Pack, tagged: str, **options: object) -> list[Example]:
    passages = Passages(pack, [given := example(tagged, id="a")], 0, [given])
    settings = {"share": 1.0, "rate": 1.0, "before": {"DISEASE": ["severe"]}, **options}
    return list(qualifiers(passages, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tagged", "text"),
    [
        ("Two had <DISEASE id=1>gout</DISEASE>.", "Two had severe gout."),
        ("He had a <DISEASE id=1>rash</DISEASE>.", "He had a severe rash."),
        (
            "<DISEASE id=1>Gout</DISEASE> and <DISEASE id=2>rash</DISEASE>.",
            "Gout and severe rash.",
        ),
    ],
)
def test_the_word_stands_before_the_name_and_outside(
    pack: Pack, tagged: str, text: str
) -> None:
    (found,) = qualify(pack, tagged)
    assert found.text == text
    before = example(tagged).entities
    assert [e.text for e in found.entities] == [e.text for e in before]
    assert all(found.text[e.start : e.end] == e.text for e in found.entities)


@pytest.mark.parametrize(
    "tagged",
    [
        "<DISEASE id=1>Gout</DISEASE> was seen.",
        "Nothing. <DISEASE id=1>Gout</DISEASE> was seen.",
        "He had an <DISEASE id=1>ulcer</DISEASE>.",
        "He had severe <DISEASE id=1>gout</DISEASE>.",
        "See [<DISEASE id=1>gout</DISEASE>].",
        "Drug-<DISEASE id=1>gout</DISEASE> (<DISEASE id=2>G</DISEASE>)",
        "Two took <CHEMICAL id=1>iron</CHEMICAL>.",
    ],
)
def test_where_no_word_fits_the_passage_has_no_variant(pack: Pack, tagged: str) -> None:
    assert qualify(pack, tagged) == []


def test_words_behind_a_name_end_its_clause(pack: Pack) -> None:
    words = {"before": None, "behind": {"CHEMICAL": ["infusion"]}}
    (found,) = qualify(pack, "Two took <CHEMICAL id=1>iron</CHEMICAL>.", **words)
    assert found.text == "Two took iron infusion."
    assert [e.text for e in found.entities] == ["iron"]
    assert not qualify(pack, "<CHEMICAL id=1>Iron</CHEMICAL> helped.", **words)


@pytest.mark.parametrize(
    ("article", "word", "fits"),
    [("an", "acute", True), ("a", "acute", False), ("a", "unilateral", True)],
)
def test_the_article_before_a_word_is_the_one_that_it_wants(
    pack: Pack, article: str, word: str, fits: bool
) -> None:
    tagged = f"He had {article} <DISEASE id=1>rash</DISEASE>."
    assert bool(qualify(pack, tagged, before={"DISEASE": [word]})) == fits


def test_words_behind_a_name_go_before_those_of_its_language() -> None:
    german = load_pack(MEDICINE.parent / "medicine_de")
    words = {"before": None, "behind": {"WIRKSTOFF": ["oral"]}}
    iron = "Zwei nahmen <WIRKSTOFF id=1>Eisen</WIRKSTOFF>"
    for rest, fits in ((" sowie Brot.", 1), (" bei Fieber.", 1), (" and in so.", 0)):
        assert len(qualify(german, iron + rest, **words)) == fits
