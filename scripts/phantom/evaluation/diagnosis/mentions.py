"""Gold and predicted mentions set side by side."""

from collections.abc import Callable, Sequence

from phantom.evaluation.diagnosis.records import Facets, Item, Mistake
from phantom.evaluation.types import Mention

Describe = Callable[[Sequence[Mention], int], Facets]


def compare_mentions(
    example: int,
    gold: Sequence[Mention],
    predicted: Sequence[Mention],
    describe: Describe,
    passage: Facets,
    mistakes: list[Mistake],
) -> list[Item]:
    """The items of one text: its gold mentions, and the text itself.

    A predicted mention is set beside the gold one that it overlaps most, each but
    once; what is left over is missed or spurious.

    example (int): Place of the text.
    describe (Describe): The facets of one of a text's mentions.
    passage (Dict[str, str]): Facets of the text.
    mistakes (List[Mistake]): What is wrong is added to it.
    """
    gold, predicted = sorted(gold), sorted(predicted)
    beside = pair_up(gold, predicted)
    items = []
    for i, (start, end, label) in enumerate(gold):
        found = beside.get(i)
        facets = {**describe(gold, i), **passage}
        wrong: tuple[int, ...] = ()
        if found is None or predicted[found] != (start, end, label):
            other = None if found is None else predicted[found]
            wrong = (len(mistakes),)
            mistakes.append(
                Mistake(
                    family="mentions",
                    type=error_type((start, end, label), other),
                    example=example,
                    gold=label,
                    predicted=other[2] if other else "",
                    gold_span=(start, end),
                    predicted_span=other[:2] if other else None,
                    facets=facets,
                )
            )
        items.append(Item("mentions", facets, label, wrong))
    spurious = []
    for j in sorted(set(range(len(predicted))) - set(beside.values())):
        start, end, label = predicted[j]
        spurious.append(len(mistakes))
        mistakes.append(
            Mistake(
                family="mentions",
                type="spurious",
                example=example,
                predicted=label,
                predicted_span=(start, end),
                facets={**describe(predicted, j), **passage},
            )
        )
    holds = {"mentions": "some" if gold else "none", **passage}
    return [*items, Item("passages", holds, "", tuple(spurious))]


def error_type(gold: Mention, predicted: Mention | None) -> str:
    """What is wrong with a prediction that overlaps a gold mention, or with none."""
    if predicted is None:
        return "missed"
    if predicted[:2] == gold[:2]:
        return "label"
    left, right = gold[0] - predicted[0], predicted[1] - gold[1]
    if left >= 0 and right >= 0:
        return "too long"
    return "too short" if left <= 0 and right <= 0 else "boundary"


def pair_up(gold: Sequence[Mention], predicted: Sequence[Mention]) -> dict[int, int]:
    """Which predicted mention stands beside which gold one, both sorted.

    Equal spans first, then the longest overlap, then an equal label, then the left.
    """
    options = []
    first = 0
    for i, (start, end, label) in enumerate(gold):
        while first < len(predicted) and predicted[first][1] <= start:
            first += 1
        for j in range(first, len(predicted)):
            a, b, other = predicted[j]
            if a >= end:
                break
            shared = min(end, b) - max(start, a)
            if shared > 0:
                options.append(((a, b) != (start, end), -shared, label != other, i, j))
    beside: dict[int, int] = {}
    taken: set[int] = set()
    for *_, i, j in sorted(options):
        if i not in beside and j not in taken:
            beside[i] = j
            taken.add(j)
    return beside
