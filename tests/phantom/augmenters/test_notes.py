"""Passages become notes of wards: telegrams, lists, vital signs, placeholders."""

import random
import re

import pytest
from tests.builders import MEDICINE, ROOT
from tests.builders.marked import marked, read_marks

from phantom.augmenters.base import Passages
from phantom.augmenters.bullets import bullets
from phantom.augmenters.charted import draw_numbers, placeholders, vitals
from phantom.augmenters.telegram import telegram
from phantom.packs.pack import load_pack
from phantom.records import Example

ENGLISH = load_pack(MEDICINE)
GERMAN = load_pack(ROOT / "assets/domains/medicine_de")


def passages(*texts: str, lang: str = "en", seed: int = 0) -> Passages:
    found = [marked(text, id=str(i)) for i, text in enumerate(texts)]
    return Passages(GERMAN if lang == "de" else ENGLISH, [], seed, found)


def surface(example: Example) -> str:
    assert [e.text for e in example.entities] == read_marks(example.text)
    return example.text.replace("⟦", "").replace("⟧", "")


@pytest.mark.parametrize(
    ("lang", "text", "note"),
    [
        (
            "en",
            "The patient was given ⟦a thiazide⟧, and there was no ⟦rash⟧.",
            "Patient given a thiazide, and no rash.",
        ),
        (
            "en",
            "She has been on ⟦aspirin⟧. A ⟦cough⟧ is new.",
            "On aspirin. cough new.",
        ),
        ("en", "IS THE ⟦CT⟧ done? It is not the ⟦flu⟧.", "IS THE CT done? It not flu."),
        ("de", "Der Patient wurde mit ⟦ASS⟧ entlassen.", "Patient mit ASS entlassen."),
        ("de", "Eine ⟦Sepsis⟧ wurde nicht gesehen.", "Sepsis nicht gesehen."),
    ],
)
def test_telegrams(lang: str, text: str, note: str) -> None:
    (after,) = telegram(passages(text, lang=lang), share=1.0, rate=1.0)
    assert surface(after) == note


@pytest.mark.parametrize(
    ("mark", "unended", "expected"),
    [
        ("- ", 1.0, "- No fever\n- On aspirin 5.5 mg\n- Home?"),
        ("1. ", 0.0, "1. No fever.\n2. On aspirin 5.5 mg.\n3. Home?"),
        ("", 1.0, "No fever\nOn aspirin 5.5 mg\nHome?"),
    ],
)
def test_lists(mark: str, unended: float, expected: str) -> None:
    given = passages("No ⟦fever⟧. On ⟦aspirin⟧ 5.5 mg. Home?")
    (after,) = bullets(given, share=1.0, marks=[mark], unended=unended)
    assert surface(after) == expected


def test_a_row_of_vital_signs_stands_on_its_own() -> None:
    text = "No ⟦fever⟧. On ⟦aspirin⟧."
    rows = set()
    for seed in range(30):
        (after,) = vitals(passages(text, seed=seed), share=1.0)
        lines = [x for x in re.split(r"\n", surface(after)) if "fever" not in x]
        (row,) = [line for line in lines if re.search(r"\d", line)]
        assert "{" not in row
        rows.add(re.sub(r"\d+", "", row))
        assert len(after.entities) == 2
    assert len(rows) > 3
    (after,) = vitals(passages("Kein ⟦Fieber⟧.", lang="de"), share=1.0)
    assert re.search(r"mmHg|RR|VZ|SpO2", after.text)


def test_placeholders_are_those_of_one_way() -> None:
    text = "Since 1998 ⟦gout⟧; the 1998 ⟦trial of 2003⟧ had 2000 mg/day."
    for way, form in (("brackets", r"\[\*\*21\d\d\*\*\]"), ("blank", "___")):
        (after,) = placeholders(passages(text), share=1.0, ways=[way])
        said = surface(after)
        assert re.search(f"Since {form} gout; the {form} trial of 2003", said)
        assert "{" not in said and ("___" in said) == (way == "blank")


def test_numbers_are_drawn_within_their_bounds() -> None:
    rng = random.Random(0)
    drawn = {draw_numbers("{3-5}.{0-1}", rng) for _ in range(99)}
    assert drawn == {f"{a}.{b}" for a in (3, 4, 5) for b in (0, 1)}


def test_a_language_without_such_words_gets_none() -> None:
    pack = load_pack(MEDICINE)
    pack.domain = pack.domain.model_copy(update={"lang": "sv"})
    given = Passages(pack, [], 0, [marked("Ingen ⟦feber⟧ alls den 3 maj.")])
    assert not list(telegram(given, share=1.0))
    assert not list(vitals(given, share=1.0))
    assert not list(placeholders(given, share=1.0))
