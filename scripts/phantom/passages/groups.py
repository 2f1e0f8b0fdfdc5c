"""Groups that a passage names, by word lists: of people, and of other kinds."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from phantom.passages.words import TOKEN
from phantom.records import Example

Groups = dict[str, set[str]]
_PARTS = re.compile(rf"\{{\d+-\d+\}}|{TOKEN.pattern}")
_RANGE = re.compile(r"\{(\d+)-(\d+)\}")


class _Term(NamedTuple):
    words: list[str | range]
    exact: bool
    dimension: str
    group: str


class GroupFinder:
    """Finds the groups of a passage.

    terms (Iterable[Mapping[str, str]]): Rows of dimension, group, term. Case is ignored
        unless the term has a capital; {65-120} in a term stands for a whole number
        within these bounds.
    names (Iterable[Mapping[str, str]]): Rows of name, origin, sex, for the given names
        at the start of mentions of people.
    person_labels (Collection[str]): Labels of such mentions.
    """

    def __init__(
        self,
        terms: Iterable[Mapping[str, str]],
        names: Iterable[Mapping[str, str]] = (),
        person_labels: Collection[str] = (),
    ) -> None:
        self._terms: dict[str, list[_Term]] = defaultdict(list)
        self._numbers: list[_Term] = []
        for row in terms:
            exact = any(c.isupper() for c in row["term"])
            words = _parse(row["term"], exact)
            term = _Term(words, exact, row["dimension"], row["group"])
            first = words[0]
            if isinstance(first, range):
                self._numbers.append(term)
            else:
                self._terms[first.lower()].append(term)
        self._labels = frozenset(person_labels)
        self._names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in names:
            entry = self._names[row["name"].lower()]
            entry.append(("name origin", row["origin"]))
            if row["sex"]:
                entry.append(("sex", row["sex"]))

    def find(self, example: Example, tokens: Sequence[str] | None = None) -> Groups:
        """Groups by dimension; none for what the passage does not name.

        tokens (Optional[Sequence[str]]): Of the text, where they are at hand.
        """
        tokens = TOKEN.findall(example.text) if tokens is None else tokens
        groups: Groups = defaultdict(set)
        lower = [token.lower() for token in tokens]
        for i, word in enumerate(lower):
            known = self._numbers if word.isdecimal() else ()
            for term in (*self._terms.get(word, ()), *known):
                said = (tokens if term.exact else lower)[i : i + len(term.words)]
                if _fits(term.words, said):
                    groups[term.dimension].add(term.group)
        for entity in example.entities:
            if entity.label in self._labels:
                for dimension, group in self._names.get(_given(entity.text), ()):
                    groups[dimension].add(group)
        return dict(groups)


def _parse(term: str, exact: bool) -> list[str | range]:
    words: list[str | range] = []
    for part in _PARTS.findall(term):
        bounds = _RANGE.fullmatch(part)
        if bounds:
            words.append(range(int(bounds[1]), int(bounds[2]) + 1))
        else:
            words.append(part if exact else part.lower())
    return words


def _fits(words: Sequence[str | range], said: Sequence[str]) -> bool:
    return len(said) == len(words) and all(
        (token.isdecimal() and int(token) in word)
        if isinstance(word, range)
        else word == token
        for word, token in zip(words, said, strict=True)
    )


def _given(text: str) -> str:
    return (text.split() or [""])[0].lower()
