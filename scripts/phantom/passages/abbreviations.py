"""Abbreviations: where a text defines a short form, and where it uses it.

After A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", Pacific Symposium on Biocomputing 2003: the characters
of the short form occur in the long one in order, the first of them where a word begins.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from phantom.passages.long_forms import (
    find_initials,
    is_plausible,
    may_be_defined,
    widen,
)

Span = tuple[int, int]

# Words that look like a short form: capitals, of which one is past the first letter.
SHORT_FORM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\w*\b")
_BRACKET = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
# A comma within a name, as in 5,7-DHT, parts nothing.
_PART = re.compile(r"(?:[^;,]|,(?=\S))+")
_BETWEEN = re.compile(r"\s*[(\[](?:[^()\[\]]*[;,])?\s*")
_WHOLE = re.compile(r"(.{4,}?)\s*[(\[]([^()\[\]]+)[)\]]")
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z\d(\[])")
# One letter each, so that offsets stay: the one that the letter's name begins with.
_LATIN = str.maketrans("αβγδεζηθικλμνξοπρσςτυφχψωµ", "abgdezetiklmnxoprsstupcpom")


class Definition(NamedTuple):
    """A short form with its long form beside it; offsets in the text.

    inverted (bool): Whether the long form stands in the brackets.
    """

    long: Span
    short: Span
    inverted: bool


class Use(NamedTuple):
    """A short form in a text. early (bool): It stands before any definition of it."""

    start: int
    end: int
    definition: Definition
    early: bool


def match_long(short: str, before: str) -> int | None:
    """Where in `before` the long form of `short` begins that ends with it.

    A plural s of the short form need not be in the long one, nor digits after its first
    letter (CO2).
    RETURNS (Optional[int]): None if `before` does not end in a long form of it.
    """
    folded = _fold(short)
    singular = folded[:-1] if folded.endswith("s") else folded
    for form in dict.fromkeys((folded, singular)):
        in_order = [c for c in form if c.isalnum()]
        letters = [c for c in in_order if not c.isdigit()]
        named = folded[:1].isalpha() and " " not in folded
        for characters in (in_order, letters) if named else (in_order,):
            start = _search(characters, _fold(before))
            if start is not None:
                return start
    return None


def defines(text: str, first: Span, second: Span) -> bool:
    """Whether the second span stands in brackets beside the first as its short form.

    Or as its long form, if the first is the short one. Brackets may hold more, divided
    by commas or semicolons. Of two mentions that stand so, letters in order are enough:
    5-FU is fluorouracil, though the algorithm would not look for it there.
    """
    if not _BETWEEN.fullmatch(text[first[1] : second[0]]):
        return False
    if text[second[1] : second[1] + 1] not in {")", "]", ",", ";"}:
        return False
    a, b = text[slice(*first)], text[slice(*second)]
    if len(b) < len(a):
        letters = [c for c in _fold(b) if c.isalpha()]
        return _search(letters, _fold(a), at_word=False) is not None
    return len(a) < len(b) and _may_be_short(a) and match_long(a, b) is not None


def split_definition(mention: str) -> tuple[Span, Span] | None:
    """The long and the short form of a mention that holds both, "long (short)"."""
    whole = _WHOLE.fullmatch(mention)
    if whole and _may_be_short(whole[2]) and _is_long_form(whole[1], whole[2]):
        return whole.span(1), whole.span(2)
    return None


def find_definitions(text: str) -> Iterator[Definition]:
    """What a text defines in round or square brackets, in its order.

    The long form is of at most twice as many words as the short one has characters,
    and at most of five more; one in brackets has 2 to 10 words.
    """
    for bracket in _BRACKET.finditer(text):
        outside = _strip(text, (0, bracket.start()))
        first = _last_words(text, outside, 1)
        previous = outside
        for part in _PART.finditer(text, *bracket.span(1)):
            inside = _strip(text, part.span())
            found = _define(text, previous, inside) or _define(text, outside, inside)
            found = found or _invert(text, first, inside)
            if found:
                yield found
            previous = inside


def find_uses(text: str) -> Iterator[Use]:
    """Each place of a defined short form, in the order of the text, case as written.

    A definition holds from its own place to the next of the same short form; what
    stands before the first one takes that.
    """
    scopes: dict[str, list[Definition]] = {}
    for definition in find_definitions(text):
        stem = _singular(text[slice(*definition.short)])
        scopes.setdefault(stem, []).append(definition)
    # The longer of two that begin alike is tried first, such as TNF-α before TNF.
    stems = sorted(scopes, key=len, reverse=True)
    pattern = rf"(?<![^\W_])({'|'.join(map(re.escape, stems))})s?(?![^\W_])"
    for match in re.finditer(pattern, text) if stems else ():
        known = scopes[match[1]]
        before = [d for d in known if d.short[0] <= match.start()]
        yield Use(*match.span(), (before or known[:1])[-1], early=not before)


def keeps_stop(span: str) -> bool:
    """Whether the last full stop of a span belongs to it, as in "Inc." or "d.d."."""
    word = span.rsplit(None, 1)[-1] if span.split() else ""
    short = word[:1].isupper() and len(word) <= 6
    return span.endswith(".") and (short or "." in word[:-1])


def _fold(text: str) -> str:
    """Lower case and Greek letters as Latin ones; the length stays."""
    lowered = (c.lower() if len(c.lower()) == 1 else c for c in text)
    return "".join(lowered).translate(_LATIN)


def _search(characters: list[str], long: str, at_word: bool = True) -> int | None:
    """The algorithm of Schwartz and Hearst: characters in order, from the right.

    at_word (bool): Whether a word must begin with the first.
    """
    at = len(long)
    for left in range(len(characters) - 1, -1, -1):
        at = long.rfind(characters[left], 0, at)
        while at_word and left == 0 and at > 0 and long[at - 1].isalnum():
            at = long.rfind(characters[left], 0, at)
        if at < 0:
            return None
    return at


def _is_long_form(long: str, short: str) -> bool:
    """Whether a phrase stands for the short form from its first character on."""
    first, rest = _fold(short)[:1], _fold(_singular(short))[1:]
    letters = [c for c in rest if c.isalpha()]
    found = _search(letters, _fold(long)[1:], at_word=False)
    return _fold(long)[:1] == first and found is not None


def _may_be_short(text: str) -> bool:
    return (
        2 <= len(text) <= 10
        and len(text.split()) <= 2
        and text[0].isalnum()
        and any(map(str.isalpha, text))
        and any(c.isupper() or c.isdigit() for c in text)
    )


def _define(text: str, before: Span, inside: Span) -> Definition | None:
    short = text[slice(*inside)]
    if not _may_be_short(short) or not may_be_defined(short):
        return None
    before = before[0], before[0] + len(text[slice(*before)].rstrip(" ,;:-"))
    start, end = _last_words(text, before, min(len(short) + 5, 2 * len(short)))
    folded = _fold(_singular(short))
    letters = "".join(c for c in folded if c.isalpha())
    found = find_initials(letters, _fold(text[start:end])) if len(letters) > 1 else None
    if found is None:
        found = match_long(short, text[start:end])
    if found is None:
        return None
    start = widen(text, start + found)
    long = text[start:end]
    whole = short in long or len(long) <= len(short)
    if whole or not is_plausible(short, letters, long) or not _has_digits(short, long):
        return None
    return Definition((start, end), inside, inverted=False)


def _has_digits(short: str, long: str) -> bool:
    """Whether a code, with more digits than letters, has them from the long form."""
    digits = [c for c in short if c.isdigit()]
    if len(digits) <= sum(map(str.isalpha, short)):
        return True
    return _search(digits, long, at_word=False) is not None


def _invert(text: str, first: Span, inside: Span) -> Definition | None:
    short = text[slice(*first)]
    long = text[slice(*inside)]
    if not _may_be_short(short) or not any(c.isupper() for c in short[1:]):
        return None
    if not 2 <= len(long.split()) <= 10 or not _is_long_form(long, short):
        return None
    return Definition(inside, first, inverted=True)


def _last_words(text: str, span: Span, count: int) -> Span:
    """The last words of a span, none of an earlier sentence."""
    piece = text[slice(*span)]
    starts = [match.start() for match in re.finditer(r"\S+", piece)]
    ends = [match.end() for match in _SENTENCE_END.finditer(piece)]
    start = max([*starts[-count:][:1], *ends[-1:]], default=0)
    return span[0] + start, span[1]


def _strip(text: str, span: Span) -> Span:
    piece = text[slice(*span)]
    start = span[1] - len(piece.lstrip())
    return start, start + len(piece.strip())


def _singular(short: str) -> str:
    return short[:-1] if len(short) > 2 and short.endswith("s") else short
