"""What is asked for of a weakness, beside what the tests of `refill` see."""

from collections import Counter

import pytest
from tests.builders import MEDICINE

from phantom.evaluation.diagnosis.asks import make_asks
from phantom.evaluation.diagnosis.records import Diagnosis, Weakness
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack


@pytest.mark.parametrize("marked", [{"DISEASE"}, {"CHEMICAL", "GENE"}])
def test_kinds_are_of_labels_that_the_data_diagnosed_has(marked: set[str]) -> None:
    """NCBI disease says nothing about how well chemicals and genes are found."""
    pack = load_pack(MEDICINE)
    short = Weakness(
        family="mentions",
        facet="form",
        value="abbreviation",
        errors=9,
        of=20,
        elsewhere=0.1,
        excess=7,
    )
    diagnosis = Diagnosis(
        domain=pack.name,
        source="dev",
        origin="public",
        passages=50,
        families={"mentions": (9, 60)},
        confusion={"": {"DISEASE": 1, "GENE": 1}, **{x: {x: 9} for x in marked}},
        weaknesses=[short],
        clusters=[],
        mistakes=[],
        texts=[],
        counts={},
    )
    language = load_language("en", MEDICINE)
    (ask,) = make_asks(pack, diagnosis, language, [], set(), 30, 4, Counter())
    with_form = [
        name
        for name, kind in pack.kinds.items()
        if pack.attributes["form"].applies_to(name) and marked & set(kind.entities)
    ]
    assert sorted(ask.kinds) == sorted(with_form) and ask.count == 30
