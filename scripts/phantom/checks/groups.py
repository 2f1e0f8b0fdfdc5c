"""Groups of people that a passage names, by word lists."""

from collections import defaultdict

from phantom.checks.engine.base import CheckSkipped
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus

Groups = dict[str, set[str]]


def find_groups(corpus: Corpus, context: CheckContext) -> dict[str, Groups]:
    """Dimensions and groups by example id; passages that name none are left out.

    Terms come from the table `groups` (dimension, group, term); terms of up to three
    words, case is ignored unless the term has a capital. Given names of mentions
    with a label of `person_labels` come from the table `names` (name, origin, sex).
    """
    terms = _terms(context)
    names = _names(context)
    found: dict[str, Groups] = {}
    for example, tokens in zip(corpus, corpus.tokens, strict=True):
        groups: Groups = defaultdict(set)
        lower = [token.lower() for token in tokens]
        for i, word in enumerate(lower):
            for wanted, exact, dimension, group in terms.get(word, ()):
                source = tokens if exact else lower
                if source[i : i + len(wanted)] == wanted:
                    groups[dimension].add(group)
        if names:
            for entity in example.entities:
                for dimension, group in names.get(
                    _given(entity.label, entity.text), ()
                ):
                    groups[dimension].add(group)
        if groups:
            found[example.id] = dict(groups)
    return found


def _terms(
    context: CheckContext,
) -> dict[str, list[tuple[list[str], bool, str, str]]]:
    terms = defaultdict(list)
    for row in context.table("groups", ["dimension", "group", "term"]):
        exact = any(c.isupper() for c in row["term"])
        words = row["term"].replace("-", " - ").split()
        first = words[0].lower()
        terms[first].append((words, exact, row["dimension"], row["group"]))
    return terms


def _names(context: CheckContext) -> dict[tuple[str, str], list[tuple[str, str]]]:
    labels = context.config.person_labels
    if not labels:
        return {}
    try:
        rows = context.table("names", ["name", "origin", "sex"])
    except CheckSkipped:
        return {}
    names: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        for label in labels:
            entry = names[label, row["name"].lower()]
            entry.append(("name origin", row["origin"]))
            if row["sex"]:
                entry.append(("sex", row["sex"]))
    return names


def _given(label: str, text: str) -> tuple[str, str]:
    return label, (text.split() or [""])[0].lower()
