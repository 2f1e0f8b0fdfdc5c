"""Amounts, dates and small numbers in other words, none of which says anything else.

What a passage reckons stays right: the value is the same, and where there is another
amount of its kind to be compared with, the new form is no more exact than the old one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, get_month_names
from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from text_to_num import alpha2digit

from phantom.packs.language_words import SameAmount
from phantom.passages.rewrite import Edit

_NUMBER = r"(?<![\w.,/–+-])(?P<number>\d+(?:[.,]\d+)*)(?P<blank>[ \u00a0]?)"
_WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w-])")
Width = Literal["wide", "abbreviated"]
_FIELD = re.compile(r"y|MMMM|MMM|MM|dd|d")
# How many words before and after an amount may hold no other number.
_BEFORE, _AFTER = 3, 2
# Numbers that people write: no 0.002 trillion, and no 400,000 µg.
_LEAST, _MOST = Decimal("0.1"), Decimal(9999)


def restate_amounts(
    text: str, units: Sequence[SameAmount], lang: str
) -> Iterator[Edit]:
    """Amounts in another unit: 400 mg is 0.4 g.

    Amounts in a list or range are left out, since a unit said once may hold for all,
    and so are numbers that nobody would write.
    """
    families = _families(tuple(units))
    longest = sorted(families, key=len, reverse=True)
    pattern = rf"{_NUMBER}(?P<unit>{'|'.join(map(re.escape, longest))})(?![\w/·⋅^-])"
    found = list(re.finditer(pattern, text)) if families else []
    kinds = Counter(families[match["unit"]] for match in found)
    for match in found:
        number = _parse(match["number"], lang)
        if number is None or _in_list(text, *match.span()):
            continue
        lone = kinds[families[match["unit"]]] == 1
        for new, name in _convert(number, match["unit"], units, lone):
            written = format_decimal(new, locale=lang, decimal_quantization=False)
            blank = match["blank"] or (" " if name[:1].isalpha() else "")
            blank = "" if not name[:1].isalpha() else blank
            yield Edit(*match.span(), f"{written}{blank}{name}")


def restate_dates(text: str, forms: Sequence[str], lang: str) -> Iterator[Edit]:
    """Dates with day, month and year in another of the forms."""
    for form in forms:
        for match in _date_pattern(form, lang).finditer(text):
            day = _read_date(match, form, lang)
            for other in forms if day else ():
                written = format_date(day, other, locale=lang)
                if other != form and written != match.group():
                    yield Edit(*match.span(), written)


def restate_words(text: str, lang: str) -> Iterator[Edit]:
    """Number words from two to twenty as digits, where they are no part of another."""
    words = list(_WORD.finditer(text))
    values = [_value(match.group(), lang) for match in words]
    for i, (match, value) in enumerate(zip(words, values, strict=True)):
        around = values[max(0, i - 1) : i] + values[i + 1 : i + 2]
        if value and 2 <= value <= 20 and not any(around):
            yield Edit(*match.span(), str(value))


def _convert(
    number: Decimal, unit: str, units: Sequence[SameAmount], lone: bool
) -> Iterator[tuple[Decimal, str]]:
    """The number in other units. lone (bool): Nothing else is to be compared with."""
    half = _half(number)
    for same in units:
        for names, others, up in ((same.one, same.many, 0), (same.many, same.one, 1)):
            if unit not in names:
                continue
            new, reach = (
                x / same.times if up else x * same.times for x in (number, half)
            )
            back = new * same.times if up else new / same.times
            new = new.normalize()
            if back == number and _LEAST <= new <= _MOST and _decimals(new) <= 3:
                new = new.quantize(Decimal(1)) if not _decimals(new) else new
                if lone or _half(new) >= reach:
                    yield new, others[new != 1]


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _half(number: Decimal) -> Decimal:
    """How far what rounds to a number as written may be from it."""
    return Decimal(5).scaleb(-_decimals(number) - 1)


def _parse(literal: str, lang: str) -> Decimal | None:
    try:
        return parse_decimal(literal, locale=Locale.parse(lang), strict=True)
    except NumberFormatError:
        return None


def _in_list(text: str, start: int, end: int) -> bool:
    near = [*text[:start].split()[-_BEFORE:], *text[end:].split()[:_AFTER]]
    return any(character.isdigit() for word in near for character in word)


@cache
def _families(units: tuple[SameAmount, ...]) -> dict[str, str]:
    """A name for the kind of each unit: those that lead to one another are one kind."""
    kinds: dict[str, str] = {}
    for same in units:
        names = {*same.one, *same.many}
        old = {kinds[name] for name in names if name in kinds}
        kind = min(old | names)
        kinds |= {name: kind for name, its in kinds.items() if its in old}
        kinds |= dict.fromkeys(names, kind)
    return kinds


@cache
def _value(word: str, lang: str) -> int:
    """What a number word says; 0 for another word and for a language without them."""
    try:
        read = alpha2digit(word.lower(), lang)
    except ValueError:
        return 0
    return int(read) if read.isdigit() else 0


@cache
def _months(width: Width, lang: str) -> dict[str, int]:
    names = get_month_names(width, locale=lang)
    return {str(names[number]): number for number in range(1, 13)}


@cache
def _date_pattern(form: str, lang: str) -> re.Pattern[str]:
    parts = re.split(r"(y|M+|d+)", form)
    inner = "".join(_group(part, lang) for part in parts)
    return re.compile(rf"(?<![\w-]){inner}(?![\w-])")


def _group(part: str, lang: str) -> str:
    """The expression for one field of a form, or for what stands between two."""
    if not _FIELD.fullmatch(part):
        return re.escape(part)
    if len(part) > 2:
        names = sorted(_months(_width(part), lang), key=len, reverse=True)
        return f"(?P<M>{'|'.join(map(re.escape, names))})"
    digits = {"y": "{4}", "d": "{1,2}"}.get(part, "{2}")
    return rf"(?P<{part[0]}>\d{digits})"


def _width(field: str) -> Width:
    return "wide" if field == "MMMM" else "abbreviated"


def _read_date(match: re.Match[str], form: str, lang: str) -> date | None:
    month = match["M"]
    field = next(f for f in ("MMMM", "MMM", "MM") if f in form)
    number = int(month) if field == "MM" else _months(_width(field), lang)[month]
    try:
        return date(int(match["y"]), number, int(match["d"]))
    except ValueError:
        return None
