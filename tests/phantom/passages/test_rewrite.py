"""Edits of a text: every mention stays what it is, wherever it moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import example

from phantom.passages.rewrite import Edit, rewrite, with_entities
from phantom.records import Entity, Example, Relation

FED = example(
    "The <A id=1>cat</A> ate <F id=2>a trout</F>.", (1, "EATS", 2), tokens=["The"]
)


def triples(passage: Example) -> set[tuple[str, str, str]]:
    text = [entity.text for entity in passage.entities]
    return {(text[r.head], r.label, text[r.tail]) for r in passage.relations}


@st.composite
def passages(draw: st.DrawFn) -> Example:
    """A passage with mentions at random places, some side by side."""
    text = draw(st.text("ab é𝔸\n", max_size=30))
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=10, unique=True))
    cuts = sorted(cuts)
    spans = [
        (a, b) for a, b in zip(cuts, cuts[1:], strict=False) if draw(st.booleans())
    ]
    entities = tuple(
        Entity(start=a, end=b, label="L", text=text[a:b], id=str(i))
        for i, (a, b) in enumerate(spans)
    )
    ends = st.integers(0, max(0, len(spans) - 1))
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=4)) if spans else []
    relations = [Relation(head=h, tail=t, label="R") for h, t in pairs if h != t]
    return Example(id="x", text=text, entities=entities, relations=tuple(relations))


@st.composite
def outside(draw: st.DrawFn, passage: Example) -> list[Edit]:
    """Edits that leave every mention whole: in the gaps, up to their very ends."""
    edits, end = [], 0
    for start, after in [*((e.start, e.end) for e in passage.entities), (None, None)]:
        stop = len(passage.text) if start is None else start
        cuts = sorted(draw(st.lists(st.integers(end, stop), max_size=4)))
        new = st.text("xy ", max_size=4)
        edits += [Edit(a, b, draw(new)) for a, b in zip(cuts[::2], cuts[1::2])]  # noqa: B905
        end = after or stop
    return draw(st.permutations(edits))


@given(st.data())
def test_edits_around_mentions_keep_every_mention(data: st.DataObject) -> None:
    before = data.draw(passages())
    edits = data.draw(outside(before))
    after = rewrite(before, edits)
    assert [e.text for e in after.entities] == [e.text for e in before.entities]
    assert [after.text[e.start : e.end] for e in after.entities] == [
        e.text for e in before.entities
    ]
    assert after.relations == before.relations
    growth = sum(len(edit.text) - (edit.end - edit.start) for edit in edits)
    assert len(after.text) - len(before.text) == growth


@given(st.data())
def test_an_edit_inside_a_mention_changes_its_text_and_nothing_else(
    data: st.DataObject,
) -> None:
    before = data.draw(passages().filter(lambda passage: passage.entities))
    place = data.draw(st.integers(0, len(before.entities) - 1))
    mention = before.entities[place]
    a, b = sorted(data.draw(st.tuples(*[st.integers(mention.start, mention.end)] * 2)))
    new = data.draw(st.text("xy", min_size=1, max_size=4))
    if a == b:
        a, b = mention.start, mention.end
    after = rewrite(before, [Edit(a, b, new)])
    expected = [e.text for e in before.entities]
    expected[place] = (
        before.text[mention.start : a] + new + before.text[b : mention.end]
    )
    assert [e.text for e in after.entities] == expected
    assert after.text == before.text[:a] + new + before.text[b:]
    assert after.relations == before.relations
    assert [e.id for e in after.entities] == [e.id for e in before.entities]


def test_what_is_inserted_beside_a_mention_stays_outside() -> None:
    after = rewrite(FED, [Edit(4, 4, "old "), Edit(7, 7, "s")])
    assert after.text == "The old cats ate a trout."
    assert triples(after) == {("cat", "EATS", "a trout")}
    assert after.tokens is None  # of the text before


def test_several_mentions_take_the_place_of_one() -> None:
    edit = Edit(4, 7, "cat and the dog", ((0, 3), (12, 15)))
    after = rewrite(FED, [edit], id="y", derived_from=("x",))
    assert after.text == "The cat and the dog ate a trout."
    assert triples(after) == {("cat", "EATS", "a trout"), ("dog", "EATS", "a trout")}
    assert (after.id, after.derived_from) == ("y", ("x",))


@pytest.mark.parametrize("edit", [Edit(6, 9, ""), Edit(4, 7, ""), Edit(3, 5, "x")])
def test_a_mention_that_is_cut_or_emptied_is_told_and_takes_its_relations(
    edit: Edit,
) -> None:
    with pytest.raises(ValueError, match="cuts or empties the mention 'cat'"):
        rewrite(FED, [edit])
    lost: list[Entity] = []
    after = rewrite(FED, [edit], lost=lost)
    assert [entity.text for entity in lost] == ["cat"]
    assert [entity.text for entity in after.entities] == ["a trout"]
    assert not after.relations


@pytest.mark.parametrize(
    "edits", [[Edit(0, 3, ""), Edit(2, 4, "")], [Edit(0, 99, "")], [Edit(2, 1, "")]]
)
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps the one before or leaves the text"):
        rewrite(FED, edits)


def test_relations_follow_mentions_that_were_trimmed() -> None:
    cat, trout = FED.entities
    short = trout.model_copy(update={"start": trout.start + 2, "text": "trout"})
    assert triples(with_entities(FED, [short, cat])) == {("cat", "EATS", "trout")}
    assert not with_entities(FED, [short]).relations
