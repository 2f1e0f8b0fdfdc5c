"""Abbreviations over a document: where it defines a short form, and where it uses it.

What the document says once holds for all of it: `unify` gives every use of a short form
the label of its long form.
"""

import functools
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Optional

from spacy.util import registry

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

CharSpan = tuple[int, int]
Mention = tuple[int, int, str]

_BRACKET = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
# A comma within a name, as in 5,7-DHT, parts nothing.
_PART = re.compile(r"(?:[^;,]|,(?=\S))+")
# The words of a long form stand within so many characters.
_REACH = 1000
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-ZÀ-ÖØ-Þ\d(\[])")


class ShortForms(NamedTuple):
    """What is known of a language's short forms.

    borrowed (Mapping[str, Sequence[str]]): Those whose letters their long forms need
        not hold: what the words of each long form begin with, in any case.
    endings (Sequence[str]): Of a plural or genitive, such as "s".
    """

    borrowed: Mapping[str, Sequence[str]] = {}
    endings: Sequence[str] = ()


NONE = ShortForms()


class Definition(NamedTuple):
    """A short form with its long form beside it; offsets in the text.

    inverted (bool): Whether the long form stands in the brackets.
    """

    long: CharSpan
    short: CharSpan
    inverted: bool


class Use(NamedTuple):
    """A short form in a text. early (bool): It stands before any definition of it."""

    start: int
    end: int
    definition: Definition
    early: bool


@registry.misc("phantom.AbbreviationUses.v2")
def make_find_uses(
    borrowed: Mapping[str, Sequence[str]], endings: Sequence[str]
) -> Callable[[str], Iterator[Use]]:
    """The function that finds uses; see `find_uses` and `ShortForms`."""
    return functools.partial(find_uses, forms=ShortForms(borrowed, endings))


@registry.misc("phantom.UnifyAbbreviations.v1")
def make_unify() -> Callable[[Sequence[Use], Sequence[Mention]], list[Mention]]:
    """The function that gives uses one label; see `unify`."""
    return unify


@cache
def _letters() -> Any:
    return find_part("phantom.Letters.v2")()


def find_definitions(text: str, forms: ShortForms = NONE) -> Iterator[Definition]:
    """What a text defines in round or square brackets, in its order.

    The long form is of at most twice as many words as the short one has characters,
    and at most of five more; one in brackets has 2 to 10 words.

    forms (ShortForms): Of the language.
    """
    endings = forms.endings
    for bracket in _BRACKET.finditer(text):
        reach = max(0, bracket.start() - _REACH)
        outside = _strip(text, (reach, bracket.start()))
        first = _last_words(text, outside, 1)
        previous = outside
        for part in _PART.finditer(text, *bracket.span(1)):
            inside = _strip(text, part.span())
            found = _define(text, previous, inside, endings)
            found = found or _define(text, outside, inside, endings)
            found = found or _invert(text, first, inside, endings)
            found = found or look_up(text, outside, inside, forms)
            if found:
                yield found
            previous = inside


def find_uses(text: str, forms: ShortForms = NONE) -> Iterator[Use]:
    """Each place of a defined short form, in the order of the text, case as written.

    A definition holds from its own place to the next of the same short form; what
    stands before the first one takes that.
    forms (ShortForms): Of the language.
    """
    singular = _letters().singular
    scopes: dict[str, list[Definition]] = {}
    for definition in find_definitions(text, forms):
        stem = singular(text[slice(*definition.short)], forms.endings)
        scopes.setdefault(stem, []).append(definition)
    # The longer of two that begin alike is tried first, such as TNF-α before TNF.
    stems = sorted(scopes, key=len, reverse=True)
    if not stems:
        return
    known, ends = ("|".join(map(re.escape, x)) for x in (stems, forms.endings))
    pattern = rf"(?<![^\W_])({known})(?:{ends})?(?![^\W_])"
    for match in re.finditer(pattern, text):
        scope = scopes[match[1]]
        before = bisect_right(scope, match.start(), key=lambda d: d.short[0])
        yield Use(*match.span(), scope[max(before - 1, 0)], early=not before)


def unify(uses: Sequence[Use], mentions: Sequence[Mention]) -> list[Mention]:
    """Give every use of a short form the label of its long form.

    Where the long form is no mention, the label that more than half of the uses have
    counts; without such a label no use is a mention. A mention that is longer than the
    short form stays, whatever it is, and so does all that no definition speaks of.

    mentions (Sequence[Tuple[int, int, str]]): Start, end and label; no two overlap.
    RETURNS (List[Tuple[int, int, str]]): In the order of the text.
    """
    places: defaultdict[Definition, list[CharSpan]] = defaultdict(list)
    for use in uses:
        places[use.definition].append((use.start, use.end))
    given = sorted((start, end) for start, end, _ in mentions)
    found = {(start, end): label for start, end, label in mentions}
    for definition, spans in places.items():
        label = _find_label(definition, spans, found, given)
        for start, end in spans:
            touching = list(_touching(given, start, end))
            if any(a < start or b > end for a, b in touching):
                continue
            for place in touching:
                found.pop(place, None)
            if label:
                found[start, end] = label
    return [(*place, found[place]) for place in sorted(found)]


def _touching(given: list[CharSpan], start: int, end: int) -> Iterator[CharSpan]:
    """Those of the sorted mentions that share a character with a stretch."""
    at = max(bisect_left(given, (start, start)) - 1, 0)
    while at < len(given) and given[at][0] < end:
        if start < given[at][1]:
            yield given[at]
        at += 1


def _find_label(
    definition: Definition,
    uses: Sequence[CharSpan],
    found: dict[CharSpan, str],
    given: list[CharSpan],
) -> Optional[str]:
    first, last = definition.long
    for start, end in _touching(given, first, last):
        # Modifiers may be left off a mention: metastatic breast cancer (MBC).
        if end == last and start >= first and (start, end) in found:
            return found[start, end]
    labels = Counter(found[use] for use in uses if use in found)
    label, count = max(labels.items(), key=lambda x: x[1], default=("", 0))
    return label if 2 * count > len(uses) else None


def _define(
    text: str, before: CharSpan, inside: CharSpan, endings: Sequence[str]
) -> Optional[Definition]:
    short = text[slice(*inside)]
    letters = _letters()
    if not letters.may_be_short(short):
        return None
    before = before[0], before[0] + len(text[slice(*before)].rstrip(" ,;:-"))
    start, end = _last_words(text, before, min(len(short) + 5, 2 * len(short)))
    found = letters.find_long(short, text, start, end, endings)
    return None if found is None else Definition((found, end), inside, inverted=False)


def _invert(
    text: str, first: CharSpan, inside: CharSpan, endings: Sequence[str]
) -> Optional[Definition]:
    short = text[slice(*first)]
    long = text[slice(*inside)]
    letters = _letters()
    if not letters.may_be_short(short) or not any(c.isupper() for c in short[1:]):
        return None
    if not 2 <= len(long.split()) <= 10 or not letters.is_long(long, short, endings):
        return None
    return Definition(inside, first, inverted=True)


def look_up(
    text: str, before: CharSpan, inside: CharSpan, forms: ShortForms
) -> Optional[Definition]:
    """The long form at the end of a span, if those of the short one are listed."""
    for form in forms.borrowed.get(text[slice(*inside)], ()):
        stems = form.split()
        start, end = _last_words(text, before, len(stems))
        words = text[start:end].lower().split()
        if len(words) == len(stems) and all(
            word.startswith(stem.lower())
            for word, stem in zip(words, stems, strict=True)
        ):
            return Definition((start, end), inside, inverted=False)
    return None


def _last_words(text: str, span: CharSpan, count: int) -> CharSpan:
    """The last words of a span, none of an earlier sentence."""
    piece = text[slice(*span)]
    starts = [match.start() for match in re.finditer(r"\S+", piece)]
    ends = [match.end() for match in _SENTENCE_END.finditer(piece)]
    start = max([*starts[-count:][:1], *ends[-1:]], default=0)
    return span[0] + start, span[1]


def _strip(text: str, span: CharSpan) -> CharSpan:
    piece = text[slice(*span)]
    start = span[1] - len(piece.lstrip())
    return start, start + len(piece.strip())
