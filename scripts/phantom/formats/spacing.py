"""Tokens back to text, by rules, where the original spacing is not to be had."""

import re
from collections.abc import Sequence

Span = tuple[int, int]

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
CLOSING = re.compile(r"[,.;:!?%)\]}’”]+|['’](s|re|ve|ll|d|m|t)|n['’]t", re.IGNORECASE)
OPENING = re.compile(r"[(\[{$£€“‘#]+")
JOINERS = {"-", "/", "+", "–"}


def rejoin(tokens: Sequence[str]) -> tuple[str, list[Span]]:
    """Join tokens into a text.

    Closing punctuation and clitics stick to the left, opening ones to the right,
    hyphens and slashes between words to both, straight quotes by turns. A spaced
    dash, or "5 %", comes out unspaced: the tokens do not tell.

    RETURNS (Tuple[str, List[Tuple[int, int]]]): The text, and where each token lies.
    """
    words = [PTB.get(token, token) for token in tokens]
    text, spans, quotes = "", [], 0
    sticky = True
    for i, word in enumerate(words):
        before = words[i - 1] if i else ""
        after = words[i + 1] if i + 1 < len(words) else ""
        stick, sticky_next = sticky, False
        if word == '"':
            stick, sticky_next = (
                (True, False) if quotes % 2 or not after else (stick, True)
            )
            quotes += 1
        elif word == "'" and i and after.lower() in ("s", "t", "re", "ll"):
            stick, sticky_next = True, True
        elif CLOSING.fullmatch(word):
            stick = True
            sticky_next = word == "." and before.isdigit() and after.isdigit()
        elif OPENING.fullmatch(word):
            sticky_next = True
        elif word in JOINERS and _joins(before[-1:]) and _joins(after[:1]):
            stick = sticky_next = True
        if text and not stick:
            text += " "
        spans.append((len(text), len(text) + len(word)))
        text += word
        sticky = sticky_next
    return text, spans


def _joins(character: str) -> bool:
    """Whether a hyphen or slash may touch this neighbour."""
    return character.isalnum() or character in JOINERS or character == ">"


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
