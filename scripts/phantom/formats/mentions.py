"""From what tools mark (nested, repeated, in pieces) to what an example holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from phantom.formats.base import Report
from phantom.formats.beside import Mark, Tie, keep_beside
from phantom.records import Entity, Example, Relation


@dataclass(frozen=True)
class Mention:
    """A marked stretch of text.

    key (str): What links refer to; unique within the document.
    pieces (Tuple[Tuple[int, int], ...]): Character offsets, end exclusive.
    text (Optional[str]): The source's own copy of the words, to be checked.
    place (str): `path:line`.
    nominal (bool): No name, but an end of relations.
    """

    key: str
    pieces: tuple[tuple[int, int], ...]
    label: str
    text: str | None = None
    id: str | None = None
    place: str = ""
    nominal: bool = False


@dataclass(frozen=True)
class Link:
    """A relation between two mentions, by their keys."""

    head: str
    tail: str
    label: str
    place: str = ""
    key: str = ""


@dataclass
class Document:
    """A text with all its marks.

    place (str): `path:line` of where it begins.
    kept, related (List[str]): Set by `to_example`: keys of entities and relations.
    """

    name: str
    text: str
    place: str
    mentions: list[Mention] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)


def to_example(document: Document, report: Report) -> Example:
    """Keep what entities that don't overlap can express; report the rest.

    Of mentions that overlap, those that are ends of relations stay first, then the
    longest, then the first. A repeat (same place and label) is merged. The others, and
    mentions in pieces, are kept beside the entities with their relations.

    RAISES: ValueError with `path:line` if a mention is not in the text, or its words
        are others.
    """
    whole: list[tuple[int, int, Mention]] = []
    beside: dict[str, Mark] = {}
    for mention in document.mentions:
        bounds = _check(document, mention, report)
        if bounds:
            whole.append((*bounds, mention))
        elif len(mention.pieces) > 1:
            beside[mention.key] = _mark(mention)
    # A relation of a repeat to its twin is none, and gives neither of them a right.
    spot = {x.key: (start, end, x.label) for start, end, x in whole}
    linked = {
        key
        for link in document.links
        if link.head not in spot or spot[link.head] != spot.get(link.tail)
        for key in (link.head, link.tail)
    }
    whole.sort(key=lambda x: (x[2].key not in linked, x[0] - x[1], x[0]))
    kept: list[tuple[int, int, Mention]] = []
    same: dict[str, str] = {}
    for start, end, mention in whole:
        rivals = [x for x in kept if start < x[1] and x[0] < end]
        twin = next(
            (
                x
                for x in rivals
                if x[:2] == (start, end) and x[2].label == mention.label
            ),
            None,
        )
        if twin:
            same[mention.key] = twin[2].key
            if twin[2].id == mention.id:
                report.leave_out("repeated mention", mention.place)
            else:
                report.leave_out("repeated mention with another id", mention.place)
        elif rivals:
            report.leave_out("mention that overlaps another", mention.place)
            beside[mention.key] = _mark(mention)
        else:
            kept.append((start, end, mention))
    kept.sort(key=lambda x: x[0])
    document.kept = [mention.key for _, _, mention in kept]
    document.related = []
    place = {mention.key: i for i, (_, _, mention) in enumerate(kept)}
    place |= {key: place[twin] for key, twin in same.items()}
    entities = tuple(
        Entity(
            start=start,
            end=end,
            label=mention.label,
            text=document.text[start:end],
            id=mention.id,
            nominal=mention.nominal,
        )
        for start, end, mention in kept
    )
    ties = _tie(document, place, beside)
    return Example(
        id=document.name,
        text=document.text,
        entities=entities,
        relations=tuple(_relate(document, place, report)),
        meta=document.meta
        | keep_beside(document.text, [*beside.values()], ties, entities),
    )


def _mark(mention: Mention) -> Mark:
    return Mark(mention.key, tuple(mention.pieces), mention.label, mention.id)


def _tie(
    document: Document, place: Mapping[str, int], beside: Mapping[str, Mark]
) -> Iterable[Tie]:
    """Relations of which at least one end is beside the entities."""
    ends: dict[str, str | int] = {**place, **{key: key for key in beside}}
    for link in document.links:
        if {link.head, link.tail} & beside.keys() and {link.head, link.tail} <= set(
            ends
        ):
            yield Tie(link.key, ends[link.head], ends[link.tail], link.label)


def same_words(one: str, other: str) -> bool:
    """Equal but for blanks and line breaks: their number, and those at the ends."""
    return one.split() == other.split()


def _check(
    document: Document, mention: Mention, report: Report
) -> tuple[int, int] | None:
    text = document.text
    pieces = sorted(mention.pieces)
    for start, end in pieces:
        if not 0 <= start <= end <= len(text):
            raise ValueError(
                f"{mention.place}: mention {mention.key} lies at {start}-{end}, the "
                f"text has {len(text)} characters"
            )
    if all(start == end for start, end in pieces):
        report.leave_out("mention of no characters", mention.place)
        return None
    shown = " ".join(text[start:end] for start, end in mention.pieces)
    if mention.text is not None and not same_words(shown, mention.text):
        raise ValueError(
            f"{mention.place}: the text has {shown!r} at {pieces[0][0]}-"
            f"{pieces[-1][1]}, the mention is {mention.text!r}"
        )
    gaps = (text[a[1] : b[0]] for a, b in zip(pieces, pieces[1:], strict=False))
    if any(gap.strip() for gap in gaps):
        report.leave_out("mention in pieces", mention.place)
        return None
    start, end = pieces[0][0], pieces[-1][1]
    bare = text[start:end].strip()
    if not bare:
        report.leave_out("mention of blanks", mention.place)
        return None
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return start, start + len(bare)


def _relate(
    document: Document, place: Mapping[str, int], report: Report
) -> Iterable[Relation]:
    known = {mention.key for mention in document.mentions}
    seen: set[tuple[int, int, str]] = set()
    for link in document.links:
        missing = [x for x in (link.head, link.tail) if x not in known]
        if missing:
            report.leave_out("relation to an unknown mention", link.place)
        elif link.head not in place or link.tail not in place:
            report.leave_out("relation of a mention that was left out", link.place)
        elif place[link.head] == place[link.tail]:
            report.leave_out("relation of a mention to itself", link.place)
        else:
            ends = place[link.head], place[link.tail], link.label
            if ends in seen:
                report.leave_out("repeated relation", link.place)
            else:
                seen.add(ends)
                document.related.append(link.key)
                yield Relation(head=ends[0], tail=ends[1], label=link.label)
