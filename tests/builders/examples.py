"""Examples written as the language model writes them, with tags in the text."""

import re
from collections.abc import Sequence
from typing import Any

from phantom.passages.tags import Tagged, parse_tags
from phantom.records import Entity, Example, Relation, Spec

_LABEL = re.compile(r"<([A-Z]\w*) id=")


def example(
    text: str,
    *relations: tuple[int, str, int],
    id: str = "x",
    mentions: Sequence[tuple[str, str]] | None = None,
    concepts: dict[str, str] | None = None,
    **more: Any,
) -> Example:
    """An example such as "<CHEMICAL id=1>Iron</CHEMICAL> gave <...>", (1, "EASES", 2).

    text (str): The passage; its tags become entities.
    relations (Tuple[int, str, int]): Head, label, tail; heads and tails by tag id.
    mentions (Optional[Sequence[Tuple[str, str]]]): For a text that is computed: words
        and label of each mention, found from the left and numbered from 1; the text
        is then taken as it is.
    concepts (Optional[Dict[str, str]]): Terminology ids, by the words of the mention.
    more (Any): Fields of the example; what is none of them goes into `meta`.
    """
    if mentions is None:
        parsed = parse_tags(text, set(_LABEL.findall(text)))
        assert isinstance(parsed, Tagged), parsed
    else:
        parsed = Tagged(text, tuple(_find(text, mentions)))
    place = {entity.id: i for i, entity in enumerate(parsed.entities)}
    fields = {k: more.pop(k) for k in list(more) if k in Example.model_fields}
    return Example(
        id=id,
        text=parsed.text,
        entities=tuple(
            entity.model_copy(update={"id": (concepts or {}).get(entity.text)})
            for entity in parsed.entities
        ),
        relations=tuple(
            Relation(head=place[str(head)], tail=place[str(tail)], label=label)
            for head, label, tail in relations
        ),
        meta={**fields.pop("meta", {}), **more},
        **fields,
    )


def make_specs(count: int, kind: str = "gene", **attributes: str | int) -> list[Spec]:
    """Specs s0, s1 ... of one kind; without attributes each names itself."""
    return [
        Spec(id=f"s{i}", kind=kind, attributes=attributes or {"name": f"s{i}"})
        for i in range(count)
    ]


def _find(text: str, mentions: Sequence[tuple[str, str]]) -> list[Entity]:
    found, end = [], 0
    for number, (words, label) in enumerate(mentions, start=1):
        start = text.index(words, end)
        end = start + len(words)
        found.append(
            Entity(start=start, end=end, label=label, text=words, id=str(number))
        )
    return found
