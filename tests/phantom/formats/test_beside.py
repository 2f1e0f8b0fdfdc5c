"""Mentions that overlap or lie in pieces stay beside the entities, and go out again."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.formats import turn_round

from phantom.formats.base import Report, make_format
from phantom.formats.beside import read_beside
from phantom.formats.exchange import count_losses
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.records import Entity, Example

TEXT = "acute renal and liver failure"
PIECES = Mention("T3", ((6, 11), (22, 29)), "D", place="f:3")
LIVER = Mention("T2", ((16, 29),), "D", id="D1", place="f:2")
WIDE = Mention("T1", ((0, 29),), "D", id="D2|D3", place="f:1")


def convert(text: str, mentions: list[Mention], links: list[Link]) -> Example:
    return to_example(Document("d", text, "f:1", mentions, links), Report())


def everything(example: Example) -> tuple[set[Any], set[Any]]:
    """All mentions with their pieces, and relations between them, as what they say."""
    report = Report()
    marks, ties = read_beside(example, report)
    assert report.left_out == {}
    said: dict[str | int, Any] = {
        i: (((x.start, x.end),), x.label, x.id) for i, x in enumerate(example.entities)
    }
    said |= {x.key: (x.pieces, x.label, x.id) for x in marks}
    links = [(x.head, x.label, x.tail) for x in example.relations]
    links += [(x.head, x.label, x.tail) for x in ties]
    return set(said.values()), {(said[a], label, said[b]) for a, label, b in links}


def test_they_are_kept_with_their_relations() -> None:
    links = [Link("T2", "T1", "R", key="R1"), Link("T3", "T1", "S", key="R2")]
    found = convert(TEXT, [WIDE, LIVER, PIECES], links)
    assert [x.text for x in found.entities] == [TEXT]
    marks, ties = read_beside(found, Report())
    assert [(x.key, x.pieces, x.id) for x in marks] == [
        ("T3", ((6, 11), (22, 29)), None),
        ("T2", ((16, 29),), "D1"),
    ]
    assert [(x.head, x.label, x.tail) for x in ties] == [("T2", "R", 0), ("T3", "S", 0)]
    assert marks[0].words(TEXT) == "renal failure"


def test_an_example_without_any_says_nothing() -> None:
    assert convert(TEXT, [LIVER], []).meta == {}


def test_of_another_text_nothing_is_taken() -> None:
    found = convert(TEXT, [WIDE, PIECES], [])
    other = found.model_copy(update={"text": TEXT.upper(), "entities": ()})
    report = Report()
    assert read_beside(other, report) == ([], [])
    assert report.left_out == {"mention beside the entities of another text": 1}


def test_edits_of_the_entities_are_met() -> None:
    links = [Link("T2", "T1", "R", key="R1")]
    found = convert(TEXT, [WIDE, LIVER], links)
    # A person took the long mention out, and marked the one that was left out.
    liver = Entity(start=16, end=29, label="D", text="liver failure")
    edited = found.model_copy(update={"entities": (liver,), "relations": ()})
    report = Report()
    assert read_beside(edited, report) == ([], [])
    assert report.left_out == {"relation of a mention that is gone": 1}


def test_formats_that_hold_none_count_them() -> None:
    found = convert(TEXT, [WIDE, LIVER, PIECES], [Link("T2", "T1", "R")])
    for name, count in (("conll", 2), ("brat", 0), ("bioc", 0), ("pubtator", 2)):
        report = Report()
        list(count_losses(make_format(name, {}), [found], report))
        assert report.left_out["mention beside the entities"] == count
        links = report.left_out["relation of a mention beside the entities"]
        assert links == (1 if count else 0)


def test_label_studio_counts_pieces(tmp_path: Path) -> None:
    links = [Link("T3", "T1", "S"), Link("T2", "T1", "R")]
    given_ = convert(TEXT, [WIDE, LIVER, PIECES], links)
    (found,), report = turn_round("label_studio", [given_], tmp_path / "s", prefix="")
    assert report.left_out["mention in pieces"] == 1
    assert report.left_out["relation of a mention in pieces"] == 1
    marks, ties = read_beside(found, Report())
    assert [(x.pieces, x.id) for x in marks] == [(((16, 29),), "D1")]
    assert len(ties) == 1


def test_a_relation_to_a_repeat_does_not_put_a_mention_before_a_longer_one() -> None:
    twins = [Mention(key, ((0, 1),), "A", place="f:1") for key in ("T1", "T2")]
    long = Mention("T3", ((0, 1), (2, 3)), "A", place="f:1")
    found = convert("a a", [*twins, long], [Link("T1", "T2", "R")])
    assert [(x.start, x.end) for x in found.entities] == [(0, 3)]
    marks, _ = read_beside(found, Report())
    assert [(x.key, x.pieces) for x in marks] == [("T1", ((0, 1),)), ("T2", ((0, 1),))]


@st.composite
def documents(draw: st.DrawFn, pieces: bool) -> Example:
    """Mentions in any place of a text, over each other and in pieces."""
    text = draw(
        st.text(st.sampled_from("ab \U0001f642c\u00e9"), min_size=3, max_size=24)
    )
    mentions = []
    for i in range(draw(st.integers(1, 5))):
        cuts = draw(
            st.lists(st.integers(0, len(text)), min_size=2, max_size=4, unique=True)
        )
        cuts = sorted(cuts)[: len(cuts) // 2 * 2]
        ends = tuple(zip(cuts[::2], cuts[1::2], strict=True))
        ends = ends if pieces else ends[:1]
        if all(text[a:b] == text[a:b].strip() for a, b in ends):
            label = draw(st.sampled_from("AB"))
            mentions.append(Mention(f"T{i + 1}", ends, label, place="f:1"))
    keys = [x.key for x in mentions]
    pairs = (
        draw(
            st.sets(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=4)
        )
        if keys
        else set()
    )
    links = [Link(a, b, "R") for a, b in sorted(pairs) if a != b]
    return convert(text, mentions, links)


@pytest.mark.parametrize(
    ("name", "file", "chosen"),
    [
        ("brat", "o", {}),
        ("bioc", "o.xml", {"unit": "characters"}),
        ("bioc", "o.json", {"unit": "characters"}),
        ("label_studio", "o.json", {"unit": "characters"}),
    ],
)
@given(data=st.data())
def test_all_that_was_marked_comes_back(
    name: str, file: str, chosen: dict[str, Any], data: st.DataObject
) -> None:
    example = data.draw(documents(pieces=name != "label_studio"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        (found,), report = turn_round(name, [example], path, prefix="", **chosen)
    assert report.broken == []
    assert everything(found) == everything(example)
