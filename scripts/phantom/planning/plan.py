"""The plan: which examples to ask for, decided before a token is paid for."""

import hashlib
import json
import random
from collections.abc import Collection, Mapping, Sequence

from phantom.packs.domain import Domain, Kind
from phantom.packs.lexicons import SeedSource
from phantom.packs.pack import Pack
from phantom.planning.quotas import quota_table
from phantom.planning.references import deal
from phantom.planning.wishes import Wish, Wishes, digest
from phantom.planning.writers import Writers
from phantom.records import Attribute, Facts, Reference, Spec

_TRIES = 1_000
# Quota of a value that an event decides and the pack's weights leave out.
_LEAST = 1e-3


def make_plan(
    pack: Pack,
    total: int,
    *,
    frozen: Sequence[Spec] = (),
    references: Sequence[Reference] = (),
    wishes: Wishes | None = None,
    writers: Writers | None = None,
    seed: int = 0,
) -> list[Spec]:
    """Frozen specs first, then sampled ones until there are `total`.

    Kinds and attribute values are drawn in proportion to what their quota still
    lacks, so that the plan as a whole comes close to the pack's weights.

    pack (Pack): The domain pack.
    total (int): Specs wanted; fewer than `frozen` takes a part of it, see take_part.
    frozen (Sequence[Spec]): Specs whose completions exist already.
    references (Sequence[Reference]): Texts whose form new documents take; without
        any they take that of the guidelines alone.
    wishes (Optional[Wishes]): Facts that a share of the new specs tells.
    writers (Optional[Writers]): Personas of a share of the new specs.
    seed (int): The same seed gives the same plan.
    RETURNS (List[Spec]): `total` specs with unique ids.
    RAISES: ValueError if the grid rules out what is asked for.
    """
    if total < 1:
        raise ValueError(f"{total} specs asked for; ask for at least 1")
    specs = take_part(pack, frozen, total)
    rng = random.Random(seed)
    grounded = []
    if wishes:
        told = {digest(spec.facts) for spec in specs if spec.facts}
        # Chance of its own, so that the rest of the plan is drawn as without facts.
        own = random.Random(f"facts {seed}")
        grounded = wishes.draw(total - len(specs), told, own)
    sampler = _Sampler(pack, total, specs, rng, references, writers)
    known = {spec.id for spec in specs}
    while len(specs) < total:
        spec = sampler.draw(known, grounded.pop() if grounded else None)
        known.add(spec.id)
        specs.append(spec)
    return specs


def take_part(pack: Pack, specs: Sequence[Spec], total: int) -> list[Spec]:
    """Take `total` specs, balanced over kinds by the pack's weights.

    The specs of a kind are taken at even distances, and the order stays.

    RETURNS (List[Spec]): All of them if there are no more than `total`.
    """
    if total >= len(specs):
        return list(specs)
    groups: dict[str, list[int]] = {}
    for i, spec in enumerate(specs):
        groups.setdefault(spec.kind, []).append(i)
    weights = {k: pack.kinds[k].weight if k in pack.kinds else 0.0 for k in groups}
    whole = sum(weights.values()) or 1.0
    counts = dict.fromkeys(groups, 0)
    for _ in range(total):
        room = [kind for kind, n in counts.items() if n < len(groups[kind])]
        lacks = {kind: total * weights[kind] / whole - counts[kind] for kind in room}
        counts[max(room, key=lacks.__getitem__)] += 1
    chosen = {
        group[i * len(group) // counts[kind]]
        for kind, group in groups.items()
        for i in range(counts[kind])
    }
    return [spec for i, spec in enumerate(specs) if i in chosen]


def spec_id(
    name: str,
    kind: str,
    attributes: Mapping[str, Attribute],
    seeds: Mapping[str, list[str]],
    open_labels: Sequence[str],
    facts: Facts | None = None,
    reference: Reference | None = None,
) -> str:
    """A content hash: the same wish always has the same id."""
    wish: list[object] = [kind, attributes, seeds, open_labels]
    # Appended only where there are any: ids from before facts stay as they are.
    wish += [x.model_dump(exclude_defaults=True) for x in (facts, reference) if x]
    content = json.dumps(wish, sort_keys=True)
    return f"{name[:3]}-{hashlib.sha256(content.encode()).hexdigest()[:14]}"


class _Sampler:
    def __init__(
        self,
        pack: Pack,
        total: int,
        specs: Sequence[Spec],
        rng: random.Random,
        references: Sequence[Reference],
        writers: Writers | None,
    ) -> None:
        self.domain = pack.domain
        self.name = pack.name
        self.seeds = SeedSource(pack, rng)
        self.rng = rng
        self.references = deal(references, rng)
        self.writers = writers
        if writers:
            writers.take_up(specs)
        cells = quota_table(pack, specs, total)
        self.quota = {(c.attribute, c.value): c.quota for c in cells if c.quota}
        self.planned = {(c.attribute, c.value): c.planned for c in cells}

    def draw(self, known: set[str], wish: Wish | None = None) -> Spec:
        decided = wish.attributes if wish else {}
        for _ in range(_TRIES):
            kind_name = wish.kind if wish else str(self._pick("kind"))
            kind = self.domain.kinds[kind_name]
            attributes: dict[str, Attribute] = {
                name: self._pick(name, decided.get(name))
                for name, grid in self.domain.attributes.items()
                if grid.applies_to(kind_name)
            }
            if is_excluded(self.domain, kind_name, attributes):
                continue
            seeds, open_labels = ({}, []) if wish else self._draw_seeds(kind)
            facts = wish.facts if wish else None
            reference = next(self.references, None) if kind.document else None
            wanted = (seeds, open_labels, facts, reference)
            identity = spec_id(self.name, kind_name, attributes, *wanted)
            if identity in known:
                continue
            self._take({"kind": kind_name, **attributes})
            writer = self.writers.deal(kind_name) if self.writers else {}
            if writer:
                # Known without a writer, too, or from here on all would be drawn
                # otherwise than without personas.
                known.add(identity)
                attributes |= writer
                identity = spec_id(self.name, kind_name, attributes, *wanted)
            return Spec(
                id=identity,
                kind=kind_name,
                attributes=attributes,
                seeds=seeds,
                open=open_labels,
                facts=facts,
                reference=reference,
            )
        raise ValueError(
            f"no new spec found in {_TRIES} tries, after {len(known):,}: every "
            "combination is planned already, or the excludes of domain.yml rule out "
            "nearly everything; add attribute values or names to the lexicons, or ask "
            "for fewer"
        )

    def _pick(
        self, attribute: str, among: Collection[Attribute] | None = None
    ) -> Attribute:
        quotas = {v: q for (name, v), q in self.quota.items() if name == attribute}
        if among:
            quotas = {value: quotas.get(value, 0.0) or _LEAST for value in among}
        # The floor keeps every value possible: the value furthest below its quota may
        # be excluded in every combination.
        lacking = [
            max(quota - self.planned[attribute, value], 0.05 * quota)
            for value, quota in quotas.items()
        ]
        return self.rng.choices(list(quotas), lacking)[0]

    def _take(self, chosen: Mapping[str, Attribute]) -> None:
        for cell in chosen.items():
            self.planned[cell] += 1

    def _draw_seeds(self, kind: Kind) -> tuple[dict[str, list[str]], list[str]]:
        open_labels = [
            label
            for label in kind.entities
            if not self.seeds.has(label) or self.rng.random() < kind.open
        ]
        if kind.pairs and not open_labels:
            return self.seeds.draw_pair(kind.pairs), []
        seeds = {}
        for label, most in kind.entities.items():
            if label not in open_labels:
                # One seed is the rule, each further one less likely.
                count = 1
                while count < most and self.rng.random() < 0.3:
                    count += 1
                seeds[label] = self.seeds.draw(label, count)
        return seeds, open_labels


def is_excluded(domain: Domain, kind: str, attributes: Mapping[str, Attribute]) -> bool:
    """Whether a rule of the pack's `excludes` rules the combination out."""
    chosen = {"kind": kind, **attributes}
    return any(
        all(chosen.get(key) in values for key, values in rule.items())
        for rule in domain.excludes
    )
