"""judge.yml of a pack: what an LLM is asked of each passage, and when that counts."""

from pydantic import Field

from phantom.packs.pack import Pack, read_yaml
from phantom.records import Record


class Criterion(Record):
    """One question to be answered with yes or no.

    rejects (bool): Whether passages of which it is denied are rejected, once the gate
        is open; others are for people to look at.
    """

    question: str = Field(min_length=1)
    rejects: bool = False


class Gate(Record):
    """What the judge must reach on planted faults before its verdict may reject.

    planted (int): Faults of a criterion, at least.
    precision (float): Lower end of the 95% interval. recall (float): The share itself.
    """

    planted: int = Field(default=20, ge=1)
    precision: float = Field(default=0.7, gt=0, lt=1)
    recall: float = Field(default=0.5, gt=0, le=1)


class Rubric(Record):
    """The content of judge.yml.

    votes (int): How often each passage is judged.
    preference (str): What is asked of two passages side by side.
    """

    votes: int = Field(default=3, ge=1)
    criteria: dict[str, Criterion] = Field(min_length=1)
    preference: str = Field(min_length=1)
    gate: Gate = Gate()


def read_rubric(pack: Pack) -> Rubric:
    """Read the rubric of a pack. RAISES: ValueError if it is missing or wrong."""
    path = pack.path / "judge.yml"
    if not path.is_file():
        raise ValueError(
            f"{path}: missing; write what makes a passage good, as assets/domains/ "
            "has it, before an LLM judges any"
        )
    return read_yaml(path, Rubric)
