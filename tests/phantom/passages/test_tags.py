from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantom.passages import tags
from phantom.passages.tags import Tagged, TagProblem, parse_tags, write_tags
from phantom.records import Entity

LABELS = ("DISEASE", "CHEMICAL")


def parsed(tagged: str) -> Tagged:
    result = parse_tags(tagged, LABELS)
    assert isinstance(result, Tagged), result
    return result


def test_offsets_and_ids() -> None:
    result = parsed(
        'In <DISEASE id=2>AML</DISEASE>, <chemical id="7">Ara-C</chemical> 5 mg.'
    )
    assert result.text == "In AML, Ara-C 5 mg."
    assert [(e.start, e.end, e.label, e.id) for e in result.entities] == [
        (3, 6, "DISEASE", "2"),
        (8, 13, "CHEMICAL", "7"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "p < 0.05 and p<0.001, 3 > 2",
        "the A>G change, c.76A>T, <LOD>, <i>in vitro</i>, a</b>",
        "line one\r\nline two\t\x00\u200b 😀 naïve",
        "AT&T & co; 5 &deg;C",
        "<DISEASE without end",
        "",
    ],
)
def test_text_that_looks_like_markup_stays(text: str) -> None:
    assert parsed(text) == Tagged(text, ())


def test_html_escapes_are_read() -> None:
    assert parsed("p &lt; 0.05 &amp; n &gt; 3").text == "p < 0.05 & n > 3"


@pytest.mark.parametrize(
    ("tagged", "reason"),
    [
        ("<GENE id=1>p53</GENE>", "unknown_label"),
        ("<DISEASE>flu</DISEASE>", "missing_id"),
        ("<DISEASE id=1>a</DISEASE> <DISEASE id=01>b</DISEASE>", "duplicate_id"),
        ("<DISEASE id=1>a <CHEMICAL id=2>b</CHEMICAL></DISEASE>", "nested_tag"),
        ("<DISEASE id=1>flu", "unclosed_tag"),
        ("<DISEASE id=1>flu</CHEMICAL>", "unclosed_tag"),
        ("flu</DISEASE>", "stray_close"),
        ("<DISEASE id=1></DISEASE>", "empty_mention"),
    ],
)
def test_problems_have_reasons(tagged: str, reason: str) -> None:
    result = parse_tags(tagged, LABELS)
    assert isinstance(result, TagProblem)
    assert result.reason == reason
    assert result.detail


def test_rubbish_of_100_kb() -> None:
    rubbish = "<DISEASE id=1><" * 7_000
    assert isinstance(parse_tags(rubbish, LABELS), TagProblem)
    assert isinstance(parse_tags("<" * 100_000, LABELS), Tagged)


def test_write_refuses_overlap() -> None:
    entities = [
        Entity(start=0, end=3, label="DISEASE", text="abc"),
        Entity(start=2, end=4, label="DISEASE", text="cd"),
    ]
    with pytest.raises(ValueError, match="overlaps"):
        write_tags("abcd", entities)


TEXT = st.text(max_size=30) | st.lists(
    st.sampled_from(
        ["<", ">", "/", "DISEASE", " id=", "1", "&", "lt;", "amp;", " ", "\n", "x"]
    ),
    max_size=14,
).map("".join)


@given(st.lists(st.tuples(TEXT, TEXT.filter(bool)), max_size=4), TEXT)
def test_any_text_with_any_spans_survives(
    pieces: list[tuple[str, str]], rest: str
) -> None:
    text, entities = "", []
    for number, (before, mention) in enumerate(pieces, start=1):
        start = len(text) + len(before)
        text += before + mention
        entities.append(
            Entity(
                start=start,
                end=len(text),
                label=LABELS[number % 2],
                text=mention,
                id=str(number),
            )
        )
    text += rest
    assert parsed(write_tags(text, entities)) == Tagged(text, tuple(entities))


@given(TEXT)
def test_never_raises(tagged: str) -> None:
    result = parse_tags(tagged, LABELS)
    if isinstance(result, Tagged):
        for entity in result.entities:
            assert result.text[entity.start : entity.end] == entity.text


def test_what_was_read_last_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether an answer counts and what it says are asked for one after the other."""
    reads = []
    find = tags._find_tags

    def count(tagged: str, labels: Collection[str]) -> Any:
        reads.append(tagged)
        return find(tagged, labels)

    monkeypatch.setattr(tags, "_find_tags", count)
    text = "Read <DISEASE id=1>once</DISEASE>"
    assert parse_tags(text, list(LABELS)) is parse_tags(text, LABELS)
    assert reads == [text]
    assert parse_tags(text, ("CHEMICAL",)) != parse_tags(text, LABELS)
