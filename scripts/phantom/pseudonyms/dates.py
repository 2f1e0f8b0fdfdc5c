"""Dates in text, moved by the same number of days wherever a patient has them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from babel.dates import get_month_names

# For dates that name none; a leap year, so that 29 February is one.
_NO_YEAR = 2000
_OLD = re.compile(
    r"\b(9\d|1[0-2]\d)(?=[ -]?(?:year|yr|y/?o\b|y\.o\.|[MF]\b))|"
    r"(?<=\b[Aa]ge )(9\d|1[0-2]\d)\b|(?<=\b[Aa]ged )(9\d|1[0-2]\d)\b|"
    r"(?<=\b[Aa]ge: )(9\d|1[0-2]\d)\b"
)
OLDEST = "90"


class Span(NamedTuple):
    """A date in a text. form (str): Day "d", month "m" or "b", year "y" and the rest
    as it is written; day (Optional[int]): None for a month and year."""

    start: int
    end: int
    year: int | None
    month: int
    day: int | None
    form: str
    words: str


class Dates:
    """Finds dates and writes them anew.

    lang (str): Whose names of months are read, by CLDR.
    day_first (bool): Whether 03/04/2024 is the third of April.
    """

    def __init__(self, lang: str, day_first: bool = False) -> None:
        self.day_first = day_first
        names: dict[str, int] = {}
        self.long = get_month_names("wide", locale=lang)
        self.short = get_month_names("abbreviated", locale=lang)
        for table in (self.long, self.short):
            names |= {name.rstrip(".").casefold(): i for i, name in table.items()}
        names |= {name[:4].casefold(): i for i, name in self.long.items()}
        self.months = names
        month = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        day = r"(?P<d>0?[1-9]|[12]\d|3[01])"
        year = r"(?P<y>(?:19|20)\d\d)"
        number = r"(?P<m>0?[1-9]|1[0-2])"
        word = rf"(?P<b>(?i:{month}))\.?"
        first, second = (day, number) if day_first else (number, day)
        short = r"(?P<y>(?:19|20)\d\d|\d\d)"
        self.patterns = [
            re.compile(rf"(?<![\d/-]){year}[-/]{number}[-/]{day}(?![\d/])"),
            re.compile(rf"(?<![\d/.-]){first}[/.-]{second}[/.-]{short}(?![\d/]|-\d)"),
            re.compile(rf"\b{day}(?:st|nd|rd|th)?(?: of)? {word},? {year}\b"),
            re.compile(rf"\b{word} {day}(?:st|nd|rd|th)?,? {year}\b"),
            re.compile(rf"\b{word},? {year}\b"),
            re.compile(rf"\b{day}(?:st|nd|rd|th)? (?:of )?{word}(?![\w])"),
            re.compile(rf"\b{word} {day}(?:st|nd|rd|th)?(?![\w/%]|\.\d|,? \d)"),
        ]

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

    def old_ages(self, text: str) -> Iterator[tuple[int, int]]:
        """Where an age over 89 stands."""
        for match in _OLD.finditer(text):
            if int(match.group()) > 89:
                yield match.span()

    def shifted(self, text: str, span: Span, days: int) -> str:
        """The date so many days later, written as it was."""
        day = span.day or 15
        moved = date(span.year or _NO_YEAR, span.month, day) + timedelta(days=days)
        written = text[span.start : span.end]
        parts = {"y": str(moved.year), "m": str(moved.month), "d": str(moved.day)}
        pieces = []
        position = 0
        for key, start, end in _places(span):
            old = written[start:end]
            pieces += [written[position:start], self._write(key, old, moved, parts)]
            position = end
        rest = written[position:]
        return _ordinals("".join([*pieces, rest]))

    def _write(self, key: str, old: str, moved: date, parts: dict[str, str]) -> str:
        if key == "b":
            long = old.casefold() == self.long[self.months[old.casefold()]].casefold()
            name = (self.long if long else self.short)[moved.month].rstrip(".")
            return name.upper() if old.isupper() and len(old) > 1 else name
        new = parts[key]
        if key == "y" and len(old) == 2:
            return new[2:]
        return new.zfill(2) if old.startswith("0") or len(old) == 2 else new

    def _read(self, match: re.Match[str]) -> Span | None:
        groups = match.groupdict()
        named = groups.get("b")
        year, day = groups.get("y"), groups.get("d")
        if named and not year and not named[0].isupper():
            return None
        month = self.months[named.casefold()] if named else int(groups["m"])
        full = int(year) if year else None
        if full is not None and len(year or "") == 2:
            full += 2000 if full < 50 else 1900
        try:
            date(full or _NO_YEAR, month, int(day or 1))
        except ValueError:
            return None
        start = match.start()
        places = [
            f"{key}{match.start(key) - start}-{match.end(key) - start}"
            for key in sorted(
                (k for k, v in groups.items() if v is not None), key=match.start
            )
        ]
        return Span(
            start,
            match.end(),
            full,
            month,
            int(day) if day else None,
            " ".join(places),
            match.group(),
        )


def _places(span: Span) -> Iterator[tuple[str, int, int]]:
    for place in span.form.split():
        start, _, end = place[1:].partition("-")
        yield place[0], int(start), int(end)


def _ordinals(text: str) -> str:
    """1st, 2nd, 3rd, 4th: the ending that fits the new number."""

    def ending(match: re.Match[str]) -> str:
        number = int(match[1])
        if number % 100 in (11, 12, 13):
            return f"{number}th"
        return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"

    return re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", ending, text)
