"""Quotas for groups that are worse off, for the next plan."""

from collections import Counter
from collections.abc import Sequence

from phantom.evaluation.audit.records import Audit, Cell
from phantom.feedback.refill import Ask, matches
from phantom.packs.language import LanguageData
from phantom.packs.pack import Pack
from phantom.records import Attribute, Spec

FEWEST = 5
NO_WAY = "no grid value or wording asks for this group"


def ask_for_groups(
    pack: Pack,
    audit: Audit,
    language: LanguageData,
    plan: Sequence[Spec],
    budget: int,
    left_out: Counter[str],
) -> list[Ask]:
    """More examples of each group with an alarm, the budget shared out by its gap.

    A group is asked for by the value of the pack's grid that it is, else by the wording
    for its dimension in the language's `asks`; groups of a user's own metadata have
    neither, so that none of their words leaves the house.

    budget (int): Examples to ask for in all.
    left_out (Counter[str]): Counts groups that can't be asked for.
    """
    worst: dict[tuple[str, str], Cell] = {}
    for cell in audit.alarms:
        worst.setdefault((cell.dimension, cell.group), cell)
    chosen: list[tuple[Cell, Ask]] = []
    for cell in worst.values():
        attributes = _attributes(pack, language, cell)
        if attributes is None:
            left_out[NO_WAY] += 1
            continue
        ask = Ask(
            because=describe(cell),
            was=0,
            now=0,
            kinds=_kinds(pack, cell, attributes),
            attributes=attributes,
            from_real=audit.origin != "synthetic",
        )
        chosen.append((cell, ask))
    whole = sum(abs(cell.gap or 0.0) for cell, _ in chosen)
    asks = []
    for cell, ask in chosen:
        more = max(FEWEST, round(budget * abs(cell.gap or 0.0) / max(whole, 1e-9)))
        was = sum(matches(spec, ask) for spec in plan)
        asks.append(ask.model_copy(update={"was": was, "now": was + more}))
    return asks


def describe(cell: Cell) -> str:
    """An alarm in figures."""
    value, rest = 100 * (cell.value or 0.0), 100 * (cell.rest or 0.0)
    return f"{cell.name} is {value:.1f}, of the others {rest:.1f}"


def _attributes(
    pack: Pack, language: LanguageData, cell: Cell
) -> dict[str, Attribute] | None:
    grid = pack.attributes.get(cell.dimension)
    if grid is not None:
        values = {str(value): value for value in grid.values}
        if cell.group in values:
            return {cell.dimension: values[cell.group]}
    wording = language.asks.get(f"group: {cell.dimension}")
    if wording is None:
        return None
    return {wording.attribute: wording.say.format(value=cell.group)}


def _kinds(pack: Pack, cell: Cell, attributes: dict[str, Attribute]) -> list[str]:
    """Kinds that carry the attribute and bring in the label, or any label."""
    grids = [pack.attributes[x] for x in attributes if x in pack.attributes]
    carried = [
        name
        for name, kind in pack.kinds.items()
        if not kind.empty and all(grid.applies_to(name) for grid in grids)
    ]
    about = [
        name
        for name in carried
        if cell.label in pack.kinds[name].entities
        or cell.label == pack.kinds[name].relation
    ]
    return about or carried
