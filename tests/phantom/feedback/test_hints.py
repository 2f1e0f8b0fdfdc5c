"""Hints as notes of a plan: which are used, how they read, what is no hint."""

from pathlib import Path
from typing import Literal

import pytest
from tests.builders import example
from tests.builders.hinted import TAILS, make_pack, real
from tests.builders.packs import run_one

from phantom.checks import CheckContext, Measure, load_config
from phantom.feedback.from_checks import quote_words, say_figure
from phantom.feedback.hints import (
    QUOTES,
    Hint,
    Hints,
    add_style,
    read_hints,
    usable_hints,
)
from phantom.jsonl import write_jsonl
from phantom.packs.language import load_language
from phantom.packs.pack import Pack
from phantom.records import Spec

ENGLISH = load_language("en")


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path / "tiny")


def test_notes_do_not_gainsay_the_spec(pack: Pack) -> None:
    def hint(about: str, of: Literal["word", "entities"] = "word") -> Hint:
        return Hint(text=f"On {about}.", size=3, about=about, of=of)

    hints = [hint("results"), hint("asthma now"), hint("entities", "entities")]
    specs = [
        Spec(id="a", kind="treats", attributes={"section": "results"}),
        Spec(id="b", kind="treats", seeds={"DISEASE": ["severe Asthma"]}),
        Spec(id="c", kind="none"),
    ]
    notes = [set(spec.style) for spec in add_style(specs, hints, pack)]
    every = {hint.text for hint in hints}
    assert [every - note for note in notes] == [
        {"On results."},
        {"On asthma now."},
        {"On entities."},
    ]


def test_what_the_grid_decides_is_no_hint(pack: Pack) -> None:
    hints = Hints(
        public=False,
        real_passages=90,
        left_out={QUOTES: 2},
        hints=[
            Hint(text="a", check="x", size=1, about="kind"),
            Hint(text="b", check="x", size=1, about="section"),
            Hint(text="c", check="adversarial", size=1, about="z", quotes_real=True),
            Hint(text="d", check="x", size=1, about="commas"),
        ],
    )
    usable, left_out = usable_hints(hints, pack)
    assert [hint.text for hint in usable] == ["d"]
    assert left_out.pop(QUOTES) == 3
    assert all("domain.yml" in reason for reason in left_out) and len(left_out) == 2


def test_names_and_small_differences_give_no_hint() -> None:
    row = {"z": 5.0, "times": 9.0}
    rows = [{**row, "word": "notably"}, {**row, "word": "often", "times": 1.4}]
    (hint,) = quote_words(rows, ENGLISH, "word", 20)
    assert hint.text == "Use 'notably' rarely." and hint.of == "word"
    assert hint.size == 9.0 and not hint.quotes_real


def test_words_of_names_give_no_hint(pack: Pack) -> None:
    """A word that stands in mentions mostly is no habit of the writer."""
    text = "<DISEASE id=1>Grumbold</DISEASE> was notably mild {}."
    ours = [example(text.format(t), id=f"s{i}") for i, t in enumerate(TAILS * 4)]
    path = pack.path.parent / "real.jsonl"
    write_jsonl(path, real())
    context = CheckContext(pack, load_config(pack.path), real=[path])
    items = run_one("adversarial", ours, context)
    about = {item.about for item in items if isinstance(item, Hint)}
    assert "notably" in about and "grumbold" not in about
    (tales,) = (i for i in items if isinstance(i, Measure) and i.name == "tell_tales")
    assert "grumbold" in {row["word"] for row in tales.rows}


@pytest.mark.parametrize(
    "unit, feature, ours, real, text",
    [
        (
            "per passage",
            "words",
            88.8,
            123.4,
            "More words: about 120 per passage, not 89.",
        ),
        (
            "per 100 words",
            "hyphens",
            4.0,
            2.0,
            "Fewer hyphens: about 2 per 100 words, not 4.",
        ),
        ("per passage", "letters per word", 6.0, 5.0, "Use shorter words."),
        (
            "share",
            "starts with the",
            0.034,
            0.191,
            "Begin with 'The' more often: in 19% of passages, not 3%.",
        ),
        (
            "share",
            "without a known name",
            0.27,
            0.67,
            "Name nothing from the lexicons more often: in 67% of passages, not 27%.",
        ),
        (
            "per 100 words",
            "known names",
            6.9,
            2.3,
            "Fewer known names: about 2.3 per 100 words, not 6.9.",
        ),
    ],
)
def test_figures_have_two_digits(
    unit: str, feature: str, ours: float, real: float, text: str
) -> None:
    assert say_figure(ENGLISH, unit, feature, ours, real) == text


def test_a_file_that_is_none_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="`check` writes"):
        read_hints(tmp_path / "hints.json")
    (tmp_path / "hints.json").write_text('{"hints": 1}')
    with pytest.raises(ValueError, match="run `check` again"):
        read_hints(tmp_path / "hints.json")
