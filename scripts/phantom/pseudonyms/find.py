"""Where a text names somebody: patterns, Presidio, names, dates."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import regex

from phantom.checks.pii import VALIDATORS
from phantom.packs.tables import read_table
from phantom.passages.names import Matcher
from phantom.pseudonyms.dates import Dates
from phantom.pseudonyms.recognizer import Recognize
from phantom.pseudonyms.unusual import Ordinary
from phantom.pseudonyms.written import DATA, Written
from phantom.records import Example

# Ages from here on are one, and are written so.
OLDEST = 90
_CAPITALISED = regex.compile(r"(?<![\w.])\p{Lu}[\w'\u2019-]+")


class Found(NamedTuple):
    """An identifier. start, end (int): characters; how (str): what found it."""

    start: int
    end: int
    category: str
    how: str


class Finder:
    """Finds identifiers.

    patterns (Sequence[Mapping[str, str]]): Rows of the table `pii` of the checks, the
        pack's own where it has one.
    given (Collection[str]): Given names.
    dates (Dates): Finds dates.
    written (Written): How the language writes identifiers.
    ages (Sequence[str]): Expressions whose group is an age.
    protected (Optional[Matcher]): Names of the domain, such as eponyms, that are none
        of a person.
    recognizers (Mapping[str, Any]): Presidio's, by entity.
    person_labels (Collection[str]): Labels of the pack whose mentions are people.
    min_score (float): Presidio's confidence.
    ordinary (Optional[Ordinary]): Words of the domain; what else is capitalised is
        taken for a name.
    recognize (Optional[Recognize]): A pipeline that finds people and places.
    """

    def __init__(
        self,
        patterns: Sequence[Mapping[str, str]],
        given: Collection[str],
        dates: Dates,
        written: Written,
        ages: Sequence[str] = (),
        protected: Matcher | None = None,
        recognizers: Mapping[str, Any] | None = None,
        person_labels: Collection[str] = (),
        min_score: float = 0.6,
        ordinary: Ordinary | None = None,
        recognize: Recognize | None = None,
    ) -> None:
        self.ordinary, self.recognize = ordinary, recognize
        self.dates = dates
        self.protected = protected
        self.recognizers = recognizers or {}
        self.person_labels = set(person_labels)
        self.min_score = min_score
        rows = read_table(DATA / "categories.tsv", ["found", "category"])
        self.categories = {row["found"]: row["category"] for row in rows}
        names = frozenset(name for name in given if " " not in name)
        anywhere = read_table(DATA / "identifiers.tsv", ["category", "pattern"])
        listed = [(row["category"], row["pattern"]) for row in anywhere]
        listed += [(k, one) for k, many in written.patterns.items() for one in many]
        compiled = [(kind, written.compile(one, names)) for kind, one in listed]
        # The first group is what is found, where there is one.
        self._rules = [(kind, one, min(one.groups, 1)) for kind, one in compiled]
        self._checked = [
            (
                self.categories.get(row["name"], "other"),
                re.compile(row["pattern"]),
                VALIDATORS[row["validator"]],
            )
            for row in patterns
            if self.categories.get(row["name"]) != "date"
        ]
        self._ages = [written.compile(one) for one in ages]
        self._owning = written.compile(written.owning)

    def unit(
        self, examples: Sequence[Example], known: Iterable[str] = ()
    ) -> list[list[Found]]:
        """Identifiers in all records of one unit.

        A name that one record makes plain is found in every other, too.

        known (Iterable[str]): Names that are known to be the unit's, such as those of
            the patient's file.
        """
        kept = [self._kept(example) for example in examples]
        first = [
            _free(self._in_text(example), spans)
            for example, spans in zip(examples, kept, strict=True)
        ]
        words = {word for name in known for word in _CAPITALISED.findall(name)}
        for example, found in zip(examples, first, strict=True):
            for hit in found:
                if hit.category == "name":
                    words |= set(
                        _CAPITALISED.findall(example.text[hit.start : hit.end])
                    )
        return [
            _settle([*found, *_free(self._again(example, words), spans)])
            for example, found, spans in zip(examples, first, kept, strict=True)
        ]

    def _in_text(self, example: Example) -> Iterator[Found]:
        text = example.text
        exact = [
            Found(match.start(at), match.end(at), category, "pattern")
            for category, pattern, at in self._rules
            for match in pattern.finditer(text)
        ]
        yield from exact
        told = {(hit.end, hit.category) for hit in exact}
        for category, checked, is_valid in self._checked:
            for match in checked.finditer(text):
                # Patterns of the checks take the words before a number with it.
                if is_valid(match) and (match.end(), category) not in told:
                    yield Found(match.start(), match.end(), category, "check")
        for name, recognizer in self.recognizers.items():
            for hit in recognizer.analyze(text, [name], None) or ():
                if hit.score >= self.min_score:
                    yield Found(hit.start, hit.end, self.categories[name], "presidio")
        for span in self.dates.find(text):
            yield Found(span.start, span.end, "date", "date")
        for pattern in self._ages:
            for match in pattern.finditer(text):
                if int(match[1]) > OLDEST - 1:
                    yield Found(match.start(1), match.end(1), "date", "age")
        for entity in example.entities:
            if entity.label in self.person_labels:
                yield Found(entity.start, entity.end, "name", "label")
        if self.recognize is not None:
            for start, end, category in self.recognize(text):
                yield Found(start, end, category, "pipeline")
        if self.ordinary is not None:
            for start, end in self.ordinary.unusual(text):
                yield Found(start, end, "name", "unusual word")

    def _again(self, example: Example, words: set[str]) -> Iterator[Found]:
        for match in _CAPITALISED.finditer(example.text):
            for base in (match.group(), self._owning.sub("", match.group())):
                if base in words:
                    start = match.start()
                    yield Found(start, start + len(base), "name", "named elsewhere")
                    break

    def _kept(self, example: Example) -> list[tuple[int, int]]:
        """What is of the domain: its mentions, and names of its lexicons."""
        kept = [
            (entity.start, entity.end)
            for entity in example.entities
            if entity.label not in self.person_labels
        ]
        if self.protected is not None:
            kept += [(a, b) for a, b, _ in self.protected.find(example.text)]
        return kept


def _free(found: Iterable[Found], kept: Sequence[tuple[int, int]]) -> list[Found]:
    """Without what belongs to names of the domain, which are no person's."""
    free = []
    for hit in found:
        spans = [hit[:2]]
        if hit.category == "name" and hit.how != "label":
            for a, b in kept:
                spans = [x for one in spans for x in _without(one, a, b)]
        free += [hit._replace(start=start, end=end) for start, end in spans]
    return free


def _without(span: tuple[int, int], a: int, b: int) -> list[tuple[int, int]]:
    """What is left of a span beside the characters from a to b, and blanks there."""
    start, end = span
    if b <= start or end <= a:
        return [span]
    return [(x, y) for x, y in ((start, a - 1), (b + 1, end)) if y - x > 1]


def _settle(found: Iterable[Found]) -> list[Found]:
    """Without overlaps, the longest first."""
    chosen: list[Found] = []
    for hit in sorted(found, key=lambda hit: (hit.start - hit.end, hit.start)):
        if all(hit.end <= x.start or x.end <= hit.start for x in chosen):
            chosen.append(hit)
    return sorted(chosen)
