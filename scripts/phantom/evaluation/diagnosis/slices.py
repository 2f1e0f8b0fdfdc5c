"""Slices: how much goes wrong by each value of each facet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from phantom.evaluation.diagnosis.records import Family, Item, Mistake, Slice

# Values of one facet, such as cue words; the others are added up.
MOST = 12
OTHERS = "(others)"
Key = tuple[Family, str, str]


def make_slices(
    items: Sequence[Item], training: Iterable[Item], mistakes: Sequence[Mistake]
) -> list[Slice]:
    """The slices of mentions and of relations, facet by facet, most errors first.

    items (Sequence[Item]): Of the gold data.
    training (Iterable[Item]): Of the training text; none where it is not at hand.
    """
    of, wrong, taught = Counter[Key](), Counter[Key](), Counter[Key]()
    types: dict[Key, Counter[str]] = defaultdict(Counter)
    for item in items:
        for key in _keys(item.family, item.facets, item.label):
            of[key] += 1
            wrong[key] += bool(item.mistakes)
            types[key].update(mistakes[i].type for i in item.mistakes)
    for mistake in mistakes:
        if mistake.type == "spurious":
            for key in _keys(mistake.family, mistake.facets, mistake.predicted):
                types[key]["spurious"] += 1
    for item in training:
        taught.update(_keys(item.family, item.facets, item.label))
    facets: dict[tuple[Family, str], list[Key]] = defaultdict(list)
    for key in sorted({*of, *types}, key=lambda k: (-types[k].total(), -of[k], k[2])):
        facets[key[:2]].append(key)
    # As they come in the items: what a mention or relation looks like, then its text.
    order = list(dict.fromkeys(key[:2] for key in of))
    order += [facet for facet in facets if facet not in order]
    return [
        Slice(
            family=family,
            facet=facet,
            value=value,
            errors=sum(wrong[key] for key in keys),
            of=sum(of[key] for key in keys),
            training=sum(taught[key] for key in keys),
            types=dict(sum((types[key] for key in keys), Counter()).most_common()),
        )
        for family, facet in sorted(order, key=lambda place: place[0])
        for value, keys in _rows(facets[family, facet])
    ]


def _rows(keys: list[Key]) -> Iterator[tuple[str, list[Key]]]:
    for key in keys[:MOST]:
        yield key[2], [key]
    if keys[MOST:]:
        yield OTHERS, keys[MOST:]


def _keys(family: Family, facets: dict[str, str], label: str) -> Iterator[Key]:
    """The slices that an item or error is in; whole passages and pairs are in none."""
    if family in ("mentions", "relations"):
        if label:
            yield family, "label", label
        for facet, value in facets.items():
            yield family, facet, value
