import pytest

from phantom.formats.base import Report
from phantom.formats.mentions import Document, Link, Mention, to_example

TEXT = "acute renal and liver failure"


def mention(key: str, *pieces: tuple[int, int], **more: str) -> Mention:
    return Mention(key, pieces, more.pop("label", "D"), place=f"f:{key}", **more)


def convert(
    mentions: list[Mention], *links: tuple[str, str]
) -> tuple[list[str], list[tuple[int, int]], dict[str, int]]:
    report = Report()
    document = Document("d", TEXT, "f:1", mentions)
    document.links = [Link(a, b, "R", "f:9") for a, b in links]
    found = to_example(document, report)
    ends = [(x.head, x.tail) for x in found.relations]
    return [x.text for x in found.entities], ends, dict(report.left_out)


def test_ends_of_relations_stay_then_the_longest() -> None:
    nested = [mention("a", (6, 11)), mention("b", (0, 11)), mention("c", (16, 29))]
    assert convert(nested) == (
        ["acute renal", "liver failure"],
        [],
        {"mention that overlaps another": 1},
    )
    assert convert(nested, ("c", "a"))[:2] == (["renal", "liver failure"], [(1, 0)])


def test_repeats_are_merged_with_their_relations() -> None:
    twice = [mention("a", (6, 11)), mention("b", (6, 11)), mention("c", (0, 5))]
    words, ends, left = convert(twice, ("a", "c"), ("b", "c"), ("a", "b"))
    assert (words, ends) == (["acute", "renal"], [(1, 0)])
    assert left == {
        "repeated mention": 1,
        "repeated relation": 1,
        "relation of a mention to itself": 1,
    }
    other = convert([mention("a", (6, 11), id="1"), mention("b", (6, 11), id="2")])[2]
    assert other == {"repeated mention with another id": 1}


def test_pieces_with_a_blank_between_are_one_mention() -> None:
    assert convert([mention("a", (6, 11), (0, 5))])[0] == ["acute renal"]
    assert convert([mention("a", (6, 11), (22, 29))], ("a", "a")) == (
        [],
        [],
        {"mention in pieces": 1, "relation of a mention that was left out": 1},
    )


def test_blanks_at_the_ends_are_no_part_of_a_mention() -> None:
    words, _, left = convert([mention("a", (5, 12)), mention("b", (15, 16))])
    assert (words, left) == (["renal"], {"mention of blanks": 1})


def test_unknown_ends_and_other_words_are_told() -> None:
    left = convert([mention("a", (0, 5))], ("a", "z"))[2]
    assert left == {"relation to an unknown mention": 1}
    with pytest.raises(ValueError, match="f:a: the text has 'acute' at 0-5"):
        convert([mention("a", (0, 5), text="renal")])
    with pytest.raises(ValueError, match="f:a: mention a lies at 20-40"):
        convert([mention("a", (20, 40))])


def test_a_mention_of_no_characters_is_left_out() -> None:
    report = Report()
    marks = [Mention("a", ((2, 2),), "L"), Mention("b", ((0, 4),), "L")]
    found = to_example(Document("d", "Iron.", "p:1", marks), report)
    assert [x.text for x in found.entities] == ["Iron"]
    assert report.left_out == {"mention of no characters": 1}
