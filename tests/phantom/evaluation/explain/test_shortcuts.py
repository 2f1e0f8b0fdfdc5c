"""A planted shortcut is found, told from words that do nothing, and acted on."""

import pytest
from tests.builders import MEDICINE, example
from tests.builders.explaining import SHORTCUT, taught_shortcut

from phantom.augmenters.base import Passages
from phantom.augmenters.decoys import decoys
from phantom.evaluation.explain.remedies import hard_negatives, hint_on_shortcuts
from phantom.evaluation.explain.shortcut_records import Rate, Shortcut
from phantom.evaluation.explain.shortcuts import as_found, find_shortcuts
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.records import Example


@pytest.fixture(scope="module")
def found() -> list[Shortcut]:
    nlp = taught_shortcut()
    examples = [Example(id=str(i), text=text) for i, text in enumerate(SHORTCUT)]
    return find_shortcuts(nlp, as_found(examples, nlp), most=20)


@pytest.mark.slow
def test_a_planted_shortcut_is_among_the_first_three(found: list[Shortcut]) -> None:
    (then,) = [s for s in found[:3] if s.word == "then"]
    assert (then.family, then.label) == ("relations", "INDUCES")
    assert then.is_alone and then.is_needed
    # 36 of the 108 texts have it.
    assert then.passages == 36 and then.together >= 34
    assert then.carried.times > 2 * then.carried.control
    share = then.lost.times / then.lost.of
    assert then.lost.low <= share <= then.lost.high and then.lost.control == 0


def test_words_that_do_nothing_are_not_said_to_carry_it(found: list[Shortcut]) -> None:
    assert {s.word for s in found if s.is_alone} == {"then"}
    assert {s.word for s in found if s.is_needed} == {"then"}


def test_it_becomes_hints_and_negatives() -> None:
    none = Rate(times=0, of=9, control=0, control_of=9, low=0, high=0.3, p=1.0)
    sure = Rate(times=9, of=9, control=0, control_of=9, low=0.6, high=1, p=0.001)
    common = {"family": "relations", "label": "INDUCES", "passages": 9, "together": 9}
    alone = Shortcut(**common, word="induced", carried=sure, lost=none)
    needed = Shortcut(**common, word="due", carried=none, lost=sure)
    language = load_language("en", MEDICINE)
    (hint,) = hint_on_shortcuts([alone, needed], language, False)
    assert hint.text == "Use 'induced' also where nothing is INDUCES."
    assert (hint.about, hint.of, hint.quotes_real) == ("induced", "word", False)
    (real,) = hint_on_shortcuts([alone], language, True)
    assert real.quotes_real and real.from_real
    gold = example(
        "<CHEMICAL id=1>Iron oxide</CHEMICAL> gave <DISEASE id=2>rash</DISEASE> twice",
        (1, "INDUCES", 2),
    )
    has = example("It induced nothing")
    (negative,) = hard_negatives([gold, has], ["induced"], 0)
    assert negative.text.replace("induced ", "") == gold.text != negative.text
    assert [e.text for e in negative.entities] == ["Iron oxide", "rash"]
    assert negative.relations == gold.relations and negative.derived_from == (gold.id,)
    passages = Passages(load_pack(MEDICINE), [gold, has], 0, [gold, has])
    (varied,) = decoys(passages, share=1.0, words=["induced"])
    assert varied.id == f"{gold.id}^decoys" and "induced " in varied.text
    assert [e.text for e in varied.entities] == ["Iron oxide", "rash"]
    assert not list(decoys(passages, share=0.0, words=["induced"]))
