"""More training text from the same passages: names swapped for others of their kind."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages
from phantom.augmenters.roles import Role, find_form, find_roles
from phantom.packs.lexicons import read_names
from phantom.passages.names import is_all_capitals
from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("name_swap")
def name_swap(
    passages: Passages,
    *,
    labels: list[str],
    copies: Annotated[int, Field(ge=0)] = 1,
    copies_with: dict[str, Annotated[int, Field(ge=0)]] | None = None,
    share: Annotated[float, Field(gt=0, le=1)] = 0.7,
    form: bool = False,
) -> Iterator[Example]:
    """Variants of each example with names that others mention in the same role.

    labels (List[str]): Entity labels whose names are swapped.
    copies (int): Variants of every example.
    copies_with (Optional[Dict[str, int]]): Variants of those that hold the (rare)
        label, where that is more.
    share (float): Probability that a name is replaced.
    form (bool): A name takes the place of one in its form alone: as many words (three
        or more), with or without digits, with or without capitals inside.
    """
    swapper = make_swapper(passages, labels, share, form)
    yield from swapper.augment(passages.written, copies, passages.seed, copies_with)


def make_swapper(
    passages: Passages,
    labels: Iterable[str],
    share: float = 0.7,
    form: bool = False,
) -> "NameSwapper":
    """A swapper that knows the names of the training examples and of the lexicons."""
    names = {label: read_names(passages.pack, label) for label in labels}
    return NameSwapper(passages.written, names, share, form)


class NameSwapper:
    """Replaces mentions by names that other passages mention in the same role.

    examples (Sequence[Example]): Training examples; the only source of roles.
    names (Mapping[str, Sequence[str]]): More names by label, for mentions without
        a relation; the keys are the labels that are swapped at all.
    share (float): Probability that a name is replaced.
    form (bool): Whether only names of one form are swapped, see `Form`.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        names: Mapping[str, Sequence[str]],
        share: float = 0.7,
        form: bool = False,
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share is {share}; give a number above 0, at most 1")
        self.labels = frozenset(names)
        self.share = share
        self.form = form
        pools: dict[Role, dict[str, None]] = defaultdict(dict)
        for label, terms in names.items():
            for term in terms:
                role = Role(label, frozenset(), is_all_capitals(term))
                pools[self._narrow(role, term)][term] = None
        for example in examples:
            roles = self._find_roles(example)
            for entity, role in zip(example.entities, roles, strict=True):
                if entity.label in self.labels:
                    pools[role][entity.text] = None
        self.pools = {role: list(pool) for role, pool in pools.items()}

    def augment(
        self,
        examples: Sequence[Example],
        copies: int,
        seed: int,
        copies_with: Mapping[str, int] | None = None,
    ) -> Iterator[Example]:
        """Yield variants of every example in which something can be swapped.

        copies (int): Variants per example.
        seed (int): The same seed and example give the same variants.
        copies_with (Optional[Mapping[str, int]]): Variants of an example that holds
            an entity of the label, where that is more.
        YIELDS (Example): With the swaps as a note in `meta`.
        """
        more = copies_with or {}
        for example in examples:
            labels = {entity.label for entity in example.entities}
            wanted = max([copies, *(more.get(label, 0) for label in labels)])
            for copy in range(1, wanted + 1):
                rng = random.Random(f"{seed}:{copy}:{example.id}")
                swaps = self.choose(example, rng)
                if swaps:
                    yield apply_swaps(example, swaps, f"{example.id}+{copy}")

    def choose(self, example: Example, rng: random.Random) -> dict[str, str]:
        """New text by old text, for mentions that can be replaced safely."""
        roles = self._find_roles(example)
        swaps: dict[str, str] = {}
        for surface, places in sorted(_places(example).items()):
            labels = {example.entities[i].label for i in places}
            if not labels <= self.labels or len(labels) > 1:
                continue
            if rng.random() >= self.share or not _is_free(example, surface, places):
                continue
            shared = {roles[i] for i in places}
            pool = self.pools.get(roles[places[0]], []) if len(shared) == 1 else []
            used = {e.text.casefold() for e in example.entities} | {
                name.casefold() for name in swaps.values()
            }
            for drawn in rng.sample(pool, min(len(pool), 5)):
                name = fit_case(drawn, surface)
                if name.casefold() not in used:
                    swaps[surface] = name
                    break
        return swaps

    def draw(
        self, example: Example, place: int, count: int, rng: random.Random
    ) -> list[str]:
        """Names in the role of one mention that the text lacks; fewer if there are
        not so many."""
        pool = self.pools.get(self._find_roles(example)[place], [])
        text = example.text.casefold()
        drawn = rng.sample(pool, min(len(pool), 2 * count + 5))
        fitted = [fit_case(name, example.entities[place].text) for name in drawn]
        return [name for name in fitted if name.casefold() not in text][:count]

    def _find_roles(self, example: Example) -> list[Role]:
        pairs = zip(find_roles(example), example.entities, strict=True)
        return [self._narrow(role, entity.text) for role, entity in pairs]

    def _narrow(self, role: Role, name: str) -> Role:
        return role._replace(form=find_form(name)) if self.form else role


def apply_swaps(example: Example, swaps: Mapping[str, str], name: str) -> Example:
    """Write the replacements into the text.

    swaps (Mapping[str, str]): New text by old text of a mention.
    name (str): Id of the new example.
    """
    edits = [
        Edit(entity.start, entity.end, swaps[entity.text])
        for entity in example.entities
        if entity.text in swaps
    ]
    meta = {**example.meta, "swapped": dict(swaps)}
    return rewrite(example, edits, id=name, derived_from=(example.id,), meta=meta)


def fit_case(name: str, old: str) -> str:
    """Write a name as the text it replaces was written.

    Tables write "Abdominal Pain"; where the passage has a lower-case name, the
    capitals go, unless they mean something ("Hodgkin lymphoma", "HIV infection").
    """
    words = name.split()
    if old[:1].islower() and all(word.istitle() for word in words):
        return name.lower()
    if old[:1].isupper() and not is_all_capitals(old) and words[0].islower():
        return name[:1].upper() + name[1:]
    return name


def _places(example: Example) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for i, entity in enumerate(example.entities):
        places[entity.text].append(i)
    return places


def _is_free(example: Example, surface: str, places: Collection[int]) -> bool:
    """Whether no other mention and no other text alludes to this name.

    A short name after the full one, an abbreviation in brackets or a repeat outside
    the tags would point to a name that is no longer there.
    """
    if example.text.count(surface) != len(places):
        return False
    words = {word for word in surface.casefold().split() if len(word) > 3}
    for i, entity in enumerate(example.entities):
        if i in places:
            continue
        if words & set(entity.text.casefold().split()):
            return False
    for i in places:
        entity = example.entities[i]
        after = example.text[entity.end : entity.end + 2]
        if after == " (" or example.text[: entity.start].endswith("("):
            return False
    return True
