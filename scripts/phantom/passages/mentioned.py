"""Where a passage says a name or a date of its facts, and which way something went."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from babel.dates import format_date

from phantom.packs.language_words import DirectionWords, Inflections
from phantom.passages.sentences import split_sentences
from phantom.records import Example, Term
from phantom.runtime import load_component

NAMES = load_component("document_names")
_ISO = "y-MM-dd"
_WIDTHS = ("full", "long", "medium")
_WORDS = re.compile(r"\w+")
_PARTS = re.compile(r"\d+|\s+|[^\W\d_]+|.")
_BREAK = r"[;:()]|,\s|\s[\u2013\u2014-]\s"


def find_name(
    example: Example, term: Term, inflections: Inflections
) -> tuple[list[int], bool]:
    """Where a name stands, and whether an entity of its label is marked there.

    A mention says it that holds one of its forms, is the beginning of one ("Acme" for
    "Acme Holdings plc"), or its initials.
    inflections (Inflections): Of the language.
    RETURNS (Tuple[List[int], bool]): Starts in the text; none if the name is missing.
    """
    said = (name_key(form, inflections) for form in (term.text, *term.forms))
    forms = [key for key in said if key]
    marked = [
        entity.start
        for entity in example.entities
        if entity.label == term.label
        and _is_said(name_key(entity.text, inflections), forms)
    ]
    if marked:
        return marked, True
    text = example.text
    for mark in inflections.genitive:
        text = text.replace(mark, " " * len(mark))
    words = [(m.start(), m.group()) for m in _WORDS.finditer(text)]
    stem = NAMES.make_stem(**inflections.of_words())
    bare = [stem(word.casefold()) for _, word in words]
    return [
        words[i][0]
        for form in forms
        for i in range(len(bare) - len(form) + 1)
        if tuple(bare[i : i + len(form)]) == form
    ], False


def says_date(
    text: str, day: str, forms: Sequence[str], lang: str, ordinals: Sequence[str] = ()
) -> bool:
    """Whether a date stands in a text, in any form of CLDR or of the list.

    day (str): ISO 8601; a year, month or day. The time of a day is not looked for.
    ordinals (Sequence[str]): What may end a day, such as "th".
    """
    pattern = _date_pattern(day[:10], tuple(forms), lang, tuple(ordinals))
    return bool(pattern.search(text))


class Directions:
    """Which way a text says that something went.

    words (DirectionWords): Of the language.
    """

    def __init__(self, words: DirectionWords, lang: str) -> None:
        self.lang = lang
        ways = {"up": words.up, "down": words.down, "unchanged": words.unchanged}
        self.ways = {
            way: re.compile(rf"(?<![\w-])(?:{_either(listed)})(?![\w-])", re.IGNORECASE)
            for way, listed in ways.items()
            if listed
        }
        said = _either(words.neither)
        self.neither = re.compile(rf"\b(?:{said})\b", re.IGNORECASE) if said else None
        heads = _either(words.clauses)
        other = rf"|(?<!\w)(?:{heads})(?!\w)" if heads else ""
        self.border = re.compile(_BREAK + other, re.IGNORECASE)

    def near(self, text: str, place: int) -> dict[str, str]:
        """What the clause says at a place, or the nearest clause of the sentence.

        RETURNS (Dict[str, str]): The word by "up", "down" or "unchanged".
        """
        for start, end in split_sentences(text, self.lang):
            if not start <= place < end:
                continue
            cuts = [m.start() for m in self.border.finditer(text, start, end)]
            edges = [start, *cuts, end]
            clauses = list(zip(edges, edges[1:], strict=False))
            own = next(i for i, (_, b) in enumerate(clauses) if place < b)
            for i in sorted(range(len(clauses)), key=lambda i: (abs(i - own), i < own)):
                said = self._read(text[slice(*clauses[i])])
                if said:
                    return said
        return {}

    def _read(self, clause: str) -> dict[str, str]:
        clause = self.neither.sub("", clause) if self.neither else clause
        found = {way: like.search(clause) for way, like in self.ways.items()}
        return {way: match.group() for way, match in found.items() if match}


def _is_said(key: tuple[str, ...], forms: Sequence[tuple[str, ...]]) -> bool:
    for form in forms:
        size = len(form)
        inside = any(key[i : i + size] == form for i in range(len(key) - size + 1))
        initials = size > 1 and "".join(word[0] for word in form) == "".join(key)
        if inside or initials or (key and form[: len(key)] == key):
            return True
    return False


def name_key(name: str, inflections: Inflections) -> tuple[str, ...]:
    """The words of a name, in lower case and without endings."""
    for mark in inflections.genitive:
        name = name.replace(mark, "")
    stem = NAMES.make_stem(**inflections.of_words())
    return tuple(stem(word.casefold()) for word in _WORDS.findall(name))


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


@cache
def _date_pattern(
    day: str, forms: tuple[str, ...], lang: str, ordinals: tuple[str, ...]
) -> re.Pattern[str]:
    ends = f"(?:{_either(ordinals)})?" if ordinals else ""
    written = {re.escape(day): None, **dict.fromkeys(_written(day, forms, lang, ends))}
    either = "|".join(sorted(written, key=len, reverse=True))
    year = day[:4]
    return re.compile(
        rf"(?<![\w/.])(?:{either})(?![\w/]|\.\d|,?\s+(?!{year})(?:19|20)\d\d)",
    )


def _written(day: str, forms: tuple[str, ...], lang: str, ends: str) -> Iterator[str]:
    """The date in each form, as an expression. ends (str): Of a day, another."""
    parts = [int(part) for part in day.split("-")]
    when = date(parts[0], *[*parts[1:], 1, 1][:2])
    if len(parts) == 1:
        return
    if len(parts) == 2:
        for form in ("MMMM y", "MMM y", "MMMM", "MM/y"):
            yield _loose(format_date(when, form, locale=lang), ends)
        return
    month = format_date(when, "MMMM", locale=lang)
    for form in (*_WIDTHS, _ISO, *forms):
        yield _loose(format_date(when, form, locale=lang), ends)
        # CLDR has "Sep", papers write "Sept.".
        if re.search(r"(?<!M)MMM(?!M)", form):
            longer = form.replace("MMM", f"'{month[:4]}'")
            yield _loose(format_date(when, longer, locale=lang), ends)


def _loose(written: str, ends: str) -> str:
    """A date as an expression: zeros and dots as one likes, and ordinals."""
    return "".join(_loosen(part, ends) for part in _PARTS.findall(written))


def _loosen(part: str, ends: str) -> str:
    if part.isspace():
        return r"\s+"
    if part.isdecimal() and len(part) < 3:
        return rf"0?{int(part)}{ends}"
    return re.escape(part) + (r"\.?" if len(part) > 2 and part.isalpha() else "")
