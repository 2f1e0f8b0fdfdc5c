"""What one example shall be: the spec, and the facts and style that it hands on."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from phantom.records.base import Attribute, Origin, Record

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
    origin (str): Of the widest that the facts were made from.
    """

    entities: dict[str, Term] = {}
    relations: tuple[Link, ...] = ()
    numbers: dict[str, Amount] = {}
    dates: dict[str, Day] = {}
    texts: dict[str, str] = {}
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
        return self


class Reference(Record):
    """A public text whose style a whole document follows.

    id (str): In its data set. text (Optional[str]): None where it is looked up.
    """

    id: str = Field(min_length=1)
    text: str | None = None


class Spec(Record):
    """What one example shall be, decided before a token is paid for.

    id (str): Content hash or name, unique within a plan.
    kind (str): A kind of the domain pack, such as "chemical treats disease".
    attributes (Dict[str, Union[str, int]]): Section, topic, length in words ...
    seeds (Dict[str, List[str]]): Terms to use, by entity label.
    open (List[str]): Entity labels whose terms the writer chooses.
    style (List[str]): Notes for the writer, from the hints of an earlier check; no
        part of the id.
    facts (Optional[Facts]): What the text must say, where a scenario decides it.
    reference (Optional[Reference]): A text to follow in style, for whole documents.
    round (int): The round of feedback that asked for it, from 1; no part of the id.
    """

    id: str = Field(min_length=1)
    kind: str
    attributes: dict[str, Attribute] = {}
    seeds: dict[str, list[str]] = {}
    open: list[str] = []
    style: list[str] = []
    facts: Facts | None = None
    reference: Reference | None = None
    round: int = Field(default=1, ge=1)
