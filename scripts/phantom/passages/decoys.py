"""A word put into a passage where it means nothing."""

import random
from collections.abc import Iterator

from phantom.passages.rewrite import Edit
from phantom.passages.words import TOKEN
from phantom.records import Example


def put_in(example: Example, word: str, rng: random.Random) -> Iterator[Edit]:
    """Put a word before one that is drawn by chance, outside of all mentions.

    YIELDS (Edit): One; none where the passage has the word, or no place for it.
    """
    text = example.text
    spans = [match.span() for match in TOKEN.finditer(text)]
    if word.lower() in {text[a:b].lower() for a, b in spans}:
        return
    gaps = [
        start
        for start, _ in spans
        if (not start or text[start - 1].isspace())
        and not any(e.start < start < e.end for e in example.entities)
    ]
    if gaps:
        start = rng.choice(gaps)
        yield Edit(start, start, f"{word} ")
