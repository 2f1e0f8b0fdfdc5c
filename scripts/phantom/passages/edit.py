"""Change the mentions of an example and keep its relations right."""

from phantom.records import Entity, Example, Relation


def with_entities(example: Example, entities: list[Entity]) -> Example:
    """The example with these entities instead; relations follow their mentions.

    A relation whose mention is gone goes with it. Mentions that overlap an earlier
    one are left out.
    """
    kept: list[Entity] = []
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    old = example.entities
    index: dict[int, int] = {}
    for i, before in enumerate(old):
        for j, after in enumerate(kept):
            if before.start < after.end and after.start < before.end:
                index[i] = j
    relations = [
        Relation(head=index[r.head], tail=index[r.tail], label=r.label)
        for r in example.relations
        if r.head in index and r.tail in index and index[r.head] != index[r.tail]
    ]
    return example.model_copy(
        update={"entities": tuple(kept), "relations": tuple(relations)}
    )
