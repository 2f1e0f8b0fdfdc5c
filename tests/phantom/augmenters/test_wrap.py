from textwrap import wrap as fold

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import PETS, example

from phantom.augmenters.base import Passages
from phantom.augmenters.wrap import wrap, wrap_example
from phantom.corpora.docbin import Alignment, to_doc
from phantom.packs.pack import load_pack
from phantom.runtime import blank_pipeline

TAGGED = (
    "The <ANIMAL id=1>guinea pig</ANIMAL> of our neighbour ate "
    "<FOOD id=2>fresh green hay</FOOD>."
)
PASSAGE = example(TAGGED, (1, "EATS", 2), id="a")


def test_lines_break_at_blanks_and_mentions_keep_their_words() -> None:
    copy = wrap_example(PASSAGE, 12)
    assert copy is not None
    assert copy.text == "The guinea\npig of our\nneighbour\nate fresh\ngreen hay."
    assert [e.text for e in copy.entities] == ["guinea\npig", "fresh\ngreen hay"]
    assert copy.relations == PASSAGE.relations
    assert (copy.id, copy.derived_from) == ("a%12", ("a",))
    lost = Alignment()
    doc = to_doc(blank_pipeline("en"), copy, lost)
    assert [e.text for e in doc.ents] == ["guinea\npig", "fresh\ngreen hay"]
    assert len(doc._.relations) == 1 and not lost.mentions


@given(st.integers(10, 90))
def test_widths_are_those_of_the_standard_library(width: int) -> None:
    copy = wrap_example(PASSAGE, width)
    lines = (copy or PASSAGE).text.split("\n")
    assert lines == fold(PASSAGE.text, width)


def test_breaks_and_layout_that_are_there_stay() -> None:
    text = "Fed at  noon.\nThe cat ate again at six."
    copy = wrap_example(example(text, id="b"), 20)
    assert copy is not None
    assert copy.text == "Fed at  noon.\nThe cat ate again at\nsix."


def test_a_share_is_wrapped_and_the_seed_says_which() -> None:
    found = [PASSAGE.model_copy(update={"id": f"p{i}"}) for i in range(400)]
    pack = load_pack(PETS)

    def copies(seed: int) -> list[str]:
        passages = Passages(pack, found, seed, list(found))
        return [copy.id for copy in wrap(passages, share=0.25, narrowest=30, widest=49)]

    assert 60 < len(copies(0)) < 140
    assert copies(0) == copies(0) != copies(1)
    widths = {int(name.split("%")[1]) for name in copies(0)}
    assert min(widths) >= 30 and max(widths) <= 49 and len(widths) > 12


def test_widths_the_wrong_way_round_are_an_error() -> None:
    passages = Passages(load_pack(PETS), [PASSAGE], 0, [PASSAGE])
    with pytest.raises(ValueError, match=r"narrowest \(60\) is above widest \(50\)"):
        list(wrap(passages, share=1.0, narrowest=60, widest=50))
