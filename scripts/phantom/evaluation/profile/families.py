"""What is counted of a private passage: values that the pack names, nothing else."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations

from phantom.packs.lexicons import read_names
from phantom.packs.pack import Pack
from phantom.passages.names import Matcher
from phantom.records import Attribute, Example

OTHER = "other"
WORDS = "words"
# Yes or no of a passage, by the name that the hints of a language know it under.
STYLES = ("starts with a number", "ends in a full stop", "share_starting_with_entity")
NO = "no"
_HEADING = re.compile(r"^\s*([^\n:]{2,60}):", re.MULTILINE)
Name = tuple[str, str]


class Reader:
    """Reads passages of a pack's domain.

    pack (Pack): Its kinds, grids and lexicons are all that a passage is held against.
    attributes (Sequence[str]): Grids of the pack to look for in `meta` and headings.
    annotated (bool): Whether mentions and relations are marked; otherwise names of the
        lexicons stand for mentions, and kinds are told apart by labels alone.
    RAISES: ValueError if the pack has no such attribute.
    """

    def __init__(
        self, pack: Pack, attributes: Sequence[str], annotated: bool = True
    ) -> None:
        unknown = [name for name in attributes if name not in pack.attributes]
        if unknown:
            raise ValueError(
                f"{pack.path / 'domain.yml'}: no attribute {unknown[0]!r} to count by"
            )
        self.pack = pack
        self.annotated = annotated
        self.groups = group_kinds(pack, annotated)
        self.grids: dict[str, dict[str, Attribute]] = {
            name: {
                str(value).casefold(): value for value in pack.attributes[name].values
            }
            for name in attributes
        }

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each name of the lexicons."""
        return {
            name: label
            for label in self.pack.domain.lexicons
            for name in read_names(self.pack, label)
            if name.lower() not in self.pack.labels[label].rules.never
        }

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.labels)

    def mentions(self, example: Example) -> set[Name]:
        """Names of the lexicons in a passage, by label; never a string of its own."""
        return {
            (self.labels[name], name) for _, _, name in self._matcher.find(example.text)
        }

    def kind(self, example: Example) -> str:
        """The group of kinds that a passage is of, OTHER if none fits."""
        labels = frozenset(entity.label for entity in example.entities)
        if not self.annotated:
            labels = frozenset(label for label, _ in self.mentions(example))
        relations = {relation.label for relation in example.relations}
        for name, (of, relation) in self.groups.items():
            if relation in relations if relation else not relations and of == labels:
                return name
        return OTHER

    def attribute(self, name: str, example: Example) -> str:
        """The value of a grid that a passage has, OTHER if none."""
        grid = self.grids[name]
        if name == WORDS:
            sizes = [value for value in grid.values() if isinstance(value, int)]
            if not sizes:
                return OTHER
            count = len(example.text.split())
            return str(min(sizes, key=lambda size: abs(size - count)))
        asked = example.meta.get("attributes") or {}
        said = [example.meta.get(name), asked.get(name)]
        said += _HEADING.findall(example.text)
        known = (grid.get(str(x).strip().casefold()) for x in said if x is not None)
        return next((str(value) for value in known if value is not None), OTHER)

    def styles(self, example: Example) -> Iterator[tuple[str, bool]]:
        """Each feature of STYLES, and whether a passage has it."""
        text = example.text.strip()
        starts = min((e.start for e in example.entities), default=1) == 0
        yield from zip(
            STYLES, (text[:1].isdigit(), text.endswith("."), starts), strict=True
        )

    def pairs(self, example: Example, known: Sequence[Name]) -> Iterator[str]:
        """Names among the known ones that stand in one passage."""
        found = sorted(self.mentions(example) & set(known))
        yield from (pair_key(a, b) for a, b in combinations(found, 2))


def pair_key(one: Name, other: Name) -> str:
    """How two names are written as a key."""
    return f"{one[1]} + {other[1]}"


def group_kinds(
    pack: Pack, annotated: bool = True
) -> dict[str, tuple[frozenset[str], str | None]]:
    """Kinds that an annotated passage can't tell apart, as one.

    RETURNS (Dict[str, Tuple[FrozenSet[str], Optional[str]]]): Labels and relation of
        each group, named by its kinds with " | " between; whole documents are none.
    """
    groups: dict[tuple[frozenset[str], str | None], list[str]] = {}
    for name, kind in pack.kinds.items():
        if not kind.document:
            relation = kind.relation if annotated else None
            labels = frozenset() if relation else frozenset(kind.entities)
            groups.setdefault((labels, relation), []).append(name)
    return {" | ".join(names): key for key, names in groups.items()}


def tally(values: Iterator[str] | Sequence[str]) -> dict[str, float]:
    """Counts as weights."""
    return {key: float(count) for key, count in Counter(values).items()}
