"""Where a text names somebody: patterns, Presidio, names, dates."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from phantom.checks.pii import VALIDATORS
from phantom.packs.tables import read_table
from phantom.passages.names import Matcher
from phantom.pseudonyms.dates import Dates
from phantom.pseudonyms.recognizer import Recognize
from phantom.pseudonyms.unusual import Ordinary
from phantom.records import Example

DATA = Path(__file__).parent / "data"
# The category of Safe Harbor that a pattern of the checks or Presidio finds.
OF_CHECKS = {
    "email": "email",
    "phone": "phone",
    "record_number": "record_number",
    "date_of_birth": "date",
    "social_security": "social_security",
    "iban": "account",
    "card_number": "account",
    "ip_address": "ip_address",
    "street_address": "place",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "account",
    "IBAN_CODE": "account",
    "US_SSN": "social_security",
    "UK_NHS": "health_plan",
    "IP_ADDRESS": "ip_address",
    "MEDICAL_LICENSE": "licence",
}
_CAPITALISED = re.compile(r"(?<![\w.])[A-Z][\w'\u2019-]+")
_FOLLOWS = re.compile(r" (?:[A-Z]\. ?)?([A-Z][\w'\u2019-]+)")


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
        protected: Matcher | None = None,
        recognizers: Mapping[str, Any] | None = None,
        person_labels: Collection[str] = (),
        min_score: float = 0.6,
        ordinary: Ordinary | None = None,
        recognize: Recognize | None = None,
    ) -> None:
        self.ordinary, self.recognize = ordinary, recognize
        self.given = {name for name in given if " " not in name}
        self.dates = dates
        self.protected = protected
        self.recognizers = recognizers or {}
        self.person_labels = set(person_labels)
        self.min_score = min_score
        unknown = {row["name"] for row in patterns} - OF_CHECKS.keys()
        self._rules: list[tuple[str, int, re.Pattern[str], Callable[[str], bool]]] = [
            (row["category"], int(row["group"]), re.compile(row["pattern"]), _always)
            for row in read_table(
                DATA / "identifiers.tsv", ["category", "group", "pattern"]
            )
        ]
        self._rules += [
            (
                "other" if row["name"] in unknown else OF_CHECKS[row["name"]],
                0,
                re.compile(row["pattern"]),
                VALIDATORS[row["validator"]],
            )
            for row in patterns
            if row["name"] != "date_of_birth"
        ]

    def unit(
        self, examples: Sequence[Example], known: Iterable[str] = ()
    ) -> list[list[Found]]:
        """Identifiers in all records of one unit.

        A name that one record makes plain is found in every other, too.

        known (Iterable[str]): Names that are known to be the unit's, such as those of
            the patient's file.
        """
        first = [list(self._in_text(example)) for example in examples]
        words = {word for name in known for word in _CAPITALISED.findall(name)}
        for example, found in zip(examples, first, strict=True):
            for hit in found:
                if hit.category == "name":
                    words |= set(
                        _CAPITALISED.findall(example.text[hit.start : hit.end])
                    )
        return [
            _settle([*found, *self._again(example, words)], self._kept(example))
            for example, found in zip(examples, first, strict=True)
        ]

    def _in_text(self, example: Example) -> Iterator[Found]:
        text = example.text
        for category, group, pattern, is_valid in self._rules:
            for match in pattern.finditer(text):
                if is_valid(match.group(group)):
                    yield Found(*match.span(group), category, "pattern")
        for name, recognizer in self.recognizers.items():
            for hit in recognizer.analyze(text, [name], None) or ():
                if hit.score >= self.min_score:
                    yield Found(hit.start, hit.end, OF_CHECKS[name], "presidio")
        for span in self.dates.find(text):
            yield Found(span.start, span.end, "date", "date")
        for start, end in self.dates.old_ages(text):
            yield Found(start, end, "date", "age")
        for match in _CAPITALISED.finditer(text):
            after = _FOLLOWS.match(text, match.end())
            if match.group() in self.given and after:
                yield Found(match.start(), after.end(), "name", "given name")
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
            base = re.sub(r"['\u2019]s$", "", match.group())
            if base in words or match.group() in words:
                start = match.start()
                yield Found(start, start + len(base), "name", "named elsewhere")

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


def _settle(found: Iterable[Found], kept: Sequence[tuple[int, int]]) -> list[Found]:
    """Without overlaps, the longest first; names of the domain are no person's."""
    chosen: list[Found] = []
    for hit in sorted(found, key=lambda hit: (hit.start - hit.end, hit.start)):
        if hit.category == "name" and hit.how != "label":
            if any(a < hit.end and hit.start < b for a, b in kept):
                continue
        if all(hit.end <= x.start or x.end <= hit.start for x in chosen):
            chosen.append(hit)
    return sorted(chosen)


def _always(text: str) -> bool:
    return True
