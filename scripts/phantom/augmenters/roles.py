"""What a mention does in its passage, and how it is built: what may take its place."""

from collections import defaultdict
from typing import NamedTuple

from phantom.passages.names import is_all_capitals
from phantom.records import Example


class Form(NamedTuple):
    """How a name is built.

    words (int): 1, 2, or 3 for more.
    digits (bool): Whether it has some.
    capital (bool): Whether it has one past the first letter, as symbols have.
    """

    words: int
    digits: bool
    capital: bool


class Role(NamedTuple):
    """What a mention does in its passage; only names of one role are swapped.

    So a company does not take the place of the exchange that it is listed on.

    bears (FrozenSet[Tuple[str, str]]): Its relations: label, and "head" or "tail".
    symbol (bool): Whether it is written like an abbreviation.
    form (Optional[Form]): How it is built, where names of one form alone are swapped.
    """

    label: str
    bears: frozenset[tuple[str, str]]
    symbol: bool
    form: Form | None = None


def find_roles(example: Example) -> list[Role]:
    """The role of every entity, see `Role`."""
    bears: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for relation in example.relations:
        bears[relation.head].add((relation.label, "head"))
        bears[relation.tail].add((relation.label, "tail"))
    return [
        Role(entity.label, frozenset(bears[i]), is_all_capitals(entity.text))
        for i, entity in enumerate(example.entities)
    ]


def find_form(name: str) -> Form:
    """How a name is built."""
    return Form(
        words=min(len(name.split()), 3),
        digits=any(map(str.isdigit, name)),
        capital=name[1:] != name[1:].lower() and not name.istitle(),
    )
