"""personas.yml of a pack: who a passage may be written by."""

from pathlib import Path

from pydantic import Field

from phantom.packs.pack import Pack, read_yaml
from phantom.records import Record

# The attribute of a spec that says who writes.
WRITER = "writer"


class Persona(Record):
    """Someone who writes such text.

    weight (float): Share of the specs that have a writer, relative to the others.
    habits (List[str]): How this person writes, in words that a prompt can hold.
    """

    specialty: str = Field(min_length=1)
    seniority: str = Field(min_length=1)
    setting: str = Field(min_length=1)
    region: str = Field(min_length=1)
    habits: list[str] = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0)

    def describe(self) -> str:
        """One line for a plan that people read, and for the prompt."""
        who = f"{self.specialty}, {self.seniority}; {self.setting}, {self.region}"
        return f"{who}; {', '.join(self.habits)}"


class Personas(Record):
    """The content of personas.yml.

    except_kinds (List[str]): Kinds of examples that have no such writer.
    """

    except_kinds: list[str] = []
    personas: dict[str, Persona] = Field(min_length=2)

    def weights(self) -> dict[str, float]:
        """Weight by what a spec says of its writer."""
        return {x.describe(): x.weight for x in self.personas.values()}


def personas_path(pack: Pack) -> Path:
    """Where a pack's personas are, if it has any."""
    return pack.path / "personas.yml"


def read_personas(pack: Pack) -> Personas:
    """Read the personas of a pack.

    RAISES: ValueError if there are none, two are the same, or a kind is unknown.
    """
    path = personas_path(pack)
    if not path.is_file():
        raise ValueError(
            f"{path}: missing; write down who writes such text, as assets/domains/ "
            "has it, or leave --personas at 0"
        )
    found = read_yaml(path, Personas)
    for kind in found.except_kinds:
        if kind not in pack.kinds:
            kinds = ", ".join(pack.kinds)
            raise ValueError(
                f"{path}: except_kinds: {kind!r} is no kind of domain.yml; use one "
                f"of: {kinds}"
            )
    if len(found.weights()) < len(found.personas):
        raise ValueError(f"{path}: two personas are described alike; tell them apart")
    return found
