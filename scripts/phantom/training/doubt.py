"""What a teacher believes of labels, and what becomes of those that it doubts."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch

from phantom.records import Example, Record
from phantom.records.examples import DIFFICULTY
from phantom.training.student import BATCH, soften_relations

Mention = tuple[int, int, str]


class SoftenSettings(Record):
    """How far teachers are followed.

    folds (int): Teachers, each trained without one of so many parts.
    soft_labels (float): Of the teacher's probability in the relations that are learnt,
        0 to 1; the rest is the label's.
    bound (float): Share of mentions of passage and teacher that the other side has,
        too, below which the passage is in doubt.
    weight (float): Of a passage in doubt, as a part of the weight that it had.
    steps (int): Of a teacher's training; 0 for those of the config.
    """

    folds: int = Field(default=3, ge=2)
    soft_labels: float = Field(default=0.3, ge=0, le=1)
    bound: float = Field(default=0.5, ge=0, le=1)
    weight: float = Field(default=0.5, ge=0, le=1)
    steps: int = Field(default=0, ge=0)
    seed: int = 0


class Belief(Record):
    """What a teacher says of a passage.

    agreement (float): Share of the mentions of both that the other has, too.
    difficulty (float): 0 for what the teacher would have said itself, 1 for the
        contrary: the larger of the share of mentions that are not shared, and of the
        distance from a label of a relation, 0 or 1, to its probability.
    chances (Tuple): Head, tail, label of a pair, and what is to be learnt of it.
    """

    agreement: float
    difficulty: float = Field(ge=0, le=1)
    chances: tuple[tuple[tuple[int, int], tuple[int, int], str, float], ...] = ()


class FoldBeliefs(Record):
    """What one teacher says of its fold, and its own scores on synthetic dev."""

    beliefs: tuple[Belief, ...]
    scores: dict[str, float | None]


class Softened(Record):
    """What `soften` did.

    lowered (int): Passages in doubt; pairs (int): Of mentions, with a label that is
        learnt otherwise than as 0 or 1.
    teachers (Tuple): Scores of each on synthetic dev.
    """

    passages: int
    lowered: int
    pairs: int
    teachers: tuple[dict[str, float | None], ...]
    settings: SoftenSettings


def judge(nlp: Language, docs: Sequence[Doc], share: float) -> Iterator[Belief]:
    """What a teacher believes of labelled docs that it never saw.

    share (float): Of its calibrated probability in what is learnt of relations.
    """
    copies = [doc.copy() for doc in docs]
    distances = iter(soften_relations(nlp, copies, share, lambda count: None))
    for part in minibatch(copies, BATCH):
        for doc, found in zip(part, nlp.pipe(x.text for x in part), strict=True):
            agreement = agree(doc, found)
            yield Belief(
                agreement=agreement,
                difficulty=min(1.0, max(1 - agreement, next(distances))),
                chances=doc.user_data.get("relation_chances", ()),
            )


def agree(doc: Doc, found: Doc) -> float:
    """Share of the mentions of both that the other has, too; 1 if neither has any.

    A mention is had if one of its label shares a character with it: bounds that differ
    are no strong disagreement. What nobody annotated says nothing.
    """
    if not doc.has_annotation("ENT_IOB"):
        return 1.0
    unknown = [token.idx for token in doc if token.ent_iob == 0]
    gold, other = read_mentions(doc.ents), read_mentions(found.ents)
    other = [x for x in other if not any(x[0] <= i < x[1] for i in unknown)]
    had = [any(meet(x, y) for y in other) for x in gold]
    had += [any(meet(x, y) for y in gold) for x in other]
    return sum(had) / len(had) if had else 1.0


def read_mentions(ents: Sequence[Span]) -> list[Mention]:
    """Characters and label of each."""
    return [(ent.start_char, ent.end_char, ent.label_) for ent in ents]


def meet(one: Mention, other: Mention) -> bool:
    """Whether two have one label and share a character."""
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


def grade(example: Example, belief: Belief) -> Example:
    """The passage with its difficulty, to four digits."""
    meta = {**example.meta, DIFFICULTY: round(belief.difficulty, 4)}
    return example.model_copy(update={"meta": meta})


def lower(example: Example, belief: Belief, settings: SoftenSettings) -> Example:
    """A passage in doubt with a lower weight, any other as it is."""
    if belief.agreement >= settings.bound:
        return example
    update: dict[str, Any] = {"weight": example.weight * settings.weight}
    return example.model_copy(update=update)
