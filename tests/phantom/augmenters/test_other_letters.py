"""Short forms in other letters: of the same shape, the same all over a passage."""

import re

import pytest
from tests.builders import MEDICINE, example

from phantom.augmenters.base import Passages
from phantom.augmenters.other_letters import other_letters
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(MEDICINE)


def change(pack: Pack, tagged: str, **options: object) -> list[Example]:
    passages = Passages(pack, [given := example(tagged, id="a")], 0, [given])
    return list(other_letters(passages, share=1.0, **options))  # type: ignore[arg-type]


def test_the_same_letters_stand_in_every_place(pack: Pack) -> None:
    (found,) = change(
        pack,
        "<DISEASE id=1>VHL</DISEASE> families: <DISEASE id=2>VHL</DISEASE> in 3, "
        "<GENE id=3>ATP7B</GENE> normal, VHLs unknown.",
    )
    first, second, gene = (e.text for e in found.entities)
    assert first == second != "VHL"
    assert re.fullmatch("[A-Z]{3}", first)
    assert re.fullmatch("[A-Z]{3}[1-9][A-Z]", gene)
    assert found.text == (
        f"{first} families: {first} in 3, {gene} normal, VHLs unknown."
    )


@pytest.mark.parametrize(
    "tagged",
    [
        "<DISEASE id=1>Gout</DISEASE> and <CHEMICAL id=2>Ca</CHEMICAL>.",
        "<DISEASE id=1>von Hippel-Lindau</DISEASE> (<DISEASE id=2>VHL</DISEASE>)",
        "The VHL test was done.",
        "<GENE id=1>Thyrotropin</GENE> (<GENE id=2>TSH</GENE>), <GENE id=3>TSH</GENE>.",
        "von Hippel-Lindau (VHL) disease: <DISEASE id=1>VHL</DISEASE> runs in families",
    ],
)
def test_words_and_what_the_passage_defines_stay(pack: Pack, tagged: str) -> None:
    assert change(pack, tagged) == []


def test_labels_may_be_chosen(pack: Pack) -> None:
    tagged = "<DISEASE id=1>VHL</DISEASE> and <GENE id=2>ATP7B</GENE>."
    (found,) = change(pack, tagged, labels=["GENE"])
    assert found.entities[0].text == "VHL"
    assert found.entities[1].text != "ATP7B"


def test_two_names_never_become_one(pack: Pack) -> None:
    """Forty of two letters, of which some would be drawn twice."""
    names = [f"{a}{b}" for a in "ABCDE" for b in "KLMNOPQR"]
    tagged = ", ".join(f"<GENE id={i}>{x}</GENE>" for i, x in enumerate(names))
    (found,) = change(pack, tagged)
    assert len({entity.text for entity in found.entities}) == 40
