"""A profile turned into quotas and hints, in the form that `plan` takes up."""

from collections.abc import Sequence
from typing import Any

from phantom.evaluation.profile.families import STYLES, Reader
from phantom.evaluation.profile.measure import KIND, NAMES, PAIRS, STYLE, Cell, Profile
from phantom.feedback.from_checks import say_figure
from phantom.feedback.hints import Hint
from phantom.feedback.refill import Ask, matches
from phantom.packs.language import LanguageData
from phantom.records import Example, Spec

# Shares of passages closer than this need no hint.
FAR = 0.1


def make_asks(
    reader: Reader, profile: Profile, plan: Sequence[Spec], budget: int
) -> list[Ask]:
    """What to add so that the plan comes nearer to the profile's shares.

    plan (Sequence[Spec]): The plan before; whole documents do not count.
    budget (int): Examples to add in all, shared out evenly over what has quotas.
    """
    documents = {name for name, kind in reader.pack.kinds.items() if kind.document}
    specs = [spec for spec in plan if spec.kind not in documents]
    cells: dict[str, list[tuple[Cell, Ask]]] = {}
    for name, found in profile.families.items():
        if name in (STYLE, PAIRS):
            continue
        wanted = [c for c in found if c.quota or name == NAMES]
        made = [(c, _ask(reader, name, c)) for c in wanted]
        if made:
            cells[name] = made
    asks = []
    for name, pairs in cells.items():
        part = budget // len(cells)
        whole = len(specs) + part
        lacks = []
        for cell, ask in pairs:
            was = sum(_fits(spec, ask) for spec in specs)
            lacks.append((max(0.0, cell.share * whole - was), was, cell, ask))
        lacking = sum(lack for lack, *_ in lacks)
        for lack, was, cell, ask in lacks:
            more = round(part * lack / lacking) if lacking else 0
            if more:
                because = _describe(profile, name, cell)
                figures: dict[str, Any] = {"was": was, "now": was + more}
                if name == NAMES:
                    figures["seeds"] = {cell.label: [cell.value] * more}
                update = {"because": because, "from_real": True, **figures}
                asks.append(ask.model_copy(update=update))
    return asks


def make_hints(
    reader: Reader,
    profile: Profile,
    language: LanguageData,
    synthetic: Sequence[Example],
) -> list[Hint]:
    """Notes on style where synthetic text is far from the profile.

    A share that noise moves by more than the distance gives none.
    """
    hints = []
    for cell in profile.families.get(STYLE, []) if synthetic else []:
        if cell.value not in STYLES:
            continue
        has = [dict(reader.styles(x))[cell.value] for x in synthetic]
        ours = sum(has) / len(has)
        if cell.low - FAR < ours < cell.high + FAR:
            continue
        text = say_figure(language, "share", cell.value, ours, cell.share)
        size = cell.share - ours
        hints.append(Hint(text=text, check="profile", size=size, about=cell.value))
    return hints


def _ask(reader: Reader, family: str, cell: Cell) -> Ask:
    """The cell of the plan that a cell of the profile speaks of."""
    kinds: list[str] = []
    attributes = {}
    if family == KIND:
        kinds = cell.value.split(" | ")
    elif family == NAMES:
        kinds = [
            name
            for name, kind in reader.pack.kinds.items()
            if cell.label in kind.entities and not kind.document
        ]
    else:
        attributes = {family: reader.grids[family][cell.value.casefold()]}
    seeds = {cell.label: [cell.value]} if family == NAMES else {}
    return Ask(
        because="", was=0, now=0, kinds=kinds, attributes=attributes, seeds=seeds
    )


def _fits(spec: Spec, ask: Ask) -> bool:
    named = {name for terms in spec.seeds.values() for name in terms}
    wanted = {name for terms in ask.seeds.values() for name in terms}
    return matches(spec, ask) and wanted <= named


def _describe(profile: Profile, family: str, cell: Cell) -> str:
    return (
        f"{family} {cell.value}: {cell.share:.1%} of what a {profile.unit} has "
        f"({cell.low:.1%} to {cell.high:.1%}, epsilon {profile.epsilon:g})"
    )
