"""Sentences end at punctuation and line breaks, never inside a mention."""

from phantom.passages.sentences import split_sentences
from phantom.records import Entity


def sentences(text: str, *entities: Entity) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text, "en", entities)]


def test_a_title_without_a_full_stop_is_a_sentence() -> None:
    text = "Iron in anaemia\n\nIron was given. Values rose (P = 0.06)."
    assert sentences(text) == [
        "Iron in anaemia",
        "Iron was given.",
        "Values rose (P = 0.06).",
    ]


def test_a_sentence_that_would_end_in_a_mention_goes_on() -> None:
    text = "Infection with E. Coli was seen. It passed."
    start = text.index("E. Coli")
    mention = Entity(start=start, end=start + 7, label="A", text="E. Coli")
    assert sentences(text, mention) == [
        "Infection with E. Coli was seen.",
        "It passed.",
    ]


def test_white_space_alone_is_no_sentence() -> None:
    assert sentences("  \n \n One. \n") == ["One."]
    assert sentences(" ") == []
