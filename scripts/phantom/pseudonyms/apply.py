"""Private records with surrogates; mentions and relations stay on their words."""

from collections import Counter
from collections.abc import Iterable, Sequence

from phantom.passages.rewrite import Edit, rewrite
from phantom.pseudonyms.find import OLDEST, Finder, Found
from phantom.pseudonyms.surrogates import Surrogates
from phantom.records import Entity, Example


def pseudonymise(
    unit: str,
    examples: Sequence[Example],
    finder: Finder,
    surrogates: Surrogates,
    key: str,
    known: Iterable[str] = (),
) -> tuple[list[Example], Counter[str], list[Entity]]:
    """Replace the identifiers in all records of one unit.

    unit (str): Whose they are, as `meta` says under `key`; becomes a pseudonym, too.
    known (Iterable[str]): Names known to be the unit's.
    RETURNS (Tuple[List[Example], Counter[str], List[Entity]]): The records, how many
        identifiers of each category were replaced, and mentions that one cut in two.
    """
    counts: Counter[str] = Counter()
    lost: list[Entity] = []
    made = []
    pseudonym = surrogates.write(unit, "unit", "u000000000")
    for example, found in zip(examples, finder.unit(examples, known), strict=True):
        counts.update(hit.category for hit in found)
        edits = [_edit(unit, example, hit, finder, surrogates) for hit in found]
        meta = {**example.meta, key: pseudonym}
        made.append(rewrite(example, edits, lost=lost, meta=meta, orig=None))
    return made, counts, lost


def _edit(
    unit: str, example: Example, hit: Found, finder: Finder, surrogates: Surrogates
) -> Edit:
    text = example.text
    old = text[hit.start : hit.end]
    if hit.how == "age":
        return Edit(hit.start, hit.end, str(OLDEST))
    if hit.category == "date":
        spans = {(s.start, s.end): s for s in finder.dates.find(text)}
        span = spans[hit.start, hit.end]
        new = finder.dates.shifted(text, span, surrogates.days(unit))
        return Edit(hit.start, hit.end, new)
    return Edit(hit.start, hit.end, surrogates.write(unit, hit.category, old))
