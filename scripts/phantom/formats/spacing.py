"""Tokens back to text, by rules, where the original spacing is not to be had."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

Span = tuple[int, int]


class Joint(NamedTuple):
    """Whether a token touches the one before, and the one after."""

    left: bool = False
    right: bool = False


# From all words and the place of one of them.
Rule = Callable[[Sequence[str], int], Joint]

PTB = {
    "-LRB-": "(",
    "-RRB-": ")",
    "-LSB-": "[",
    "-RSB-": "]",
    "-LCB-": "{",
    "-RCB-": "}",
    "``": '"',
    "''": '"',
}
CLOSING = {*",.;:!?%)]}’”…'", "..."}
OPENING = {*"([{$£€“#@", "$("}
CLITIC = re.compile(r"['’](s|re|ve|ll|d|m|t)|n['’]t")
CLITICS = ("s", "t", "re", "ve", "ll", "d", "m")
APART, LEFT, RIGHT, BOTH = (
    Joint(),
    Joint(left=True),
    Joint(right=True),
    Joint(left=True, right=True),
)


def join_split(words: Sequence[str], i: int) -> Joint:
    """For tokenizers that split words at hyphens: a hyphen between words touches both.

    Closing punctuation and clitics stick to the left, opening ones to the right,
    slashes to both; figures join at points, and at commas before three figures.
    """
    before, word, after = around(words, i)
    if word == "-":
        return BOTH if before[-1:].isalnum() and after[:1].isalnum() else APART
    return join_unsplit(words, i)


def join_unsplit(words: Sequence[str], i: int) -> Joint:
    """For tokens that keep their hyphens; one alone stood between blanks."""
    before, word, after = around(words, i)
    if word == ".":
        return Joint(True, before.isdigit() and after.isdigit())
    if word == ",":
        return Joint(True, is_thousand(before, after))
    if word in ("'", "’"):
        return Joint(before[-1:].isalnum(), after.lower() in CLITICS)
    if word in CLOSING or CLITIC.fullmatch(word):
        return LEFT
    if word in OPENING:
        return RIGHT
    return BOTH if word == "/" else APART


def rejoin(tokens: Sequence[str], rule: Rule = join_split) -> tuple[str, list[Span]]:
    """Join tokens into a text; straight quotes open and close by turns.

    rule (Callable): What a token touches; it depends on the source's tokenizer.
    RETURNS (Tuple[str, List[Tuple[int, int]]]): The text, and where each token lies.
    """
    words = [PTB.get(token, token) for token in tokens]
    text, spans = "", []
    touched, opened, quotes = True, False, words.count('"')
    for i, word in enumerate(words):
        if word == '"':
            # Of an odd number, one that follows a comma or stop closes what a
            # sentence before has opened.
            ends = quotes % 2 and around(words, i)[0] in (",", ".")
            opened = not (opened or ends)
            joint = RIGHT if opened else LEFT
            quotes -= 1
        else:
            joint = rule(words, i)
        if text and not (touched or joint.left):
            text += " "
        spans.append((len(text), len(text) + len(word)))
        text += word
        touched = joint.right
    return text, spans


def around(words: Sequence[str], i: int) -> tuple[str, str, str]:
    """The word before, this one, the one after; "" where there is none."""
    return (
        words[i - 1] if i else "",
        words[i],
        words[i + 1] if i + 1 < len(words) else "",
    )


def is_thousand(before: str, after: str) -> bool:
    """Whether a comma between two tokens parts thousands."""
    figures = re.search(r"(?<!\d)\d{1,3}$", before)
    return bool(figures and re.fullmatch(r"\d{3}", after))


def align(tokens: Sequence[str], text: str, start: int) -> list[Span] | None:
    """Find tokens one after the other in a text, with only white space between.

    RETURNS (Optional[List[Tuple[int, int]]]): None if the text goes on otherwise.
    """
    spans = []
    for token in tokens:
        while start < len(text) and text[start].isspace():
            start += 1
        if not text.startswith(token, start):
            return None
        spans.append((start, start + len(token)))
        start += len(token)
    return spans
