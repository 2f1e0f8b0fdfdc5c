"""Cross-validation on few examples: how many passes over them help."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from hashlib import sha256

from spacy.language import Language
from spacy.training import Example

from phantom.records import Record
from phantom.training.scoring import Scores, predict_beside, score

FEWEST_EXAMPLES, FEWEST_MENTIONS = 12, 15


class Validation(Record):
    """What cross-validation found.

    by_pass (Tuple[Scores, ...]): Scores on all held-out folds together, after so many
        passes; the first is of the pipeline as it was.
    best (int): The number of passes with the best mean F1; of equal ones the fewest.
    """

    by_pass: tuple[Scores, ...]
    best: int


def why_too_few(examples: Sequence[Example], groups: Sequence[str]) -> str:
    """Why examples can't be cross-validated; "" if they can."""
    mentions = sum(len(example.reference.ents) for example in examples)
    texts = len(set(groups))
    if texts >= FEWEST_EXAMPLES and mentions >= FEWEST_MENTIONS:
        return ""
    return (
        f"{texts} different texts with {mentions} mentions are too few to "
        f"cross-validate: it takes {FEWEST_EXAMPLES} with {FEWEST_MENTIONS}"
    )


def deal(groups: Sequence[str], folds: int, seed: int) -> list[int]:
    """Deal examples to folds of like size, by seed; a group stays together.

    groups (Sequence[str]): Of each example, such as its document.
    RETURNS (List[int]): The fold of each example.
    """

    sizes, members = [0] * folds, Counter(groups)

    # A group of half a fold or more, were it dealt last, would swell the one it is in.
    def draw(group: str) -> tuple[bool, str]:
        small = 2 * members[group] * folds < len(groups)
        return small, sha256(f"{seed}:{group}".encode()).hexdigest()

    fold_of: dict[str, int] = {}
    for group in sorted(set(groups), key=draw):
        fold_of[group] = sizes.index(min(sizes))
        sizes[fold_of[group]] += members[group]
    return [fold_of[group] for group in groups]


def cross_validate(
    nlp: Language,
    examples: Sequence[Example],
    groups: Sequence[str],
    folds: int,
    seed: int,
    train: Callable[[Sequence[Example]], Iterator[None]],
    labels: Collection[str],
) -> Validation:
    """Train on all folds but one, in turn, and score the one after every pass.

    train (Callable): From examples to an iterator that makes one pass over them each
        time, from the same weights; it sets them back where it ends.
    labels (Collection[str]): Those that the examples mark.
    """
    places = deal(groups, folds, seed)
    by_pass: list[list[Example]] = []
    for fold in range(folds):
        held_out = [x for x, at in zip(examples, places, strict=True) if at == fold]
        others = [x for x, at in zip(examples, places, strict=True) if at != fold]
        for number, _ in enumerate(train(others)):
            if number == len(by_pass):
                by_pass.append([])
            by_pass[number] += predict_beside(nlp, held_out)
    scores = tuple(score(nlp, predicted, labels) for predicted in by_pass)
    best = max(range(len(scores)), key=lambda number: (scores[number].mean, -number))
    return Validation(by_pass=scores, best=best)
