"""Examples written as the language model writes them, with tags in the text."""

from phantom.passages.tags import Tagged, parse_tags
from phantom.records import Example, Relation


def example(name: str, tagged: str, *relations: tuple[int, str, int]) -> Example:
    """An example with the labels A and B; relations join entities by their place."""
    parsed = parse_tags(tagged, ["A", "B"])
    assert isinstance(parsed, Tagged), parsed
    return Example(
        id=name,
        text=parsed.text,
        entities=parsed.entities,
        relations=tuple(Relation(head=h, tail=t, label=x) for h, x, t in relations),
    )
