"""Records by whose they are: the unit that a privacy budget protects."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from phantom.privacy.ledger import Budget
from phantom.records import Example


def group_by_unit(
    examples: Iterable[Example], budget: Budget, source: Path
) -> list[list[Example]]:
    """The records of each patient or client together.

    RAISES: ValueError that names a record which does not say whose it is.
    """
    units: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        whose = example.meta.get(budget.key)
        if whose is None or str(whose) == "":
            raise ValueError(
                f"{source}: record {example.id!r} does not say whose it is: meta "
                f"has no {budget.key!r}. Write the {budget.unit} there, or name the "
                "right key in the privacy budget"
            )
        units[str(whose)].append(example)
    return list(units.values())
