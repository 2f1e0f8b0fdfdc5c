"""Groups that passages name, by the tables of checks.yml."""

from phantom.checks.engine.base import CheckSkipped
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.passages.groups import GroupFinder, Groups

TERMS = ["dimension", "group", "term"]
PEOPLE = ("groups",)
ALL = ("groups", "text_groups", "domain_groups")


def find_groups(corpus: Corpus, context: CheckContext) -> dict[str, Groups]:
    """Groups of people by example id and dimension; passages that name none are left
    out.

    Terms come from the table `groups` (dimension, group, term). Given names of mentions
    with a label of `person_labels` come from the table `names` (name, origin, sex).
    """
    finder = make_finder(context, PEOPLE)
    found = (
        (example.id, finder.find(example, tokens))
        for example, tokens in zip(corpus, corpus.tokens, strict=True)
    )
    return {name: groups for name, groups in found if groups}


def make_finder(context: CheckContext, tables: tuple[str, ...] = ALL) -> GroupFinder:
    """A finder that knows the pack's tables.

    tables (Tuple[str, ...]): The first must be there, others may be missing.
    """
    rows = context.table(tables[0], TERMS)
    for name in tables[1:]:
        rows += _optional(context, name, TERMS)
    labels = context.config.person_labels
    names = _optional(context, "names", ["name", "origin", "sex"]) if labels else []
    return GroupFinder(rows, names, labels)


def _optional(
    context: CheckContext, name: str, columns: list[str]
) -> list[dict[str, str]]:
    try:
        return context.table(name, columns)
    except CheckSkipped:
        return []
