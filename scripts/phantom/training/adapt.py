"""Few labelled examples on top of a trained pipeline, without forgetting what it knew.

`adapt` changes a loaded pipeline, of a folder or a wheel, in memory.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.training import Example

from phantom.records import Record
from phantom.training.folds import Validation, cross_validate, why_too_few
from phantom.training.passes import AdaptSettings, train_passes
from phantom.training.rates import blend, read_weights, write_weights
from phantom.training.scoring import Scores, predict_beside, score

SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)


class Adaptation(Record):
    """What `adapt` did.

    examples, mentions, relations (int): Trained on; rehearsed (int): Synthetic ones
        that could be drawn.
    passes (int): Over the examples; chosen by `validation` where there is one.
    not_validated (str): Why there is no validation.
    before, after (Optional[Scores]): On the synthetic dev set.
    share (float): How far the weights went, 0 to 1, to keep what was known.
    """

    examples: int
    mentions: int
    relations: int
    rehearsed: int
    passes: int
    validation: Validation | None = None
    not_validated: str = ""
    before: Scores | None = None
    after: Scores | None = None
    share: float = 1.0
    seconds: float = 0.0
    settings: AdaptSettings

    def forgotten(self) -> float:
        """F1 that the worse of entities and relations lost on synthetic dev."""
        return lost(self.before, self.after)


def adapt(
    nlp: Language,
    gold: Sequence[Example],
    rehearsal: Sequence[Example] = (),
    dev: Sequence[Example] = (),
    *,
    groups: Sequence[str] | None = None,
    labels: Collection[str] | None = None,
    settings: AdaptSettings | None = None,
) -> Adaptation:
    """Train a pipeline further on few examples; its weights are changed.

    gold (Sequence[Example]): References beside plain docs, as `to_gold` makes them.
    rehearsal (Sequence[Example]): Synthetic training text, so that it is not
        forgotten; without any, only low rates and few passes protect what is known.
    dev (Sequence[Example]): Synthetic text to measure what is forgotten.
    groups (Optional[Sequence[str]]): What stays on one side in cross-validation, such
        as the document of a sentence; the text itself by default.
    labels (Optional[Collection[str]]): Entity labels that the gold marks wherever they
        occur; by default those that occur in it.
    RAISES: ValueError if there is no example, or a label that the pipeline lacks.
    """
    settings = settings or AdaptSettings()
    started = time.perf_counter()
    check_labels(nlp, gold)
    groups = groups or [example.reference.text for example in gold]
    marked = {ent.label_ for example in gold for ent in example.reference.ents}
    labels = marked if labels is None else labels
    start = read_weights(nlp)
    before = score(nlp, predict_beside(nlp, dev)) if dev else None

    def train(examples: Sequence[Example]) -> Iterator[None]:
        yield
        try:
            yield from islice(
                train_passes(nlp, examples, rehearsal, settings), settings.most_passes
            )
        finally:
            write_weights(nlp, start)

    why = why_too_few(gold, groups) if settings.folds > 1 else "no folds were asked for"
    validation = None
    if settings.passes is not None:
        why, passes = "the number of passes was given", settings.passes
    elif why:
        passes = max(1, settings.most_passes // 2)
    else:
        validation = cross_validate(
            nlp, gold, groups, settings.folds, settings.seed, train, labels
        )
        passes = validation.best
    for _ in islice(train_passes(nlp, gold, rehearsal, settings), passes):
        pass
    share, after = keep_known(nlp, start, dev, before, settings.max_forgetting)
    return Adaptation(
        examples=len(gold),
        mentions=sum(len(x.reference.ents) for x in gold),
        relations=sum(len(x.reference._.relations or ()) for x in gold),
        rehearsed=len(rehearsal),
        passes=passes,
        validation=validation,
        not_validated=why,
        before=before,
        after=after,
        share=share,
        seconds=time.perf_counter() - started,
        settings=settings,
    )


def keep_known(
    nlp: Language,
    start: dict[str, Any],
    dev: Sequence[Example],
    before: Scores | None,
    bound: float,
) -> tuple[float, Scores | None]:
    """Go back part of the way if more than `bound` of F1 on `dev` was forgotten.

    RETURNS (Tuple[float, Optional[Scores]]): How far the weights went, and the scores.
    """
    if before is None:
        return 1.0, None
    end = read_weights(nlp)
    for share in SHARES:
        if share < 1:
            write_weights(nlp, blend(start, end, share))
        after = score(nlp, predict_beside(nlp, dev))
        if lost(before, after) <= bound:
            break
    return share, after


def lost(before: Scores | None, after: Scores | None) -> float:
    """F1 that the worse of entities and relations lost; below 0 if both gained."""
    if before is None or after is None:
        return 0.0
    pairs = (
        (before.ents_f, after.ents_f),
        (before.rel_micro_f, after.rel_micro_f),
    )
    return max(
        ((old or 0.0) - (new or 0.0) for old, new in pairs if old is not None),
        default=0.0,
    )


def check_labels(nlp: Language, gold: Sequence[Example]) -> None:
    """RAISES: ValueError if there is no example, or a label that is not known."""
    if not gold:
        raise ValueError("no labelled example to adapt to; give at least one")
    known = {label for labels in nlp.pipe_labels.values() for label in labels}
    for example in gold:
        doc = example.reference
        labels = [ent.label_ for ent in doc.ents]
        labels += [relation["label"] for relation in doc._.relations or ()]
        for label in labels:
            if label not in known:
                raise ValueError(
                    f"{doc.text[:60]!r}: the pipeline has no label {label!r}; it has "
                    f"{', '.join(sorted(known))}. Rename it, or leave it out"
                )
