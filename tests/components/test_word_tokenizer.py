"""Tokens that names in technical text begin and end on; hyphens of every kind."""

import json
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from phantom.runtime import blank_pipeline

NLP = blank_pipeline("en")
SHARED = Path("../shared/data")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("(PCP)-induced", "PCP"),
        ("PCP)-induced", "PCP"),
        ("the (5-HT)2A receptor", "5-HT"),
        ("of type I.", "type I"),
        ("Na+/K+ pumps", "Na"),
        ("Na+/K+ pumps", "K"),
        ("with [3H]spiperone", "spiperone"),
        ("GABA(A)Rs", "GABA"),
        ("saline+DMSO", "DMSO"),
        ("of AmB.", "AmB"),
        ("(+/-)-baclofen", "baclofen"),
        ("(+/-)-baclofen", "(+/-)-baclofen"),
        ("CD14/-159", "CD14/-159"),
    ],
)
def test_a_name_starts_and_ends_on_tokens(text: str, name: str) -> None:
    start = text.index(name)
    assert NLP.make_doc(text).char_span(start, start + len(name)) is not None


def test_what_needs_no_split_has_none() -> None:
    plain = spacy.blank("en")
    for text in (
        "U.S. and U.K. sales rose on 01/02/2020, e.g. by 3.5%.",
        "See www.a.com/b+c or write to x+y@z.com; Dr. Smith's IL-6 and COVID-19.",
        "p<0.05 at 10mg, C++ and 3-4 days",
    ):
        assert [t.text for t in NLP(text)] == [t.text for t in plain(text)]


@pytest.mark.parametrize("hyphen", "\u2010\u2011\u2012\u2013\u2212\uff0d")
def test_other_hyphens_split_as_the_plain_one(hyphen: str) -> None:
    text = "Sorafenib-induced IL-6, 5-10 mg-doses (TNF)-high."
    special = text.replace("-", hyphen)
    tokens, others = NLP(text), NLP(special)
    assert others.text == special
    assert [t.idx for t in others] == [t.idx for t in tokens]
    for name in ("norm_", "shape_", "lower_", "prefix_", "suffix_"):
        values = [getattr(t, name) for t in tokens]
        assert [getattr(t, name) for t in others] == values


def test_what_nobody_sees_parts_no_word_and_no_character_is_lost() -> None:
    for text in (
        "rheuma\u00adtoid arthritis\u200b of IL\u00ad-6.",
        "\u00ad \u200b",
        "a \u00adb\u00ad",
        "\ufeffa  b",
    ):
        assert NLP(text).text == text
    assert [t.shape_ for t in NLP("rheuma\u00adtoid arthritis")] == ["xxxx", "xxxx"]


@given(st.text("ab1 .,-(\n\t\x0c\u200b\u00ad\u2011\ufeff\u00a0"))
def test_the_tokens_are_the_text(text: str) -> None:
    assert NLP.make_doc(text).text == text


def test_what_nobody_sees_behind_the_last_blank_is_a_token() -> None:
    doc = NLP.make_doc("in the business. \u200b")
    assert [token.text for token in doc] == ["in", "the", "business", ".", "\u200b"]


def test_a_saved_pipeline_splits_alike(tmp_path: Path) -> None:
    NLP.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    text = "Sorafenib\u2011induced (PCP)-high Na+/K+"
    assert [t.text for t in again(text)] == [t.text for t in NLP(text)]


def test_a_language_with_a_tokenizer_of_its_own_keeps_it() -> None:
    own = spacy.blank("zh")
    assert type(blank_pipeline("zh").tokenizer) is type(own.tokenizer)
    assert [t.text for t in blank_pipeline("de")("PCP)-induziert")][0] == "PCP"


@pytest.mark.parametrize(
    ("name", "most"), [("bc5cdr/dev", 0.006), ("gad/train", 0.009)]
)
def test_few_names_of_real_text_are_out_of_reach(name: str, most: float) -> None:
    path = SHARED / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    lost = total = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        record = record.get("orig") or record
        doc = NLP.make_doc(record["text"])
        total += len(record["entities"])
        for e in record["entities"]:
            lost += doc.char_span(e["start"], e["end"]) is None
    assert lost <= most * total


@pytest.mark.parametrize("text", ["Diarrhö/Übelkeit", "Menü/Öl", "Fuß/Ödem"])
def test_umlauts_are_letters(text: str) -> None:
    assert [token.text for token in blank_pipeline("de").make_doc(text)] == [
        text.partition("/")[0],
        "/",
        text.partition("/")[2],
    ]


def test_a_grade_at_the_end_of_a_sentence_is_a_word() -> None:
    doc = blank_pipeline("de").make_doc("Adipositas Grad II. Dann z.B. Typ B.")
    words = ["Adipositas", "Grad", "II", ".", "Dann", "z.B.", "Typ", "B", "."]
    assert [token.text for token in doc] == words
