"""A stretch of an example as an example of its own."""

from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Entity, Example


def excerpt(example: Example, start: int, end: int, name: str) -> Example:
    """Cut characters `start` to `end` out, with the mentions that lie whole in it.

    A relation comes along if both of its mentions do. The source's tokens do not.

    name (str): Id of the excerpt.
    RETURNS (Example): With `derived_from` naming the example.
    RAISES: ValueError if the bounds leave the text or cut a mention in two.
    """
    if not 0 <= start < end <= len(example.text):
        raise ValueError(
            f"{example.id}: no characters {start} to {end} in a text of "
            f"{len(example.text)}"
        )
    outside = [Edit(0, start, ""), Edit(end, len(example.text), "")]
    lost: list[Entity] = []
    cut = rewrite(
        example, outside, lost=lost, id=name, derived_from=(example.id,), tokens=None
    )
    for entity in lost:
        if entity.start < end and start < entity.end:
            raise ValueError(
                f"{example.id}: characters {start} to {end} cut {entity.text!r} in "
                "two; move the bounds past it"
            )
    return cut
