"""Dates in text, moved by the same number of days wherever a patient has them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from babel import Locale
from babel.dates import get_month_names

# For dates that name none; a leap year, so that 29 February is one.
_NO_YEAR = 2000
_FIELD = re.compile(r"('[^']*'|yy?|MMM|MM?|dd?)")
_DAY = {"d": r"0?[1-9]|[12]\d|3[01]", "dd": r"0[1-9]|[12]\d|3[01]"}
_NUMBER = {"M": r"0?[1-9]|1[0-2]", "MM": r"0[1-9]|1[0-2]"}
_YEAR = {"y": r"(?:19|20)\d\d", "yy": r"\d\d"}


class Span(NamedTuple):
    """A date in a text.

    year (Optional[int]), month (int), day (Optional[int]): None where it has none; of
        a range, its end.
    places (Tuple[Tuple[str, int, int], ...]): Where day "d", end of its range "e",
        their ordinals "o" and "p", month "m" or by name "b" and year "y" stand.
    """

    start: int
    end: int
    year: int | None
    month: int
    day: int | None
    places: tuple[tuple[str, int, int], ...]


class Dates:
    """Finds dates and writes them anew.

    lang (str): Whose names of months are read, by CLDR.
    forms (Sequence[str]): Forms of dates, the fullest first: y, yy, M, d as in CLDR,
        two letters for two digits, MMM for any name of a month, words in '. A second d
        is the end of a range, and a blank may have a comma before it.
    ordinals (Mapping[str, str]): What ends a day, by CLDR's category of ordinals.
    months (Optional[Mapping[str, int]]): Names of months that CLDR lacks.
    day_first (bool): Whether M and d change places in forms that begin with M.
    """

    def __init__(
        self,
        lang: str,
        forms: Sequence[str],
        ordinals: Mapping[str, str],
        months: Mapping[str, int] | None = None,
        day_first: bool = False,
    ) -> None:
        self.locale = Locale.parse(lang)
        self.ordinals = ordinals
        self.long = get_month_names("wide", locale=lang)
        self.short = get_month_names("abbreviated", locale=lang)
        names = {name.casefold(): i for name, i in (months or {}).items()}
        for table in (self.long, self.short):
            names |= {name.rstrip(".").casefold(): i for i, name in table.items()}
        for size in (3, 4):
            names |= {name[:size].casefold(): i for i, name in self.long.items()}
        self.months = names
        swap = str.maketrans("Md", "dM")
        self.patterns = [
            re.compile(
                self._compile(
                    form.translate(swap)
                    if day_first and re.match(r"MM?(?!M)", form)
                    else form
                )
            )
            for form in forms
        ]

    def _compile(self, form: str) -> str:
        parts = [part for part in _FIELD.split(form) if part]
        days, inner = iter(("d", "e")), ""
        for part in parts:
            if part in _DAY:
                name = next(days)
                inner += f"(?P<{name}>{_DAY[part]})"
                if "MMM" in parts and self.ordinals:
                    ends = "|".join(map(re.escape, self.ordinals.values()))
                    inner += f"(?P<{'o' if name == 'd' else 'p'}>{ends})?"
            elif part in _NUMBER:
                inner += f"(?P<m>{_NUMBER[part]})"
            elif part in _YEAR:
                inner += f"(?P<y>{_YEAR[part]})"
            elif part == "MMM":
                longest = sorted(map(re.escape, self.months), key=len, reverse=True)
                inner += rf"(?P<b>(?i:{'|'.join(longest)})(?!\w)\.?)"
            else:
                inner += _between(part.strip("'"), parts.count("d") > 1)
        # Part of a longer number, or of a code with hyphens, is no date.
        coded = set(form) & set("-/")
        before = r"(?<![\w/.])(?<!\w-)" if coded else r"(?<![\w/])(?<!\d\.)"
        if parts[-1] in _DAY:
            after = r"(?![\w/%]|\.\d|,? \d)"
        elif parts[-1] in _YEAR:
            after = r"(?![\d/]|\.\d)" + (r"(?!-\d)" if coded else "")
        else:
            after = r"(?!\w)"
        return before + inner + after

    def find(self, text: str) -> Iterator[Span]:
        """Dates, the fullest reading at each place; a bare year is none.

        May as a verb and a number behind it is none either: a month without a year
        must have a capital.
        """
        taken: list[tuple[int, int]] = []
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                a, b = match.span()
                if any(a < end and start < b for start, end in taken):
                    continue
                span = self._read(match)
                if span is not None:
                    taken.append((a, b))
                    yield span

    def shifted(self, text: str, span: Span, days: int) -> str:
        """The date so many days later, written as it was."""
        written = text[span.start : span.end]
        old = {key: written[a:b] for key, a, b in span.places}
        first, last = (
            date(span.year or _NO_YEAR, span.month, int(day)) + timedelta(days=days)
            for day in (old.get("d", "15"), old.get("e", old.get("d", "15")))
        )
        padded = _is_padded(old)
        pieces = []
        position = 0
        for key, start, end in span.places:
            moved = first if key in "do" else last
            ends = end == len(written)
            new = self._write(key, old[key], moved, padded, ends)
            pieces += [written[position:start], new]
            position = end
        return "".join([*pieces, written[position:]])

    def _write(self, key: str, old: str, moved: date, padded: bool, ends: bool) -> str:
        if key in "op":
            kind = self.locale.ordinal_form(moved.day)
            return self.ordinals.get(kind, self.ordinals.get("other", old))
        if key == "b":
            return self._name(old, moved.month, ends)
        if key == "y":
            return str(moved.year)[-len(old) :]
        number = str(moved.month if key == "m" else moved.day)
        return number.zfill(2) if padded else number

    def _name(self, old: str, month: int, ends: bool) -> str:
        """The name of a month, long or short, in small or capital letters as before.

        ends (bool): Whether the date ends with it, and a full stop may be one.
        """
        plain = old.rstrip(".").casefold()
        usual = self.long[self.months[plain]].casefold()
        is_long = plain == usual or (len(plain) > 4 and not usual.startswith(plain))
        name = (self.long if is_long else self.short)[month].rstrip(".")
        if old.endswith(".") and (ends or is_long or name != self.long[month]):
            name += "."
        if old.isupper() and len(plain) > 1:
            return name.upper()
        return name.lower() if old.islower() else name

    def _read(self, match: re.Match[str]) -> Span | None:
        groups = {k: v for k, v in match.groupdict().items() if v is not None}
        named, year = groups.get("b"), groups.get("y")
        day = groups.get("e") or groups.get("d")
        if named and not year and not named[0].isupper():
            return None
        month = self.months[named.rstrip(".").casefold()] if named else int(groups["m"])
        full = int(year) if year else None
        if full is not None and len(year or "") == 2:
            full += 2000 if full < 50 else 1900
        try:
            for number in (groups.get("d"), day):
                date(full or _NO_YEAR, month, int(number or 1))
        except ValueError:
            return None
        start = match.start()
        places = sorted(
            (match.start(k) - start, match.end(k) - start, k) for k in groups
        )
        return Span(
            start,
            match.end(),
            full,
            month,
            int(day) if day else None,
            tuple((key, a, b) for a, b, key in places),
        )


def _between(part: str, in_range: bool) -> str:
    """What stands between two fields: blanks and hyphens as one likes."""
    blank = " ?" if in_range else ""
    kinds = {" ": r",?[ \u00a0\n]", "-": rf"{blank}[\u2010-\u2015-]{blank}"}
    return "".join(kinds.get(char) or f"(?i:{re.escape(char)})" for char in part)


def _is_padded(old: Mapping[str, str]) -> bool:
    """Whether days and months are written with a zero, as 03.04. is."""
    numbers = [old[key] for key in "dem" if key in old]
    if any(number.startswith("0") for number in numbers):
        return True
    return "b" not in old and all(len(number) == 2 for number in numbers)
