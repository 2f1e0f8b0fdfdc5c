"""What is stated, denied or doubted instead; relations follow the words."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from phantom.augmenters.base import Passages, Share
from phantom.packs.language import LanguageData
from phantom.packs.pack import Pack
from phantom.packs.tables import read_table
from phantom.passages.concepts import find_concepts
from phantom.passages.rewrite import Edit, rewrite
from phantom.passages.sentences import split_sentences
from phantom.records import Example, Relation
from phantom.registry import phantom_registry

COLUMNS = ("relation", "stated", "changed", "holds")
# Between a mention and the words that relate it to another.
_NEXT_TO = re.compile(r"\)?\s+")


class Cue(NamedTuple):
    """Words that state a relation, and others in their place.

    holds (bool): Whether the relation is still stated then.
    """

    relation: str
    stated: str
    changed: str
    holds: bool


class Place(NamedTuple):
    """Where a cue stands, and which relations (by their place) it states."""

    start: int
    end: int
    stated: str
    relations: frozenset[int]


@phantom_registry.phantom_augmenters("statements")
def statements(
    passages: Passages,
    *,
    share: Share,
    table: Annotated[str, Field(min_length=1)],
) -> Iterator[Example]:
    """Variants in which a relation is denied or doubted by other words.

    A relation that is no longer stated goes. Only words that follow a mention at once
    are changed, where they alone state what they state.

    share (Share): Probability that a passage gets a variant.
    table (str): A file of the pack with the columns relation, stated (words between the
        mentions), changed (in their place), holds (yes or no: whether the relation is
        still stated by the pack's guidelines).
    """
    cues = read_cues(passages.pack, table)
    lang = passages.pack.domain.lang
    for example in passages.found:
        rng = random.Random(f"{passages.seed}:statements:{example.id}")
        if not example.relations or rng.random() >= share:
            continue
        places = list(find_places(example, cues, lang, passages.language))
        if places:
            place = rng.choice(places)
            own = example.relations[min(place.relations)].label
            fitting = [c for c in cues if (c.relation, c.stated) == (own, place.stated)]
            yield change(example, place, rng.choice(fitting))


def read_cues(pack: Pack, table: str) -> list[Cue]:
    """Read a table of cues. RAISES: ValueError with `path:line`."""
    path = pack.path / table
    cues = []
    for line, row in enumerate(read_table(path, COLUMNS, COLUMNS), start=2):
        if row["relation"] not in pack.relations:
            known = ", ".join(pack.relations)
            raise ValueError(
                f"{path}:{line}: no relation {row['relation']!r}; use one of: {known}"
            )
        if row["holds"] not in ("yes", "no"):
            raise ValueError(f"{path}:{line}: holds is {row['holds']!r}; say yes or no")
        relation, stated, changed = (row[column] for column in COLUMNS[:3])
        cues.append(Cue(relation, stated, changed, row["holds"] == "yes"))
    return cues


def find_places(
    example: Example,
    cues: Sequence[Cue],
    lang: str,
    language: LanguageData | None = None,
) -> Iterator[Place]:
    """Where words state relations on their own, so that changing them changes those.

    A place is left out if its sentence has a second cue, if a relation of another label
    leads over it, or if what it states is stated elsewhere, too.
    """
    known: dict[str, set[str]] = {}
    for cue in cues:
        known.setdefault(cue.stated, set()).add(cue.relation)
    longest = sorted(known, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")
    concepts = find_concepts(example.text, example.entities, language)
    for start, end in split_sentences(example.text, lang, example.entities):
        found = list(pattern.finditer(example.text, start, end)) if known else []
        if len(found) != 1:
            continue
        (match,) = found
        over = _lead_over(example, match.start(), start, end)
        pairs = {_pair(example.relations[i], concepts) for i in over}
        labels = {example.relations[i].label for i in over}
        elsewhere = any(
            _pair(relation, concepts) in pairs
            for i, relation in enumerate(example.relations)
            if i not in over
        )
        if len(labels) == 1 and labels <= known[match.group()] and not elsewhere:
            if _follows_mention(example, match.start()):
                yield Place(*match.span(), match.group(), over)


def change(example: Example, place: Place, cue: Cue) -> Example:
    """Put other words in the place; the relations go unless they hold."""
    kept = tuple(
        relation
        for i, relation in enumerate(example.relations)
        if cue.holds or i not in place.relations
    )
    return rewrite(
        example.model_copy(update={"relations": kept}),
        [Edit(place.start, place.end, cue.changed)],
        id=f"{example.id}^statements",
        derived_from=(example.id,),
        meta={**example.meta, "changed": cue.changed},
    )


def _lead_over(example: Example, at: int, start: int, end: int) -> frozenset[int]:
    """Relations of one sentence that lead from before a place to after it."""
    found = set()
    for i, relation in enumerate(example.relations):
        ends = [example.entities[j] for j in (relation.head, relation.tail)]
        ends.sort(key=lambda entity: entity.start)
        if start <= ends[0].start < at < ends[1].end <= end:
            found.add(i)
    return frozenset(found)


def _pair(relation: Relation, concepts: Sequence[int]) -> frozenset[int]:
    return frozenset((concepts[relation.head], concepts[relation.tail]))


def _follows_mention(example: Example, at: int) -> bool:
    return any(
        entity.end < at and _NEXT_TO.fullmatch(example.text, entity.end, at)
        for entity in example.entities
    )
