"""What one example shall be: the spec, and the text whose style it follows."""

from pydantic import Field

from phantom.records.base import Attribute, Record
from phantom.records.facts import Facts


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
