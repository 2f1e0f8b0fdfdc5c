"""Clusters: mistakes of one type, label and look."""

from collections import defaultdict
from collections.abc import Sequence

from phantom.evaluation.diagnosis.records import Cluster, Mistake, Shown

MOST = 24
EXAMPLES = 4


def cluster_mistakes(mistakes: Sequence[Mistake], most: int = MOST) -> list[Cluster]:
    """The largest clusters, each with a few mistakes of different texts to show.

    most (int): So many.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for i, mistake in enumerate(mistakes):
        groups[name_of(mistake)].append(i)
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [
        Cluster(
            name=name,
            mistakes=tuple(places),
            shown=[Shown(mistake=i) for i in _choose(places, mistakes)],
        )
        for name, places in largest[:most]
    ]


def name_of(mistake: Mistake) -> str:
    """What a mistake shares with others of its cluster, for people."""
    labels = " as ".join(x for x in (mistake.gold, mistake.predicted) if x)
    if mistake.gold == mistake.predicted:
        labels = mistake.gold
    if mistake.family == "mentions":
        look = mistake.facets.get("form", "")
    else:
        look = f"{mistake.facets['distance']} apart, {mistake.facets['border']}"
    return f"{mistake.type}: {labels}, {look}"


def _choose(places: Sequence[int], mistakes: Sequence[Mistake]) -> list[int]:
    """A few, spread over the texts."""
    first = {mistakes[i].example: i for i in reversed(places)}
    spread = sorted(first.values())
    step = max(1, len(spread) // EXAMPLES)
    return spread[::step][:EXAMPLES]
