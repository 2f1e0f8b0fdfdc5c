"""Hints from what people corrected: the edits that they made most often."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from phantom.feedback.hints import Hint
from phantom.packs.language import LanguageData
from phantom.records import Entity, Example

# An edit that was made once is no lesson.
LEAST = 2


class Edit(NamedTuple):
    """A kind of edit. unit (str): "mark", "bounds" or "relate"; more: see `say`."""

    unit: str
    more: bool
    label: str
    word: str = ""
    other: str = ""


def hint_on_edits(
    edits: Iterable[tuple[Example, Example]], language: LanguageData, top: int = 20
) -> Iterator[Hint]:
    """Hints on the most frequent edits, the most frequent first.

    edits (Iterable[Tuple[Example, Example]]): Examples as they were and as people left
        them.
    YIELDS (Hint): One that quotes text of people is marked as such.
    """
    times: Counter[Edit] = Counter()
    real: set[Edit] = set()
    for raw, edited in edits:
        for edit in find_edits(raw, edited):
            times[edit] += 1
            if raw.origin != "synthetic":
                real.add(edit)
    for edit, count in times.most_common(top):
        if count < LEAST:
            return
        values = {"label": edit.label, "word": edit.word, "other": edit.other}
        yield Hint(
            text=language.say(edit.unit, "", edit.more, **values),
            check="review",
            size=count,
            about=edit.word or edit.label,
            of="entities",
            quotes_real=edit in real and bool(edit.word),
            from_real=edit in real,
        )


def find_edits(raw: Example, edited: Example) -> Iterator[Edit]:
    """What a person changed in the mentions and relations of one text."""
    before = {(e.start, e.end, e.label): e for e in raw.entities}
    after = {(e.start, e.end, e.label): e for e in edited.entities}
    gone = [e for key, e in before.items() if key not in after]
    new = [e for key, e in after.items() if key not in before]
    moved: list[Entity] = []
    for mention in gone:
        other = next((n for n in new if _moved(mention, n)), None)
        if other is None:
            yield Edit("mark", False, mention.label, mention.text)
            continue
        moved.append(other)
        longer = len(other.text) > len(mention.text)
        yield Edit("bounds", longer, other.label, other.text, mention.text)
    for mention in new:
        if mention not in moved:
            yield Edit("mark", True, mention.label, mention.text)
    for sign, mine, theirs in ((False, raw, edited), (True, edited, raw)):
        there = set(_links(theirs))
        ends = {(e.start, e.end) for e in theirs.entities}
        for link in _links(mine):
            # A relation that went with its mention is no lesson of its own.
            if link not in there and {link[0], link[2]} <= ends:
                yield Edit("relate", sign, link[1])


def _moved(mention: Entity, other: Entity) -> bool:
    overlaps = mention.start < other.end and other.start < mention.end
    return overlaps and mention.label == other.label


def _links(example: Example) -> list[tuple[tuple[int, int], str, tuple[int, int]]]:
    places = [(e.start, e.end) for e in example.entities]
    return [(places[r.head], r.label, places[r.tail]) for r in example.relations]
