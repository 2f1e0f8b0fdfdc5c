"""Text with its annotation: entities, relations, and where it comes from."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from phantom.records.base import Origin, Record, move_provenance

# Keys of `meta` by which the reader phantom.HybridCorpus.v1 can rank passages, 0 to 1.
REALISM, DIFFICULTY = "realism", "difficulty"
State = Literal["completed", "failed", "pending"]
# What a doc keeps of its example beside the annotation.
BESIDE = {
    *("id", "origin", "sources", "weight", "derived_from", "varied", "model"),
    *("labelled_by", "meta"),
}


class Entity(Record):
    """One mention.

    start, end (int): Character offsets, end exclusive.
    id (Optional[str]): Concept in a terminology; "|" joins those of one mention.
    name (Optional[str]): What the mention stands for, where the source says it.
    group (Optional[List[int]]): The source's own links between mentions.
    nominal (bool): No name, such as "the company": an end of relations, no entity.
    """

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    label: str
    text: str
    id: str | None = None
    name: str | None = None
    group: list[int] | None = None
    nominal: bool = False

    def moved(self, by: int) -> Self:
        """A copy shifted by `by` characters."""
        return self.model_copy(update={"start": self.start + by, "end": self.end + by})


class Relation(Record):
    """A directed, labelled pair. head, tail (int): indexes into the entities."""

    head: int = Field(ge=0)
    tail: int = Field(ge=0)
    label: str


class Example(Record):
    """Text with its annotation; synthetic and real data share this form.

    id (str): The spec's id, or the record's id in a benchmark.
    text (str): The passage, without tags.
    entities (Tuple[Entity, ...]): Sorted by start, whatever order they are given in;
        never overlapping.
    relations (Tuple[Relation, ...]): By index into `entities`.
    tokens (Optional[List[str]]): The source's own tokens, where it has them.
    orig (Optional[Dict[str, Any]]): The record before placeholders were put in.
    origin (str): "synthetic" if a model wrote it from a spec; "public" or "private"
        if people did. Whoever reads real text says so.
    sources (Tuple[str, ...]): Data sets or folders that real text comes from.
    weight (float): Share of the epochs that see it in training, at most 1.
    derived_from (Tuple[str, ...]): Ids of the examples that it was made from.
    varied (Optional[str]): The augmenter that made it from those.
    model (Optional[str]): The model that wrote the text.
    labelled_by (Optional[str]): The model or pipeline that labelled a text which it
        did not write; None: people, or who wrote it.
    meta (Dict[str, Any]): What was asked for (kind, attributes, seeds), notes, and
        the columns of a benchmark that its map names.
    """

    id: str
    text: str
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    tokens: list[str] | None = None
    orig: dict[str, Any] | None = None
    origin: Origin = "synthetic"
    sources: tuple[str, ...] = ()
    weight: float = Field(default=1.0, ge=0, le=1)
    derived_from: tuple[str, ...] = ()
    varied: str | None = None
    model: str | None = None
    labelled_by: str | None = None
    meta: dict[str, Any] = {}

    def from_people(self, origin: Origin, source: str) -> Self:
        """Say where real text comes from, unless the record says so itself.

        source (str): Data set or folder; "" if there is no name for it.
        """
        if "origin" in self.model_fields_set or self.model or self.derived_from:
            return self
        sources = self.sources or ((source,) if source else ())
        return self.model_copy(update={"origin": origin, "sources": sources})

    def named(self) -> Self:
        """The example without nominal mentions and their relations."""
        kept = [i for i, entity in enumerate(self.entities) if not entity.nominal]
        if len(kept) == len(self.entities):
            return self
        place = {old: new for new, old in enumerate(kept)}
        relations = [
            relation.model_copy(
                update={"head": place[relation.head], "tail": place[relation.tail]}
            )
            for relation in self.relations
            if relation.head in place and relation.tail in place
        ]
        update = {"entities": tuple(self.entities[i] for i in kept)}
        return self.model_copy(update={**update, "relations": tuple(relations)})

    @model_validator(mode="before")
    @classmethod
    def _read_old(cls, data: Any) -> Any:
        return move_provenance(data, cls.model_fields)

    @model_validator(mode="after")
    def _check_offsets(self) -> Self:
        starts = [entity.start for entity in self.entities]
        if starts != sorted(starts):
            self._sort(starts)
        end = 0
        for i, entity in enumerate(self.entities):
            if not end <= entity.start < entity.end <= len(self.text):
                raise ValueError(
                    f"example {self.id}: entity {i} ({entity.start}, {entity.end}) "
                    "overlaps the one before or leaves the text"
                )
            if self.text[entity.start : entity.end] != entity.text:
                raise ValueError(
                    f"example {self.id}: entity {i} reads "
                    f"{self.text[entity.start : entity.end]!r}, not {entity.text!r}"
                )
            end = entity.end
        for relation in self.relations:
            if max(relation.head, relation.tail) >= len(self.entities):
                raise ValueError(
                    f"example {self.id}: relation {relation.label} points to "
                    f"entity {max(relation.head, relation.tail)}, "
                    f"but there are {len(self.entities)}"
                )
        return self

    def _sort(self, starts: list[int]) -> None:
        """Annotators click in any order; relations keep their mentions."""
        order = sorted(range(len(starts)), key=lambda i: starts[i])
        place = {old: new for new, old in enumerate(order)}
        turned = [
            relation.model_copy(
                update={
                    "head": place.get(relation.head, relation.head),
                    "tail": place.get(relation.tail, relation.tail),
                }
            )
            for relation in self.relations
        ]
        # The record is frozen for everyone else.
        object.__setattr__(self, "entities", tuple(self.entities[i] for i in order))
        object.__setattr__(self, "relations", tuple(turned))


class Labelled(Example):
    """What a labeller made of a text.

    state (str): "pending" or "failed" without entities is not the same as none found.
    """

    state: State = "completed"
