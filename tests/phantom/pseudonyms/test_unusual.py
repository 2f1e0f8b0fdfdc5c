"""Capitalised words that ordinary text lacks, and what a pipeline names."""

from pathlib import Path

import pytest
import spacy
from tests.builders import MEDICINE, example

from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack
from phantom.passages.names import Matcher
from phantom.pseudonyms import Finder
from phantom.pseudonyms.dates import Dates
from phantom.pseudonyms.recognizer import load_recognizer
from phantom.pseudonyms.unusual import Ordinary, read_ordinary
from phantom.pseudonyms.written import load_written

WRITTEN = load_written(load_pack(MEDICINE))
DATES = Dates("en", WRITTEN.dates, WRITTEN.ordinals)
ORDINARY = Ordinary(
    ["The rash faded. A young patient of Swiss origin was told.", "Later, it was."],
    ["Crohn disease", "McArdle syndrome"],
    WRITTEN,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Vumpish was told.", ["Vumpish"]),
        ("Later Vumpish-Orb's rash faded.", ["Vumpish-Orb"]),
        # Side by side, one person; over a full stop, two.
        ("It was Zorb O'Quill. Szandor was told.", ["Zorb O'Quill", "Szandor"]),
        # A word of the text is one at the beginning of a sentence alone.
        ("Young was told. Later Young was told.", ["Young"]),
        ("(Young patient) of Swiss origin", []),
        ("Crohn disease; \u201cRash\u201d", []),
        # Abbreviations and what is written with digits or in an address.
        ("IgG and COPD, V600E, HbA, of a@Vumpish.org", []),
        ("M\u00fcllerova was told.", ["M\u00fcllerova"]),
        ("", []),
    ],
)
def test_what_is_taken_for_a_name(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in ORDINARY.unusual(text)] == names


def test_eponyms_and_marked_mentions_stay() -> None:
    finder = Finder(
        [], [], DATES, WRITTEN, (), Matcher(["Crohn disease"]), ordinary=ORDINARY
    )
    text = "Vumpish has <DISEASE id=1>Zorb fever</DISEASE> and Crohn disease."
    (found,) = finder.unit([example(text)])
    assert [x.how for x in found] == ["unusual word"]
    assert (found[0].start, found[0].end, found[0].category) == (0, 7, "name")


def test_private_text_is_no_ordinary_text(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    write_jsonl(path, [example("Some rash.", model="m")])
    assert "rash" in read_ordinary([path], ["Crohn disease"], WRITTEN).words
    write_jsonl(path, [example("Vumpish.", id="x", origin="private")])
    with pytest.raises(ValueError, match=r"some.jsonl: x is private text"):
        read_ordinary([path], [], WRITTEN)


@pytest.mark.slow
def test_a_pipeline_by_name_finds_people_and_places(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    rules = [("PERSON", "Young"), ("GPE", "Reading"), ("ORG", "Ward")]
    ruler.add_patterns([{"label": a, "pattern": b} for a, b in rules])  # type: ignore
    nlp.to_disk(tmp_path / "model")
    recognize = load_recognizer(str(tmp_path / "model"))
    finder = Finder([], [], DATES, WRITTEN, recognize=recognize)
    (found,) = finder.unit([example("In Reading the Ward called Young.")])
    assert [(x.category, x.how) for x in found] == [
        ("place", "pipeline"),
        ("name", "pipeline"),
    ]
    with pytest.raises(ValueError, match="no spaCy pipeline"):
        load_recognizer(str(tmp_path / "none"))
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ValueError, match="none of the labels PERSON"):
        load_recognizer(str(tmp_path / "blank"))
