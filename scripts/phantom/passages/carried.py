"""Labels carried from what was written to what was read of it, such as from a scan."""

from typing import NamedTuple

from spacy_alignments import get_alignments

from phantom.passages.rewrite import follow
from phantom.records import Entity, Example

# Of a mention's characters, so many must be there again.
KEPT = 0.6


class Carried(NamedTuple):
    """An example with another text. lost (List[Entity]): What its text has no more."""

    example: Example
    lost: list[Entity]


def carry_labels(example: Example, read: str, kept: float = KEPT) -> Carried:
    """Find the mentions of an example in its text as it was read.

    The two texts are aligned by characters. A mention is carried if enough of its
    characters are found in their order; a misread one at its edge belongs to it.

    read (str): Such as what Tesseract gives.
    kept (float): Least share of a mention's characters that are there again.
    RETURNS (Carried): Every mention is in the example or in `lost`; relations whose two
        mentions were carried stay.
    """
    places, _ = get_alignments(list(example.text), list(read))
    entities: list[Entity] = []
    lost: list[Entity] = []
    numbers: dict[int, list[int]] = {}
    end = 0
    order = sorted(range(len(example.entities)), key=lambda i: _place(example, i))
    for i in order:
        entity = example.entities[i]
        span = _carry(entity, places, read, kept)
        if span is None or span[0] < end:
            lost.append(entity)
            continue
        start, end = span
        numbers[i] = [len(entities)]
        update = {"start": start, "end": end, "text": read[start:end]}
        entities.append(entity.model_copy(update=update))
    relations = follow(example.relations, numbers)
    moved = {"text": read, "entities": tuple(entities), "relations": relations}
    # The source's own tokens are those of its own text.
    return Carried(example.model_copy(update={**moved, "tokens": None}), lost)


def _place(example: Example, number: int) -> tuple[int, int]:
    return example.entities[number].start, example.entities[number].end


def _carry(
    entity: Entity, places: list[list[int]], read: str, kept: float
) -> tuple[int, int] | None:
    """Where a mention is in the text that was read, misread edges included."""
    own = [places[i] for i in range(entity.start, entity.end)]
    found = [place for some in own for place in some]
    there = sum(map(bool, own))
    if not found or there < kept * (entity.end - entity.start):
        return None
    start, end = min(found), max(found) + 1
    # Read as letters of quite another length, the alignment has gone astray.
    if end - start > 2 * (entity.end - entity.start):
        return None
    for _ in range(_missing(own)):
        start -= start > 0 and not read[start - 1].isspace()
    for _ in range(_missing(own[::-1])):
        end += end < len(read) and not read[end].isspace()
    return start, end


def _missing(own: list[list[int]]) -> int:
    """How many characters at the beginning have no place."""
    return next((i for i, some in enumerate(own) if some), 0)
