"""What evaluation hands around: mentions, links, requests and predictions."""

from collections.abc import Sequence
from typing import NamedTuple

Span = tuple[int, int]


Mention = tuple[int, int, str]


class Link(NamedTuple):
    """A relation between two spans of characters."""

    head: Span
    tail: Span
    label: str
    score: float = 1.0


class Request(NamedTuple):
    """One record to annotate.

    gold (Sequence[Mention]): Counted against the tokens.
    given (Sequence[Sequence[Mention]]): Sets of entities to relate, one by one.
    relate (bool): Whether relations between the pipeline's own entities are wanted.
    """

    text: str
    gold: Sequence[Mention] = ()
    given: Sequence[Sequence[Mention]] = ()
    relate: bool = True


class Prediction(NamedTuple):
    """What was found in one record.

    given (List[List[Link]]): Relations for each set of given entities.
    unaligned (int): Gold mentions that do not start and end on token bounds.
    missing (bool): Nothing was predicted for this record, not even "no entity".
    """

    entities: list[Mention]
    relations: list[Link]
    given: list[list[Link]]
    unaligned: int = 0
    missing: bool = False
