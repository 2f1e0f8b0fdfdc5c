"""Quantities in text: amount, scale and unit, and how far rounding reaches."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberFormatError,
    get_currency_name,
    get_currency_symbol,
    list_currencies,
    parse_decimal,
)
from text_to_num import alpha2digit

_LITERAL = re.compile(r"\d[\d.,'\u00a0\u202f]*")
_MINUS = ("-", "\u2212", "(")
_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}


@dataclass(frozen=True)
class Interval:
    """Closed interval. low, high (Decimal): Its ends, low <= high."""

    low: Decimal
    high: Decimal

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __truediv__(self, other: "Interval") -> "Interval":
        """RAISES: ZeroDivisionError if `other` holds zero."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def meets(self, other: "Interval") -> bool:
        """Whether the two have a point in common."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Quantity:
    """What a mention of a quantity says.

    amount (Decimal): In units, scale and unit factor applied: 3.4bn is 3400000000.
    interval (Interval): What rounds to the amount as written: 3.4bn is 3.35bn to
        3.45bn, a whole number reaches half a unit to each side.
    unit (str): A unit of the vocabulary, an ISO 4217 code, or the words left over.
    """

    amount: Decimal
    interval: Interval
    unit: str


@dataclass(frozen=True)
class Vocabulary:
    """Words for scales and units in one language.

    lang (str): Language of the number format, number words and currency names.
    scales (Mapping[str, Decimal]): Factor by word, such as {"million": 1e6}.
    units (Mapping[str, Mapping[str, Decimal]]): Factor by word by unit, such as
        {"point": {"percentage points": 1, "basis points": 0.01}}.
    """

    lang: str
    scales: Mapping[str, Decimal]
    units: Mapping[str, Mapping[str, Decimal]]


def parse_quantity(text: str, vocabulary: Vocabulary) -> Quantity | None:
    """Read a mention that holds one number.

    text (str): Such as "$3.4 billion", "Rs 1,340 crore", "sixteen per cent".
    RETURNS (Optional[Quantity]): None if it holds no number, or more than one.
    RAISES: ValueError for a language that Babel does not know.
    """
    lang = vocabulary.lang
    for sign, digits in _FRACTIONS.items():
        text = re.sub(rf"(?<=\d)\s?{sign}", digits, text).replace(sign, "0" + digits)
    if not any(character.isdigit() for character in text):
        text = alpha2digit(text.replace("-", " "), lang)
    literals = list(_LITERAL.finditer(text))
    if len(literals) != 1:
        return None
    literal = literals[0].group().rstrip(".,'\u00a0\u202f")
    number = parse_number(literal, lang)
    if number is None:
        return None
    before = text[: literals[0].start()].strip()
    rest = text[literals[0].start() + len(literal) :].replace("-", " ").strip(" )")
    if before.endswith(_MINUS):
        number, before = -number, before[:-1].strip()
    exponent = number.as_tuple().exponent
    half = Decimal(5).scaleb(min(int(exponent), 0) - 1)
    factor, rest = take_word(rest, vocabulary.scales)
    unit_factor, unit = _find_unit(before, rest, vocabulary)
    factor *= unit_factor
    low, high = (number - half) * factor, (number + half) * factor
    return Quantity(number * factor, Interval(low, high), unit)


def parse_number(literal: str, lang: str) -> Decimal | None:
    """Read digits. RAISES: ValueError for a language that Babel does not know."""
    # South Asian grouping (1,34,000) is written in English text as well.
    for name in (lang, f"{lang}_IN"):
        try:
            return parse_decimal(literal, locale=Locale.parse(name), strict=True)
        except NumberFormatError:
            continue
        except UnknownLocaleError:
            if name == lang:
                raise ValueError(
                    f"{lang!r} is no language that Babel knows; give a code like 'en'"
                ) from None
    return None


def _find_unit(before: str, after: str, vocabulary: Vocabulary) -> tuple[Decimal, str]:
    for unit, words in vocabulary.units.items():
        factor, rest = take_word(after, words)
        if rest != after:
            return factor, " ".join([unit, *rest.split()])
    currencies = _currencies(vocabulary.lang)
    sides = [
        currencies.get(side.casefold(), side.casefold())
        for side in (before, after)
        if side
    ]
    return Decimal(1), " ".join(" ".join(sides).split())


def take_word(text: str, words: Mapping[str, Decimal]) -> tuple[Decimal, str]:
    """Take the longest word of the list off the front of the text."""
    folded = text.casefold()
    for word in sorted(words, key=len, reverse=True):
        if folded.startswith(word) and not folded[len(word) :][:1].isalpha():
            return words[word], text[len(word) :].strip()
    return Decimal(1), text


def find_currency(word: str, lang: str, more: Mapping[str, str]) -> str:
    """The ISO 4217 code of a symbol or name, or "". more: Other names, code by name."""
    folded = word.casefold()
    return more.get(folded) or _currencies(lang).get(folded, "") if folded else ""


@cache
def _currencies(lang: str) -> dict[str, str]:
    """ISO 4217 code by code, symbol and plural name, as CLDR has them."""
    names: dict[str, str] = {}
    for code in sorted(list_currencies(lang)):
        for name in (
            get_currency_symbol(code, lang),
            get_currency_name(code, locale=lang),
            get_currency_name(code, count=1, locale=lang),
            get_currency_name(code, count=2, locale=lang),
        ):
            names.setdefault(name.casefold(), code)
    for code in list_currencies(lang):
        names[code.casefold()] = code
    return names
