"""Numbers that contradict each other: "rose 12% to $3.4bn from $3.0bn"."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Measure,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.claims import Claim, ClaimFinder
from phantom.passages.quantities import Interval, Quantity, Vocabulary, parse_quantity
from phantom.records import Example
from phantom.registry import phantom_registry

_HUNDRED = Decimal(100)


@phantom_registry.phantom_checks("numbers")
def numbers(
    corpus: Corpus,
    context: CheckContext,
    *,
    label: str = "",
    scales: Mapping[str, int | float] = {},  # noqa: B006
    units: Mapping[str, Mapping[str, int | float]] = {},  # noqa: B006
    relative: str = "",
    difference: str = "",
    approximate: Sequence[str] = (),
    rise: Sequence[str] = (),
    fall: Sequence[str] = (),
    words: Mapping[str, Sequence[str]] = {},  # noqa: B006
    patterns: Sequence[str] = (),
    action: Action = "reject",
) -> Iterator[Finding | Measure]:
    """A stated change does not fit the new and the old value, rounding allowed.

    label (str): Entity label of values.
    scales, units (Mapping): See `Vocabulary`.
    relative (str): Unit in which a change is a share of the old value ("%").
    difference (str): Unit of the difference of two values in `relative` ("point").
    approximate (Sequence[str]): Words before a value that widen it to 5% to each side.
    rise, fall, words, patterns (Sequence[str]): See `ClaimFinder`.
    """
    if not patterns:
        raise CheckSkipped("checks.yml: checks.numbers: no patterns are given")
    finder = ClaimFinder(label, rise, fall, words, patterns, approximate)
    reader = _Reader(
        Vocabulary(
            context.pack.domain.lang,
            {word: Decimal(str(factor)) for word, factor in scales.items()},
            {
                unit: {word: Decimal(str(f)) for word, f in factors.items()}
                for unit, factors in units.items()
            },
        ),
        tuple(word.casefold() for word in approximate),
    )
    mentions = unread = judged = wrong = 0
    rows = []
    for example in corpus:
        for entity in example.entities:
            if entity.label == label:
                mentions += 1
                if parse_quantity(entity.text, reader.vocabulary) is None:
                    unread += 1
                    rows.append({"id": example.id, "unread": entity.text})
        for claim in finder.find(example):
            fault = judge(example, claim, reader, relative, difference)
            judged += fault is not None
            if fault:
                wrong += 1
                yield Finding(
                    ids=(example.id,),
                    severity="error",
                    reason="numbers_disagree",
                    detail=f"{_show(example, claim)}: {fault}",
                    value=1,
                    action=action,
                )
    yield Measure(
        name="numbers_read",
        value=(mentions - unread) / mentions if mentions else None,
        detail=f"{mentions - unread} of {mentions} {label} mentions read as numbers",
        rows=rows,
    )
    yield Measure(
        name="numbers_agree",
        value=(judged - wrong) / judged if judged else None,
        detail=f"{judged - wrong} of {judged} stated changes are right",
    )


class _Reader:
    def __init__(self, vocabulary: "Vocabulary", approximate: tuple[str, ...]) -> None:
        self.vocabulary = vocabulary
        self.approximate = approximate

    def read(self, example: Example, index: int) -> "Quantity | None":
        entity = example.entities[index]
        quantity = parse_quantity(entity.text, self.vocabulary)
        before = example.text[: entity.start].casefold().split()[-2:]
        phrase = " ".join(before).lstrip("(")
        if quantity is None or not phrase.endswith(self.approximate):
            return quantity
        wide = abs(quantity.amount) / 20
        interval = Interval(
            min(quantity.interval.low, quantity.amount - wide),
            max(quantity.interval.high, quantity.amount + wide),
        )
        return Quantity(quantity.amount, interval, quantity.unit)


def judge(
    example: Example, claim: Claim, reader: _Reader, relative: str, difference: str
) -> str | None:
    """Compare the values of a claim.

    RETURNS (Optional[str]): What is wrong, "" if nothing is, None if the values
        can't be compared (unread, different units, old value zero).
    """
    new, old = reader.read(example, claim.new), reader.read(example, claim.old)
    if new is None or old is None or not _same_unit(new, old):
        return None
    sign = claim.direction
    if sign * new.amount < sign * old.amount and not new.interval.meets(old.interval):
        return f"said to go {'up' if sign > 0 else 'down'}, but goes the other way"
    if claim.change is None:
        return "" if sign else None
    change = reader.read(example, claim.change)
    if change is None:
        return None
    right = list(_changes(new, old, change.unit, relative, difference))
    if not right:
        return None
    if sign == 0 and change.amount > 0:
        right += [-interval for interval in right]
    flip = sign < 0 < change.amount
    stated = -change.interval if flip else change.interval
    if any(stated.meets(interval) for interval in right):
        return ""
    sure = " or ".join(f"{i.low:.4g} to {i.high:.4g} {change.unit}" for i in right)
    return f"the change must be {sure}"


def _changes(
    new: "Quantity", old: "Quantity", unit: str, relative: str, difference: str
) -> "Iterator[Interval]":
    """The change in the given unit; two if it can be read in two ways."""
    if unit == relative:
        try:
            ratio = new.interval / old.interval
        except ZeroDivisionError:
            return
        yield Interval((ratio.low - 1) * _HUNDRED, (ratio.high - 1) * _HUNDRED)
    # "from 4% to 5%" is often said to be 1%.
    own = new.unit or old.unit
    if unit == own or (unit == difference and own == relative):
        yield new.interval - old.interval


def _same_unit(new: "Quantity", old: "Quantity") -> bool:
    # "to 41 million dinars from 36 million": the unit is often said once.
    return new.unit == old.unit or not (new.unit and old.unit)


def _show(example: Example, claim: Claim) -> str:
    slots = [("change", claim.change), ("new", claim.new), ("old", claim.old)]
    return ", ".join(
        f"{name} {example.entities[i].text!r}" for name, i in slots if i is not None
    )
