"""Inline tags: `<LABEL id=N>mention</LABEL>` to character offsets and back."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from phantom.records import Entity

# "p < 0.05", "A>G" and "<0.001" never match; "<i>" matches, but is read as a tag
# only if the pack knows the label or an id follows.
_TAG = re.compile(
    r"""<\s*(?P<close>/)?\s*(?P<label>[A-Za-z][A-Za-z0-9_]*)
    (?:\s+id\s*=\s*["']?(?P<id>[0-9]{1,6})["']?)?\s*>""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"&(amp|lt|gt);")
_CHARACTER = {"amp": "&", "lt": "<", "gt": ">"}


@dataclass(frozen=True)
class Tagged:
    """A text whose tags were read.

    text (str): The passage without tags.
    entities (Tuple[Entity, ...]): In order; `id` is the tag's id.
    """

    text: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True)
class TagProblem:
    """Why tags can't be read. reason (str): code to count; detail (str): where."""

    reason: str
    detail: str


def parse_tags(tagged: str, labels: Collection[str]) -> Tagged | TagProblem:
    """Read inline tags; any string gives a result, none raises.

    tagged (str): Text with tags; `&lt;`, `&gt;`, `&amp;` stand for characters.
    labels (Collection[str]): Entity labels that the pack knows, upper case.
    RETURNS (Union[Tagged, TagProblem]): The reasons are unknown_label, missing_id,
        duplicate_id, nested_tag, unclosed_tag, stray_close and empty_mention.
    """
    return _parse(tagged, tuple(labels))


# Whether an answer counts and what it says are asked for one after the other.
@lru_cache(maxsize=64)
def _parse(tagged: str, labels: tuple[str, ...]) -> Tagged | TagProblem:
    pieces: list[str] = []
    entities: list[Entity] = []
    ids: set[str] = set()
    length = position = 0
    opened: tuple[str, str, int, int] | None = None  # label, id, start, where

    def take(end: int) -> None:
        nonlocal length
        piece = _unescape(tagged[position:end])
        pieces.append(piece)
        length += len(piece)

    for match, label in _find_tags(tagged, labels):
        at = f"{match.group()} at character {match.start()}"
        take(match.start())
        position = match.end()
        if label not in labels:
            return TagProblem("unknown_label", f"{at}; known: {', '.join(labels)}")
        if match["close"]:
            if opened is None:
                return TagProblem("stray_close", f"{at} closes nothing")
            if opened[0] != label:
                return TagProblem("unclosed_tag", f"{at} closes a {opened[0]}")
            if opened[2] == length:
                return TagProblem("empty_mention", f"nothing before {at}")
            text = "".join(pieces)[opened[2] : length]
            entities.append(
                Entity(
                    start=opened[2], end=length, label=label, text=text, id=opened[1]
                )
            )
            pieces = ["".join(pieces)]
            opened = None
        elif opened is not None:
            return TagProblem("nested_tag", f"{at} stands inside a {opened[0]}")
        elif match["id"] is None:
            return TagProblem("missing_id", f"{at} has no id=N")
        else:
            number = str(int(match["id"]))
            if number in ids:
                return TagProblem("duplicate_id", f"{at}: id {number} is taken")
            ids.add(number)
            opened = (label, number, length, match.start())
    take(len(tagged))
    if opened is not None:
        return TagProblem("unclosed_tag", f"{opened[0]} opened at {opened[3]}")
    return Tagged("".join(pieces), tuple(entities))


def check_tags(tagged: str, labels: Collection[str]) -> str | None:
    """Why tags can't be read; None if they can."""
    found = parse_tags(tagged, labels)
    return found.reason if isinstance(found, TagProblem) else None


def write_tags(text: str, entities: Iterable[Entity]) -> str:
    """The inverse of `parse_tags`; an entity without an id gets its position.

    RAISES: ValueError if the entities overlap or are not sorted.
    """
    pieces = []
    position = 0
    for number, entity in enumerate(entities, start=1):
        if not position <= entity.start < entity.end <= len(text):
            raise ValueError(
                f"entity {number} ({entity.start}, {entity.end}) overlaps the one "
                f"before or leaves the text of {len(text)} characters"
            )
        pieces.append(_escape(text[position : entity.start]))
        mention = _escape(text[entity.start : entity.end])
        tag_id = entity.id or str(number)
        pieces.append(f"<{entity.label} id={tag_id}>{mention}</{entity.label}>")
        position = entity.end
    pieces.append(_escape(text[position:]))
    return "".join(pieces)


def _find_tags(
    tagged: str, labels: Collection[str]
) -> Iterator[tuple[re.Match[str], str]]:
    for match in _TAG.finditer(tagged):
        label = match["label"].upper()
        if label in labels or match["id"] is not None:
            yield match, label


def _escape(text: str) -> str:
    text = _ESCAPED.sub(lambda match: "&amp;" + match.group()[1:], text)
    return _TAG.sub(lambda match: "&lt;" + match.group()[1:], text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: _CHARACTER[match[1]], text)
