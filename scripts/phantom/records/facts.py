"""What the text of one example must say: names, numbers, dates, and what led there."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from phantom.records.base import Origin, Record

Change = Literal["up", "down", "unchanged"]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?)?)?)?$")]


class Term(Record):
    """A name in facts. text (str): As written; forms (List[str]): or also so.

    label (str): Entity label. id (Optional[str]): Concept in a terminology.
    """

    label: str
    text: str = Field(min_length=1)
    id: str | None = None
    forms: list[str] = []


class Link(Record):
    """A relation between facts. head, tail (str): Their keys in `Facts`."""

    head: str
    label: str
    tail: str


class Amount(Record):
    """A number in facts. text (Optional[str]): As it must be written, if it must.

    label (Optional[str]): Entity label, where the number is marked in the text.
    """

    value: int | float = Field(allow_inf_nan=False)
    unit: str = ""
    text: str | None = None
    label: str | None = None


class Facts(Record):
    """What the writer of one example is told to be true, each fact by a key.

    entities (Dict[str, Term]): Names, such as {"drug": {"label": "CHEMICAL", ...}}.
    relations (Tuple[Link, ...]): Between keys of entities, numbers or dates.
    numbers (Dict[str, Amount]): Doses, amounts, counts.
    dates (Dict[str, str]): ISO 8601: a year, month, day or time.
    texts (Dict[str, str]): Anything else, such as {"ward": "B2"}.
    event (str): What it is about, such as "downgrade".
    changes (Dict[str, str]): Which way it went, by the key of a number or entity.
    because (Tuple[str, ...]): What led to it, the first cause first, a clause each.
    rare (bool): Whether such an event is seldom met in text.
    id, causes (str, Tuple[str, ...]): As in facts.jsonl; "" and none without one.
    origin (str): Of the widest that the facts were made from.
    """

    event: str = ""
    entities: dict[str, Term] = {}
    relations: tuple[Link, ...] = ()
    numbers: dict[str, Amount] = {}
    dates: dict[str, Day] = {}
    texts: dict[str, str] = {}
    changes: dict[str, Change] = {}
    because: tuple[str, ...] = ()
    rare: bool = False
    id: str = ""
    causes: tuple[str, ...] = ()
    origin: Origin = "synthetic"

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        ends = [*self.entities, *self.numbers, *self.dates]
        keys = [*ends, *self.texts]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ValueError(f"facts: {twice[0]!r} is the key of two facts; rename one")
        for link in self.relations:
            unknown = [end for end in (link.head, link.tail) if end not in ends]
            if unknown:
                raise ValueError(
                    f"facts: {link.label} names {unknown[0]!r}, which is no key of "
                    "entities, numbers or dates"
                )
        moved = set(self.changes) - {*self.entities, *self.numbers}
        if moved:
            raise ValueError(
                f"facts: changes names {min(moved)!r}, which is no key of entities or "
                "numbers"
            )
        return self

    def told(self) -> dict[str, Any]:
        """What the writer sees of them: all but where they come from."""
        hidden = {"origin", "rare", "id", "causes"}
        return self.model_dump(exclude_defaults=True, exclude=hidden)


class Fact(Facts):
    """One line of facts.jsonl: what a scenario says happened.

    id (str): Unique within the file.
    event (str): A key of `events` in scenarios.yml.
    causes (Tuple[str, ...]): Ids of the facts that led to it, which stand before it.
    """

    id: str = Field(min_length=1)
    event: str = Field(min_length=1)

    def facts(self) -> Facts:
        """As a spec holds them."""
        return Facts.model_validate(self.model_dump(exclude_defaults=True))
