"""What a person decided on an example, and what stood on the screen."""

from typing import Literal, Self

from pydantic import Field, model_validator

from phantom.records import Entity, Example, Record, Relation
from phantom.records.comparisons import Key, Name

Span = tuple[int, int, str]
Link = tuple[Span, str, Span]
Verdict = Literal["accept", "reject", "skip", "undo"]
Role = Literal["annotator", "adjudicator"]


class Annotation(Record):
    """Entities and relations of one text, as a person left them.

    entities (Tuple[Entity, ...]): In any order; relations point into this order.
    """

    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()

    @classmethod
    def of(cls, example: Example) -> Self:
        """The annotation that an example has."""
        return cls(entities=example.entities, relations=example.relations)

    @model_validator(mode="after")
    def _check_ends(self) -> Self:
        for relation in self.relations:
            if max(relation.head, relation.tail) >= len(self.entities):
                raise ValueError(
                    f"relation {relation.label} points to a mention that is not there"
                )
        return self

    def facts(self) -> tuple[frozenset[Span], frozenset[Link]]:
        """What it says, whatever the order: mentions, and relations between them."""
        spans = [(e.start, e.end, e.label) for e in self.entities]
        links = {(spans[r.head], r.label, spans[r.tail]) for r in self.relations}
        return frozenset(spans), frozenset(links)


class Seen(Record):
    """What stood on the screen when the decision was made.

    text (str): Digest of the text, by which a decision is held to it.
    guidelines (str): Digest of the guidelines beside it.
    reasons (Tuple[str, ...]): Why the queue showed the example.
    predicted (Optional[Annotation]): What the pipeline had found, if it was shown.
    explained (bool): Whether it was also shown why the pipeline found it.
    others (Tuple[str, ...]): Annotators whose decisions were shown.
    """

    text: str
    guidelines: str = ""
    reasons: tuple[str, ...] = ()
    predicted: Annotation | None = None
    explained: bool = False
    others: tuple[str, ...] = ()


class Decision(Record):
    """One line of reviews.jsonl; never edited.

    key (str): Given by the page, so that a repeated request is one decision.
    example (str): Id of the example.
    time (str): Of the server, ISO 8601 with its zone.
    before (Annotation): As it was shown.
    after (Optional[Annotation]): As it was left; None unless it was accepted.
    seconds (float): From when it was shown to when it was decided.
    undoes (Optional[str]): Key of the decision that "undo" takes back.
    """

    key: Key
    example: str
    annotator: Name
    role: Role = "annotator"
    verdict: Verdict
    time: str
    before: Annotation
    after: Annotation | None = None
    seconds: float = Field(ge=0, allow_inf_nan=False)
    seen: Seen
    undoes: Key | None = None

    @property
    def edited(self) -> bool:
        """Whether what was accepted differs from what was shown."""
        return self.after is not None and self.after.facts() != self.before.facts()

    def says(self) -> tuple[object, ...]:
        """What two people must share to agree."""
        return (self.verdict, *(self.after.facts() if self.after else ()))
