"""Quotas: what the pack's weights ask for against what is planned."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from phantom.packs.domain import Domain
from phantom.packs.pack import Pack
from phantom.packs.personas import WRITER, read_personas
from phantom.records import Attribute, Spec


@dataclass(frozen=True)
class Cell:
    """One row of the quota table: an attribute's value or a kind.

    quota (float): Examples wanted by the pack's weights; planned (int): in the plan.
    """

    attribute: str
    value: Attribute
    quota: float
    planned: int


def quota_table(
    pack: Pack, specs: Sequence[Spec], total: int | None = None
) -> list[Cell]:
    """Quota against plan for every kind and attribute value of the pack.

    total (Optional[int]): Examples that the quotas add up to; all of `specs` if None.
    """
    total = len(specs) if total is None else total
    rows = []
    for attribute, weights in _weights(pack.domain).items():
        planned = Counter(
            spec.kind if attribute == "kind" else spec.attributes.get(attribute)
            for spec in specs
        )
        applies = _share(pack.domain, attribute) * total
        whole = sum(weights.values())
        for value, weight in weights.items():
            quota = applies * weight / whole
            rows.append(Cell(attribute, value, quota, planned.pop(value, 0)))
        planned.pop(None, None)
        rows += [Cell(attribute, v, 0.0, n) for v, n in planned.items() if v]
    return rows + writer_cells(pack, specs)


def writer_cells(pack: Pack, specs: Sequence[Spec]) -> list[Cell]:
    """Quota against plan for each persona, among the specs that have a writer.

    RETURNS (List[Cell]): None where no spec has one.
    """
    planned = Counter(
        spec.attributes[WRITER] for spec in specs if WRITER in spec.attributes
    )
    if not planned:
        return []
    total, weights = planned.total(), read_personas(pack).weights()
    whole = sum(weights.values())
    rows = [
        Cell(WRITER, name, total * weight / whole, planned.pop(name, 0))
        for name, weight in weights.items()
    ]
    # Personas of before, whose description changed since.
    return rows + [Cell(WRITER, name, 0.0, n) for name, n in planned.items()]


def _weights(domain: Domain) -> dict[str, dict[Attribute, float]]:
    kinds: dict[Attribute, float] = {k: v.weight for k, v in domain.kinds.items()}
    return {"kind": kinds, **{k: v.values for k, v in domain.attributes.items()}}


def _share(domain: Domain, attribute: str) -> float:
    """Share of all specs that carry the attribute."""
    if attribute == "kind":
        return 1.0
    grid = domain.attributes[attribute]
    whole = sum(kind.weight for kind in domain.kinds.values())
    carried = sum(k.weight for n, k in domain.kinds.items() if grid.applies_to(n))
    return carried / whole
