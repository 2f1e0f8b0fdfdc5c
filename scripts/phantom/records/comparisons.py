"""Candidates side by side, such as prompts and what they wrote, and the picks."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from phantom.records.base import Record, digest
from phantom.records.examples import Example

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$"
    ),
]
Key = Annotated[
    str, StringConstraints(min_length=8, max_length=64, pattern=r"^[\w-]+$")
]


class Candidate(Record):
    """One of those that are compared.

    name (str): Under which it is picked; people see it only after they picked.
    prompt (str): Guidelines or template, whole or what is particular to it.
    passages (Tuple[Example, ...]): Sampled from it. Candidates that were asked for the
        same specs have passages with the same ids in the same order.
    scores (Dict[str, Union[float, str]]): What was measured, by its name for people.
    """

    name: Name
    prompt: str = ""
    passages: tuple[Example, ...] = ()
    scores: dict[str, float | str] = {}


class Comparison(Record):
    """A file of candidates (.json) from which people pick one.

    title, question (str): For the people who pick.
    RAISES: ValueError for fewer than two candidates, or a name that occurs twice.
    """

    title: str
    question: str = "Which of these writes what we need?"
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=2, max_length=26)]

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        names = [candidate.name for candidate in self.candidates]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two candidates are called {twice[0]!r}")
        return self

    def digest(self) -> str:
        """By which a pick is held to what was shown."""
        return digest(self.model_dump_json())


class Pick(Record):
    """One line of a file of picks; never edited. The latest of a person holds.

    key (str): Given by the page, so that a repeated request is one pick.
    comparison (str): Digest of the comparison as it was shown.
    picked (Optional[str]): Name of a candidate; None if none of them will do.
    shown (Tuple[str, ...]): Names in the order in which they stood side by side.
    time (str): Of the server, ISO 8601 with its zone.
    seconds (float): From when they were shown to when one was picked.
    """

    key: Key
    comparison: str
    annotator: Name
    picked: str | None
    shown: tuple[str, ...]
    note: str = Field(default="", max_length=2000)
    time: str
    seconds: float = Field(ge=0, allow_inf_nan=False)
