"""The plan of a round that asks for what errors showed to be missing."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from phantom.feedback.hints import Hint, add_style
from phantom.feedback.refill import Ask, matches
from phantom.packs.domain import AttributeGrid, Domain
from phantom.packs.pack import Pack
from phantom.planning.plan import make_plan, spec_id
from phantom.planning.rounds import NextPlan, answered, read_recorded
from phantom.records import Attribute, Reference, Spec

_TRIES = 20


def next_refill(
    pack: Pack,
    earlier: Sequence[Spec],
    journal: Path,
    asks: Sequence[Ask],
    hints: Sequence[Hint] = (),
    *,
    references: Sequence[Reference] = (),
    number: int = 1,
    seed: int = 0,
) -> NextPlan:
    """The plan before with just what is asked for added.

    Specs of the pack's recording that fit are taken first, then new ones are drawn.

    earlier (Sequence[Spec]): The plan to go on from; of its own round, what has an
        answer or is still asked for stays as it is.
    hints (Sequence[Hint]): Notes for the new specs.
    RAISES: ValueError if there is no plan to go on from.
    """
    if not earlier:
        raise ValueError("no plan to go on from; run `plan` for the round before first")
    recorded = read_recorded(pack)
    done = answered([*recorded, *earlier], journal)
    before = [spec for spec in earlier if spec.round < number]
    # Those of this round that it has already, the answered ones first.
    own = [spec for spec in earlier if spec.round >= number]
    own.sort(key=lambda spec: spec.id not in done)
    known = {spec.id for spec in earlier}
    kept = {spec.id for spec in own if spec.id in done}
    added: list[Spec] = []
    for i, ask in enumerate(asks):
        here = [spec for spec in own if matches(spec, ask)][: ask.count]
        own = [spec for spec in own if spec not in here]
        kept |= {spec.id for spec in here}
        wanted = ask.count - len(here)
        pool = [x for x in recorded if x.id not in known and matches(x, ask)]
        fresh = pool[:wanted]
        known |= {spec.id for spec in fresh}
        drawn = draw_cell(
            pack, ask, wanted - len(fresh), known, references, f"{seed} {i}"
        )
        known |= {spec.id for spec in drawn}
        added += [*fresh, *drawn]
    mine = [x for x in earlier if x.round >= number and x.id in kept]
    added = [*mine, *added]
    new = [spec.model_copy(update={"round": number}) for spec in added]
    new = add_style(new, hints, pack, seed, done) if hints else new
    ids = {spec.id for spec in recorded}
    specs = [*before, *new]
    waiting = sum(spec.id not in done for spec in specs)
    return NextPlan(specs, sum(spec.id in ids for spec in specs), waiting)


def draw_cell(
    pack: Pack,
    ask: Ask,
    wanted: int,
    known: set[str],
    references: Sequence[Reference] = (),
    seed: str = "",
) -> list[Spec]:
    """Draw specs of one cell, the rest of each by the pack's weights.

    known (Set[str]): Ids that are taken.
    RAISES: ValueError if the grid rules the cell out.
    """
    found: dict[str, Spec] = {}
    names = {label: list(terms) for label, terms in ask.seeds.items()}
    for turn in count():
        lacking = wanted - len(found)
        if lacking <= 0:
            break
        if turn == _TRIES:
            raise ValueError(
                f"{ask.because}: only {len(found)} of {wanted} new specs found; "
                "ask for fewer of this cell"
            )
        key = int.from_bytes(f"{seed} {turn}".encode(), "little")
        # A grid with few combinations is used up soon; then each has its versions.
        versions = range(2, 2 + 4 * turn * wanted) if turn else ()
        narrowed = Pack(pack.path, narrow(pack.domain, ask, versions))
        try:
            drawn = make_plan(narrowed, lacking, references=references, seed=key)
        except ValueError:
            if turn:
                raise
            continue
        for spec in drawn:
            named = _name(pack, spec, names)
            if named.id not in known:
                found[named.id] = named
    return list(found.values())


def narrow(domain: Domain, ask: Ask, versions: Sequence[int] = ()) -> Domain:
    """The domain with the asked cell alone: its kinds, and its values, new ones too.

    versions (Sequence[int]): Values of an attribute that tells like specs apart.
    """
    of = set(ask.kinds or domain.kinds)
    carried = [domain.attributes[x] for x in ask.attributes if x in domain.attributes]
    fitting = {kind for kind in of if all(g.applies_to(kind) for g in carried)} or of
    kinds = {
        name: kind.model_copy(update={"weight": kind.weight or 1.0})
        for name, kind in domain.kinds.items()
        if name in fitting
    }
    grids = dict(domain.attributes)
    for name, value in ask.attributes.items():
        grid = grids.get(name, AttributeGrid(values={value: 1.0}))
        grids[name] = grid.model_copy(update={"values": {value: 1.0}})
    if versions:
        numbers: dict[Attribute, float] = dict.fromkeys(versions, 1.0)
        grids["version"] = AttributeGrid(values=numbers)
    return domain.model_copy(update={"kinds": kinds, "attributes": grids})


def _name(pack: Pack, spec: Spec, names: dict[str, list[str]]) -> Spec:
    """The spec with the next asked name in the place of its own of that label."""
    entities = pack.kinds[spec.kind].entities
    fit = [label for label in names if names[label] and label in entities]
    if not fit or spec.reference:
        return spec
    seeds = {**spec.seeds, **{label: [names[label].pop(0)] for label in fit[:1]}}
    open_labels = [label for label in spec.open if label not in seeds]
    identity = spec_id(pack.name, spec.kind, spec.attributes, seeds, open_labels)
    return spec.model_copy(update={"id": identity, "seeds": seeds, "open": open_labels})
