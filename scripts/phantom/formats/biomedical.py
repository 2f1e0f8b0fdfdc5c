"""Spacing of abstracts whose tokenizer splits at all punctuation (NCBI-Disease).

The rules were read off the training split: mutations (`85T>C`, `A-->T`), genotypes
(`+/-`), charges (`Na(+)`), initials, decimals without a zero, names in codes of three.
"""

import re
from collections.abc import Callable, Sequence

from phantom.formats.spacing import (
    APART,
    BOTH,
    CLOSING,
    LEFT,
    OPENING,
    RIGHT,
    Joint,
    around,
    is_thousand,
)


def join_biomedical(words: Sequence[str], i: int) -> Joint:
    """What a token of an abstract touches."""
    word = words[i]
    if word in BY_WORD:
        return BY_WORD[word](words, i)
    if word in ("'", "’"):
        before, _, after = around(words, i)
        return Joint(before[-1:].isalnum(), after.lower() in ("s", "t", "-"))
    if word in CLOSING:
        return LEFT
    return RIGHT if word in OPENING else APART


def _join_stop(words: Sequence[str], i: int) -> Joint:
    before, _, after = around(words, i)
    bare = before in ("=", "<", ">", "-", "(")
    decimal = after[:1].isdigit() and (
        before[-1:].isdigit() or bare or len(before) == 1
    )
    initials = (
        len(before) == len(after) == 1
        and before.isalpha()
        and after.isalpha()
        and before.isupper() == after.isupper()
    )
    return Joint(not bare, decimal or initials)


def _join_comma(words: Sequence[str], i: int) -> Joint:
    before, _, after = around(words, i)
    locants = (
        len(before) == len(after) == 1
        and (before + after).isdigit()
        and words[i + 2 : i + 3] == ["-"]
    )
    return Joint(True, is_thousand(before, after) or locants)


def _join_bracket(words: Sequence[str], i: int) -> Joint:
    before, _, after = around(words, i)
    inside = "".join(words[i + 2 : i + 3])
    charge = after in ("+", "-") and (inside in ("", ")", "/") or inside.isdigit())
    return Joint(charge and before[-1:].isalnum(), True)


def _join_hyphen(words: Sequence[str], i: int) -> Joint:
    before, _, after = around(words, i)
    left, right = before[-1:].isalnum(), after[:1].isalnum()
    if "-" in (before, after) or after in (">", "/") or before in ("(", "["):
        return BOTH
    if before == "/":
        return Joint(True, after == ")")
    if left and right:
        # "intra- or", "2- to 5-fold", but "C-to-T".
        apart = after in ("or", "and") or (after == "to" and before.isdigit())
        return Joint(True, not apart)
    if left or before in (")", "]", "%", "'", '"', "+"):
        return Joint(left or right or after in ("(", "["), right or after in ("(", "["))
    return RIGHT if before in ("=", "<", ">") else APART


def _join_greater(words: Sequence[str], i: int) -> Joint:
    before, _, after = around(words, i)
    if before != "-":
        base = re.search(r"\d[ACGT]$", before) and len(after) == 1
        return BOTH if base else Joint(False, after == "/")
    source = next((x for x in reversed(words[:i]) if x != "-"), "")
    if source.isdigit():
        return Joint(True, not after[:1].isupper())
    codon = len(after) == 3 and after.isupper()
    return Joint(True, len(after) == 1 or codon or not after[:1].isalnum())


def _join_less(words: Sequence[str], i: int) -> Joint:
    before, _, after = around(words, i)
    if after == "/":
        return RIGHT
    value = before in ("P", "p") and words[i - 2 : i - 1] == [","] and after == "0"
    return BOTH if value else APART


def _join_equals(words: Sequence[str], i: int) -> Joint:
    before = around(words, i)[0]
    named = len(before) > 1 and before.isalpha() and words[i - 2 : i - 1] == ["("]
    return BOTH if before == "/" or named else APART


def _join_plus(words: Sequence[str], i: int) -> Joint:
    before, _, after = around(words, i)
    left = before[-1:].isalnum()
    if before == "/":
        return LEFT
    if after == "/" or before in ("(", "["):
        return RIGHT
    if left and after[:1].isdigit():
        return BOTH
    return Joint(before == ")" or (left and not after[:1].isalnum()), False)


BY_WORD: dict[str, Callable[[Sequence[str], int], Joint]] = {
    ".": _join_stop,
    ",": _join_comma,
    "(": _join_bracket,
    "-": _join_hyphen,
    ">": _join_greater,
    "<": _join_less,
    "=": _join_equals,
    "+": _join_plus,
    "/": lambda words, i: BOTH,
}
