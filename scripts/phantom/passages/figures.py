"""Figures in running text: scale, unit and how far rounding reaches."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from text_to_num import alpha2digit, text2num

from phantom.packs.language_words import FigureWords, SameAmount
from phantom.passages.quantities import (
    Interval,
    Quantity,
    Vocabulary,
    find_currency,
    parse_number,
    take_word,
)

_DIGITS = re.compile(r"\d+(?:[.,'\u00a0\u202f]\d+)*")
_WORD = re.compile(r"[^\W\d_]+")
_BEFORE = re.compile(r"([^\s\d]*)\s?$")
# Of a number in words.
_LONGEST = 8
# Between a figure and the one that has its unit.
_LINK = re.compile(r"\W*(?:[^\W\d]+\W+)?")


class Figure(NamedTuple):
    """A number in a text. start, end (int): Its digits or words, without the unit.

    scale (Decimal): Of the word that follows, such as "million"; 1 without one.
    """

    start: int
    end: int
    quantity: Quantity
    scale: Decimal


def make_vocabulary(
    lang: str, words: FigureWords, same: Sequence[SameAmount]
) -> Vocabulary:
    """Scales and units of a language; units of one kind become one of them."""
    units = {name: dict(factors) for name, factors in words.units.items()}
    for pair in same:
        if {*pair.one, *pair.many} & set(words.scales):
            continue
        home = _find_home(units, pair)
        factor = units[home]
        if any(name in factor for name in pair.many):
            base = next(factor[name] for name in pair.many if name in factor)
            new = {**dict.fromkeys(pair.many, base)}
            new |= dict.fromkeys(pair.one, base * pair.times)
        else:
            base = next((factor[n] for n in pair.one if n in factor), Decimal(1))
            new = {**dict.fromkeys(pair.one, base)}
            new |= dict.fromkeys(pair.many, base / pair.times)
        units[home] = {**new, **factor}
    return Vocabulary(lang, words.scales, units)


def find_figures(
    text: str, vocabulary: Vocabulary, words: FigureWords
) -> Iterator[Figure]:
    """Every number of a text in digits or in words, from the left."""
    for start, end, literal in _find_literals(text, vocabulary, words):
        number = parse_number(literal, vocabulary.lang)
        attached = _BEFORE.search(text[:start][-12:])
        before = attached[1].strip("([~") if attached else ""
        beside = bool(before) and text[start - 1] != " "
        negative = beside and before.startswith(("-", "\u2212"))
        currency = find_currency(before.strip("-\u2212"), vocabulary.lang, words.money)
        if number is None or (beside and before[-1:].isalpha() and not currency):
            continue
        after = re.split(r"\d", text[end : end + 40])[0]
        after = _skip_ending(after, words.ordinals).lstrip(" \u00a0-")
        scale, rest = take_word(after, vocabulary.scales)
        factor, unit = _read_unit(rest, vocabulary, words)
        half = Decimal(5).scaleb(min(int(number.as_tuple().exponent), 0) - 1)
        if _is_rough(text[:start], before, words.approximate):
            half = max(half, number / 20)
        factor *= -scale if negative else scale
        ends = sorted(((number - half) * factor, (number + half) * factor))
        quantity = Quantity(number * factor, Interval(*ends), currency or unit)
        yield Figure(start, end, quantity, scale)


def read_amount(
    value: float, unit: str, vocabulary: Vocabulary, words: FigureWords
) -> Quantity:
    """An amount whose unit stands alone, such as 3.4 "USD billion" or 5 "mg".

    RETURNS (Quantity): Without a unit if the vocabulary lacks it ("patients").
    """
    number, left = Decimal(str(value)), []
    for word in unit.split():
        factor = vocabulary.scales.get(word.casefold())
        number *= factor or 1
        left += [] if factor else [word]
    factor, name = _read_unit(" ".join(left), vocabulary, words)
    number *= factor
    return Quantity(number, Interval(number, number), name)


def find_amount(wanted: Quantity, text: str, figures: Sequence[Figure]) -> list[int]:
    """Where a text says an amount: figures of its unit that it rounds to.

    Scale and unit said once hold for the figure before ("3 to 4 per cent"), too; a
    negative amount may be said by its size. An amount without a unit may have any.
    figures (Sequence[Figure]): All of the text.
    RETURNS (List[int]): Starts of the figures.
    """
    found = []
    for place, figure in enumerate(figures):
        quantity, scaled = figure.quantity, figure.scale != 1
        if not quantity.unit and place + 1 < len(figures):
            after = figures[place + 1]
            if _LINK.fullmatch(text, figure.end, after.start):
                factor = Decimal(1) if scaled else after.scale
                quantity = _times(quantity, factor, after.quantity.unit)
        known = wanted.unit in ("", quantity.unit) or (scaled and not quantity.unit)
        if known and _says(quantity, wanted.amount):
            found.append(figure.start)
    return found


def _times(quantity: Quantity, factor: Decimal, unit: str) -> Quantity:
    reach = quantity.interval
    wide = Interval(reach.low * factor, reach.high * factor)
    return Quantity(quantity.amount * factor, wide, unit)


def _says(quantity: Quantity, amount: Decimal) -> bool:
    reach = quantity.interval
    size = quantity.amount >= 0 and reach.low <= abs(amount) <= reach.high
    return size or reach.low <= amount <= reach.high


def _find_home(units: dict[str, dict[str, Decimal]], pair: SameAmount) -> str:
    names = {*pair.one, *pair.many}
    for home, factors in units.items():
        if names & set(factors):
            return home
    units[pair.one[1]] = {}
    return pair.one[1]


def _read_unit(
    text: str, vocabulary: Vocabulary, words: FigureWords
) -> tuple[Decimal, str]:
    every = {
        word: (unit, factor)
        for unit, factors in vocabulary.units.items()
        for word, factor in factors.items()
    }
    folded = {word.casefold(): found for word, found in every.items()}
    for word in sorted(folded, key=len, reverse=True):
        after = text[len(word) : len(word) + 1]
        if text.casefold().startswith(word) and not (
            word[-1:].isalpha() and after.isalpha()
        ):
            unit, factor = folded[word]
            return factor, unit
    parts = re.split(r"[^\w$€£¥]", text)
    for count in (3, 2, 1):
        code = find_currency(" ".join(parts[:count]), vocabulary.lang, words.money)
        if code:
            return Decimal(1), code
    return Decimal(1), ""


def _is_rough(before: str, attached: str, approximate: Sequence[str]) -> bool:
    text = before.rstrip()
    text = text[: len(text) - len(attached)] if attached else text
    return any(
        text.casefold().rstrip().endswith(f" {word}") for word in approximate
    ) or text.strip().casefold() in set(approximate)


def _find_literals(
    text: str, vocabulary: Vocabulary, words: FigureWords
) -> Iterator[tuple[int, int, str]]:
    """Start, end and digits of each number."""
    found = [(*match.span(), match.group()) for match in _DIGITS.finditer(text)]
    tokens = list(_WORD.finditer(text))
    place = 0
    while place < len(tokens):
        start = tokens[place].start()
        first = tokens[place].group().casefold()
        best = None
        if first not in vocabulary.scales:
            for stop in range(place, min(place + _LONGEST, len(tokens))):
                if tokens[stop].group().casefold() in vocabulary.scales:
                    break
                run = text[start : tokens[stop].end()]
                if stop == place and not _in_digits(first, vocabulary, words):
                    break
                digits = _in_digits(run, vocabulary, words)
                best = (stop, digits) if digits else best
        if best:
            found.append((start, tokens[best[0]].end(), best[1]))
            place = best[0]
        place += 1
    return iter(sorted(found))


def _in_digits(run: str, vocabulary: Vocabulary, words: FigureWords) -> str:
    run = run.casefold()
    if fraction := words.fractions.get(run):
        return fraction
    return _read_words(run.replace("-", " "), vocabulary.lang, tuple(words.ordinals))


def _skip_ending(text: str, ordinals: Sequence[str]) -> str:
    """A text without the ending of an ordinal that it begins with."""
    for ending in ordinals:
        rest = text.removeprefix(ending)
        if rest != text and not rest[:1].isalnum():
            return rest
    return text


@cache
def _read_words(run: str, lang: str, ordinals: tuple[str, ...]) -> str:
    """A number in words, "fifth" as well as "five", as digits, or ""."""
    try:
        read = str(alpha2digit(run, lang))
        digits = _DIGITS.match(read)
        if digits and not _skip_ending(read[digits.end() :], ordinals):
            return digits.group()
        if not _DIGITS.fullmatch(read):
            read = str(text2num(run, lang))
    except ValueError:
        return ""
    return read if _DIGITS.fullmatch(read) else ""
