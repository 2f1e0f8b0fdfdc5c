"""From relations between concepts of a document to relations between its mentions."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from phantom.formats.base import Report
from phantom.records import Entity, Example, Relation

# Not after an abbreviation of one letter.
SENTENCE_END = re.compile(r"(?<![ .][A-Za-z])[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")


def project(
    example: Example,
    pairs: Sequence[dict[str, Any]],
    report: Report,
    starts: Sequence[int] | None = None,
) -> Example:
    """Draw each concept pair between two mentions, sentences apart as few as may be.

    Among equals, those whose beginnings are closest, then the first.

    pairs (Sequence[Dict]): `label`, `head` and `tail` (concepts), `place`.
    starts (Optional[Sequence[int]]): Where sentences begin; None finds them.
    RETURNS (Example): With the pairs in `meta["concept_pairs"]`.
    """
    bounds = list(find_starts(example.text) if starts is None else starts)
    relations = []
    for pair in pairs:
        heads = with_concept(example.entities, pair["head"])
        tails = with_concept(example.entities, pair["tail"])
        ends = [(a, b) for a, b in product(heads, tails) if a != b]
        if not heads or not tails:
            report.leave_out("relation of a concept without a mention", pair["place"])
        elif not ends:
            report.leave_out("relation of a mention to itself", pair["place"])
        else:
            head, tail = min(ends, key=lambda x: _distance(example, x, bounds))
            relation = Relation(head=head, tail=tail, label=pair["label"])
            if relation not in relations:
                relations.append(relation)
    kept = [{k: v for k, v in pair.items() if k != "place"} for pair in pairs]
    meta = {**example.meta, "concept_pairs": kept} if kept else example.meta
    return example.model_copy(update={"relations": tuple(relations), "meta": meta})


def pairs_to_write(
    example: Example, report: Report
) -> tuple[list[dict[str, Any]], list[Relation]]:
    """The concept pairs that the relations still bear out, and the relations beyond.

    A pair whose relation someone has taken out since is left out and counted; one
    that has no mention of a concept stays.
    """
    bare = example.model_copy(update={"relations": ()})
    kept: list[dict[str, Any]] = []
    drawn: set[Relation] = set()
    for pair in example.meta.get("concept_pairs", ()):
        found = project(bare, [{**pair, "place": example.id}], Report()).relations
        if found and found[0] not in example.relations:
            report.leave_out("concept pair whose relation was taken out", example.id)
        else:
            kept.append(pair)
            drawn.update(found)
    return kept, [x for x in example.relations if x not in drawn]


def with_concept(entities: Iterable[Entity], concept: str) -> list[int]:
    """Places of the mentions that stand for a concept, or for all that it joins."""
    return [
        i
        for i, x in enumerate(entities)
        if x.id and (x.id == concept or concept in x.id.split("|"))
    ]


def find_starts(text: str) -> list[int]:
    """Where sentences begin, by their stops."""
    return [0, *(match.end() for match in SENTENCE_END.finditer(text))]


def _distance(
    example: Example, ends: tuple[int, int], starts: Sequence[int]
) -> tuple[int, int]:
    one, other = (example.entities[i].start for i in ends)
    between = abs(bisect_right(starts, one) - bisect_right(starts, other))
    return between, abs(one - other)
