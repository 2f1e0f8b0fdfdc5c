"""What a format can say comes back from it, whatever the text."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.formats import turn_round

from phantom.records import Entity, Example, Relation

CHARACTERS = st.sampled_from("aZ9é\u00b5\U0001f642\u0301.,-+#/|\"\\'()[] \t\u00a0")
LABELS = st.sampled_from(["ORG", "B", "E-1", "O"])


@st.composite
def examples(draw: st.DrawFn, breaks: bool, relations: bool) -> Example:
    """Entities without blanks at the ends, in any place; relations between them."""
    pieces = CHARACTERS | st.sampled_from("\n\r") if breaks else CHARACTERS
    text = draw(st.text(pieces, min_size=1, max_size=40))
    entities: list[Entity] = []
    end = 0
    for _ in range(draw(st.integers(0, 4))):
        if end >= len(text):
            break
        start = draw(st.integers(end, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        words = text[start:end]
        if words == words.strip():
            label = draw(LABELS)
            entities.append(Entity(start=start, end=end, label=label, text=words))
    pairs = [(a, b) for a in range(len(entities)) for b in range(len(entities))]
    pairs = [(a, b) for a, b in pairs if a != b]
    chosen = draw(st.sets(st.sampled_from(pairs))) if pairs and relations else set()
    return Example(
        id="r1",
        text=text,
        entities=tuple(entities),
        relations=tuple(Relation(head=a, tail=b, label="R") for a, b in chosen),
    )


def same(one: Example, other: Example, tokens: bool = False) -> None:
    assert (one.id, one.text) == (other.id, other.text)
    assert one.entities == other.entities
    assert set(one.relations) == set(other.relations)


@pytest.mark.parametrize("name", ["doccano", "prodigy", "label_studio", "brat"])
@given(example=examples(breaks=True, relations=True))
@settings(max_examples=100, deadline=None)
def test_formats_with_offsets(name: str, example: Example) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out"
        found, report = turn_round(name, [example], path, prefix="")
        assert report.left_out == {} and report.broken == []
        same(found[0], example)


@given(example=examples(breaks=False, relations=False))
@settings(max_examples=120, deadline=None)
def test_columns(example: Example) -> None:
    if not example.text.strip():
        return  # a sentence of blanks has no tokens
    with TemporaryDirectory() as folder:
        found, report = turn_round("conll", [example], Path(folder) / "out", prefix="")
        assert report.left_out == {} and report.broken == []
        same(found[0], example)


@given(example=examples(breaks=False, relations=False))
@settings(max_examples=100, deadline=None)
def test_pubtator(example: Example) -> None:
    text = f"{example.text} end"  # an abstract
    given_ = example.model_copy(
        update={"text": text, "meta": {"pmid": "7", "title_end": len(example.text)}}
    )
    with TemporaryDirectory() as folder:
        found, report = turn_round("pubtator", [given_], Path(folder) / "o", prefix="")
        assert report.left_out == {} and report.broken == []
        assert (found[0].text, found[0].entities) == (text, example.entities)
