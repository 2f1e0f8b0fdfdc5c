"""Claims about a change: which value is the new one, the old one, the change."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phantom.records import Example

SLOTS = ("new", "old", "change")
_SLOT_OR_WORD = re.compile(r"\{(\w+)\}|(\.\.\.)|(\s+)|([^{}\s.]+|\.)")
_MARK = "\u27e6{}\u27e7"
_VALUE = "\u27e6(?P<{}>\\d+)\u27e7"
# A gap stays within a clause and never jumps over another value.
_GAP = "[^\u27e6\u27e7;:.!?]{0,60}?"


@dataclass(frozen=True)
class Claim:
    """Indexes of the entities that a pattern assigns to its slots.

    direction (int): 1 if the text says it went up, -1 down, 0 if it says neither.
    """

    new: int
    old: int
    change: int | None
    direction: int
    words: str


class ClaimFinder:
    """Finds claims by patterns over the words between the values.

    label (str): Entity label of values.
    rise, fall (Sequence[str]): Words for either direction, written `{direction}`.
    words (Mapping[str, Sequence[str]]): Word lists by the name that stands for them.
    patterns (Sequence[str]): Such as "{direction} {change} {to} {new} {from} {old}".
        `...` is a gap of up to 60 characters within a clause.
    approximate (Sequence[str]): Words that may stand before any value.
    RAISES: ValueError for an unknown name or a pattern without new and old.
    """

    def __init__(
        self,
        label: str,
        rise: Sequence[str],
        fall: Sequence[str],
        words: Mapping[str, Sequence[str]],
        patterns: Sequence[str],
        approximate: Sequence[str] = (),
    ) -> None:
        self.label = label
        self.rise = {word.casefold() for word in rise}
        lists = {**words, "direction": [*rise, *fall]}
        hedge = rf"(?:\b{_either(approximate)}\s*)?" if approximate else ""
        self.patterns = [_compile(pattern, lists, hedge) for pattern in patterns]

    def find(self, example: Example) -> Iterator[Claim]:
        """Claims of one passage, those with most slots first.

        A claim whose new and old value another one holds already is passed over,
        and so is one whose values are related to different entities.
        """
        values = [i for i, e in enumerate(example.entities) if e.label == self.label]
        if len(values) < 2:
            return
        sketch = _sketch(example, values)
        found = [
            self._claim(match) for p in self.patterns for match in p.finditer(sketch)
        ]
        found.sort(key=lambda claim: claim.change is None)
        seen: set[frozenset[int]] = set()
        for claim in found:
            pair = frozenset((claim.new, claim.old))
            if pair not in seen and _is_one_subject(example, claim):
                seen.add(pair)
                yield claim

    def _claim(self, match: re.Match[str]) -> Claim:
        slots = match.groupdict()
        word = slots.get("direction")
        up = 1 if word and " ".join(word.casefold().split()) in self.rise else -1
        return Claim(
            new=int(slots["new"]),
            old=int(slots["old"]),
            change=int(slots["change"]) if slots.get("change") else None,
            direction=up if word else 0,
            words=match.group(),
        )


def _either(words: Sequence[str]) -> str:
    choices = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(c).replace(r"\ ", r"\s+") for c in choices) + ")"


def _compile(
    pattern: str, lists: Mapping[str, Sequence[str]], hedge: str
) -> re.Pattern[str]:
    pieces = []
    slots = set()
    for name, gap, space, literal in _SLOT_OR_WORD.findall(pattern):
        if name in SLOTS:
            slots.add(name)
            pieces.append(hedge + _VALUE.format(name))
        elif name in lists:
            either = _either(lists[name])
            named = f"(?P<direction>{either})" if name == "direction" else either
            pieces.append(rf"\b{named}\b")
        elif name:
            known = ", ".join([*SLOTS, *lists])
            raise ValueError(f"pattern {pattern!r}: no word list {name!r}; use {known}")
        elif gap:
            pieces.append(_GAP)
        elif space:
            pieces.append(r"\s*")
        else:
            pieces.append(re.escape(literal))
    if not {"new", "old"} <= slots:
        raise ValueError(f"pattern {pattern!r}: must hold {{new}} and {{old}}")
    return re.compile("".join(pieces), re.IGNORECASE)


def _sketch(example: Example, values: Sequence[int]) -> str:
    pieces = []
    end = 0
    for i in values:
        entity = example.entities[i]
        pieces += [example.text[end : entity.start], _MARK.format(i)]
        end = entity.end
    return "".join([*pieces, example.text[end:]])


def _is_one_subject(example: Example, claim: Claim) -> bool:
    """Whether the values with relations share an entity that they are related to."""
    related: dict[int, set[int]] = {}
    for relation in example.relations:
        related.setdefault(relation.head, set()).add(relation.tail)
        related.setdefault(relation.tail, set()).add(relation.head)
    slots = (claim.new, claim.old, claim.change)
    subjects = [related[i] for i in slots if i is not None and i in related]
    return not subjects or bool(set.intersection(*subjects))
