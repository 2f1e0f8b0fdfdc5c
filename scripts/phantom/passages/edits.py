"""Which of the changes that were drawn for a text leave its mentions whole."""

from collections import defaultdict
from collections.abc import Iterable

from phantom.passages.rewrite import Edit
from phantom.records import Entity, Example


def keep_mentions(example: Example, edits: Iterable[Edit]) -> list[Edit]:
    """The edits after which every mention still has a text of its own.

    Left out are those that overlap one before or reach over the bound of a mention,
    and all edits of a mention that would be empty, or begin or end with white space.

    edits (Iterable[Edit]): Of two that overlap, the one that begins first is taken.
    RETURNS (List[Edit]): In the order of the text.
    """
    owner: dict[int, int] = {}
    for number, entity in enumerate(example.entities):
        owner |= dict.fromkeys(range(entity.start, entity.end), number)
    free: list[Edit] = []
    inside: defaultdict[int, list[Edit]] = defaultdict(list)
    end = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        touched = {owner.get(i, -1) for i in range(edit.start, edit.end)}
        if edit.start < end or len(touched) > 1:
            continue
        end = edit.end
        if not touched:
            # An insertion is in a mention only where the characters beside it are.
            sides = {owner.get(edit.start - 1, -1), owner.get(edit.start, -1)}
            touched = sides if len(sides) == 1 else {-1}
        (number,) = touched
        (free if number < 0 else inside[number]).append(edit)
    for number, own in inside.items():
        text = apply_within(example.entities[number], own)
        if text and text == text.strip():
            free += own
    return sorted(free, key=lambda edit: (edit.start, edit.end))


def apply_within(entity: Entity, edits: Iterable[Edit]) -> str:
    """The text of a mention after edits inside of it, which are in order."""
    pieces, position = [], 0
    for edit in edits:
        pieces += [entity.text[position : edit.start - entity.start], edit.text]
        position = edit.end - entity.start
    return "".join([*pieces, entity.text[position:]])
