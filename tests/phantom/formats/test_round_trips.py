"""What a format can say comes back from it, whatever the text."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.formats import OFFSETS, turn_round

from phantom.formats.base import make_format
from phantom.records import Entity, Example, Relation

CHARACTERS = st.sampled_from("aZ9é\u00b5\U0001f642\u0301.,-+#/|\"\\'()[] \t\u00a0")
LABELS = st.sampled_from(["ORG", "B", "E-1", "O"])
CONCEPTS = st.sampled_from([None, "D1", "D2|D3"])


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
            entities.append(
                Entity(
                    start=start,
                    end=end,
                    label=draw(LABELS),
                    text=words,
                    id=draw(CONCEPTS),
                )
            )
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


@pytest.mark.parametrize(
    ("name", "file", "chosen"),
    [
        *OFFSETS,
        ("label_studio", "o.json", {"unit": "characters"}),
        ("uima_cas", "o", {}),
        ("uima_cas", "o", {"form": "json", "swap": True}),
    ],
)
@given(example=examples(breaks=True, relations=True))
def test_formats_with_offsets(
    name: str, file: str, chosen: dict[str, Any], example: Example
) -> None:
    if "concepts" not in make_format(name, chosen).holds:
        example = without_concepts(example)
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        found, report = turn_round(name, [example], path, prefix="", **chosen)
        assert report.left_out == {} and report.broken == []
        same(found[0], example)


def without_concepts(example: Example) -> Example:
    bare = tuple(x.model_copy(update={"id": None}) for x in example.entities)
    return example.model_copy(update={"entities": bare})


@given(example=examples(breaks=False, relations=False))
def test_columns(example: Example) -> None:
    if not example.text.strip():
        return  # a sentence of blanks has no tokens
    example = without_concepts(example)
    with TemporaryDirectory() as folder:
        found, report = turn_round("conll", [example], Path(folder) / "out", prefix="")
        assert report.left_out == {} and report.broken == []
        same(found[0], example)


@pytest.mark.parametrize("file", ["pubtator", "bioc.xml", "bioc.json"])
@given(example=examples(breaks=False, relations=True), distinct=st.booleans())
def test_abstracts_with_relations(file: str, example: Example, distinct: bool) -> None:
    """Relations of distinct concepts come back as they were, others by concept."""
    ends = [
        x.model_copy(update={"id": f"M{i}"}) if distinct else x
        for i, x in enumerate(example.entities)
    ]
    given_ = example.model_copy(
        update={
            "text": f"{example.text} end",  # an abstract
            "entities": tuple(ends),
            "meta": {"pmid": "7", "title_end": len(example.text)},
        }
    )
    name = file.partition(".")[0]
    chosen = {"unit": "characters"} if name == "bioc" else {"id_separator": "|"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        (found,), report = turn_round(name, [given_], path, prefix="", **chosen)
    assert (found.text, found.entities) == (given_.text, given_.entities)
    assert found.meta["title_end"] == len(example.text) and report.broken == []
    if distinct or name == "bioc":
        assert set(found.relations) == set(given_.relations)
        assert report.left_out == {}
        return
    concepts = [(ends[x.head].id, x.label, ends[x.tail].id) for x in given_.relations]
    known = [x for x in concepts if x[0] and x[2]]
    pairs = [
        (x["head"], x["label"], x["tail"]) for x in found.meta.get("concept_pairs", ())
    ]
    assert set(pairs) == set(known)
    lost = report.left_out["relation of a mention without a concept"]
    assert lost == len(concepts) - len(known)
    assert report.left_out["repeated relation"] == len(known) - len(set(known))


@given(st.lists(examples(breaks=True, relations=True), min_size=1, max_size=10))
@settings(max_examples=10, deadline=None)
def test_docbin_keeps_what_tokens_express_and_counts_the_rest(
    given_: list[Example],
) -> None:
    """Many in a file, since each file takes a tokenizer, which is slow to make."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out.spacy"
        found, report = turn_round("docbin", given_, path, prefix="")
    assert [x.text for x in found] == [x.text for x in given_]
    lost = {"mention": 0, "relation": 0}
    for after, before in zip(found, given_, strict=True):
        assert after.id == "r1" and set(after.entities) <= set(before.entities)
        assert described(after) <= described(before)
        lost["mention"] += len(before.entities) - len(after.entities)
        lost["relation"] += len(before.relations) - len(after.relations)
    assert report.broken == []
    assert report.left_out["mention that does not end on tokens"] == lost["mention"]
    assert report.left_out["relation of such a mention"] == lost["relation"]


def described(example: Example) -> set[tuple[object, ...]]:
    """Relations by their mentions."""
    ends = example.entities
    return {(ends[x.head], x.label, ends[x.tail]) for x in example.relations}
