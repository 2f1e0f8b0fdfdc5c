"""Self-training: what a pipeline is sure of in unlabelled text trains it further."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy
from sklearn.isotonic import IsotonicRegression
from spacy.language import Language
from spacy.training import Example
from spacy.util import minibatch

from phantom import records
from phantom.evaluation.chances import find_chances
from phantom.records import Entity, Record

BATCH = 64


class Calibration(Record):
    """How often a mention of a chance is right, on labelled synthetic text.

    A beam search's chances are those of its own ways to read a text, mostly too
    high; isotonic regression (Zadrozny and Elkan 2002) turns them into shares.

    chances, shares (Tuple[float, ...]): Bends of the line between them, ascending.
    mentions (int): That it was fitted on.
    """

    chances: tuple[float, ...]
    shares: tuple[float, ...]
    mentions: int

    def share(self, chance: float) -> float:
        """How often a mention of this chance is right."""
        return float(numpy.interp(chance, self.chances, self.shares))


class PseudoLabels(Record):
    """What was labelled. torn (int): Texts with a mention that was neither sure nor
    surely none; empty (int): Sure ones without a mention, beyond half of those kept.
    """

    texts: int
    kept: int
    mentions: int
    torn: int
    empty: int
    bound: float


def calibrate(nlp: Language, dev: Sequence[Example]) -> Calibration:
    """Fit the line from chances to shares.

    dev (Sequence[Example]): Labelled text that did not train the pipeline.
    RAISES: ValueError if it has too few mentions to tell.
    """
    chances, right = [], []
    for part in minibatch(dev, BATCH):
        docs = list(nlp.pipe(example.reference.text for example in part))
        for example, found in zip(part, find_chances(nlp, docs), strict=True):
            gold = {
                (ent.start_char, ent.end_char, ent.label_)
                for ent in example.reference.ents
            }
            for start, end, label, chance in found:
                chances.append(chance)
                right.append((start, end, label) in gold)
    if len(chances) < 20 or len(set(right)) < 2:
        raise ValueError(
            f"{len(chances)} mentions, {sum(right)} of them right, are too few to say "
            "how far the pipeline can be believed; give a larger dev set"
        )
    line = IsotonicRegression(out_of_bounds="clip").fit(chances, right)
    return Calibration(
        chances=tuple(map(float, line.X_thresholds_)),
        shares=tuple(map(float, line.y_thresholds_)),
        mentions=len(chances),
    )


def label_surely(
    nlp: Language,
    texts: Iterable[records.Example],
    calibration: Calibration,
    bound: float,
    counts: Counter[str],
) -> Iterator[records.Example]:
    """Label texts; those stay out in which the pipeline is torn about a mention.

    bound (float): Share of right ones from which a mention is sure; one at 1 - bound
        or below is none.
    counts (Counter[str]): Gets "texts", "torn", "mentions".
    YIELDS (Example): In their order; `labelled_by` names the pipeline.
    """
    name = "{lang}_{name}".format(**nlp.meta)
    for part in minibatch(texts, BATCH):
        docs = list(nlp.pipe(text.text for text in part))
        for text, found in zip(part, find_chances(nlp, docs), strict=True):
            counts["texts"] += 1
            shares = [(x, calibration.share(x[3])) for x in found]
            if any(1 - bound < share < bound for _, share in shares):
                counts["torn"] += 1
                continue
            sure = sorted(x[:3] for x, share in shares if share >= bound)
            if any(a[1] > b[0] for a, b in zip(sure, sure[1:], strict=False)):
                counts["torn"] += 1
                continue
            counts["mentions"] += len(sure)
            yield text.model_copy(
                update={
                    "entities": tuple(
                        Entity(start=a, end=b, label=label, text=text.text[a:b])
                        for a, b, label in sure
                    ),
                    "relations": (),
                    "labelled_by": name,
                }
            )


def pseudo_label(
    nlp: Language,
    texts: Iterable[records.Example],
    calibration: Calibration,
    bound: float = 0.9,
) -> tuple[list[records.Example], PseudoLabels]:
    """Label what is sure; of texts without a mention no more than of those with any.

    RAISES: ValueError if nothing is sure.
    """
    counts: Counter[str] = Counter()
    found = list(label_surely(nlp, texts, calibration, bound, counts))
    room = sum(bool(example.entities) for example in found)
    kept = []
    for example in found:
        room -= not example.entities
        if example.entities or room >= 0:
            kept.append(example)
    if not any(example.entities for example in kept):
        raise ValueError(
            f"of {counts['texts']:,} texts none has a mention that is right "
            f"{bound:.0%} of the time; lower the bound or give more text"
        )
    return kept, PseudoLabels(
        texts=counts["texts"],
        kept=len(kept),
        mentions=counts["mentions"],
        torn=counts["torn"],
        empty=len(found) - len(kept),
        bound=bound,
    )
