"""Passes over few examples, each step with synthetic ones beside them."""

import random
from collections.abc import Iterator, Sequence

from pydantic import Field
from spacy.language import Language
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from phantom.records import Record
from phantom.training.rates import LayerRates
from phantom.training.update import update_pipeline


class AdaptSettings(Record):
    """How few examples train.

    learn_rate (float): Of the uppermost layer and of what lies above it.
    decay (float): Rate of a layer of the encoder as a part of that of the one above.
    freeze (int): So many of the lowest layers of the encoder stay as they are.
    rehearsal (float): Share of synthetic words in a step, while there are any.
    batch_words (int): Words of a step.
    passes (int): Most passes over the examples, or so many where they are too few to
        cross-validate; None takes half of `most_passes` there.
    folds (int): Of the cross-validation; 0 for none.
    max_forgetting (float): F1 that entities or relations of the synthetic dev set may
        lose, 0 to 1; beyond it, the weights go back part of the way.
    """

    seed: int = 0
    learn_rate: float = Field(default=1e-4, gt=0)
    decay: float = Field(default=0.8, gt=0, le=1)
    freeze: int = Field(default=0, ge=0)
    rehearsal: float = Field(default=0.5, ge=0, lt=1)
    batch_words: int = Field(default=500, gt=0)
    most_passes: int = Field(default=8, ge=1)
    passes: int | None = Field(default=None, ge=1)
    folds: int = Field(default=3, ge=0)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    max_forgetting: float = Field(default=0.01, ge=0)


def train_passes(
    nlp: Language,
    gold: Sequence[Example],
    rehearsal: Sequence[Example],
    settings: AdaptSettings,
) -> Iterator[None]:
    """Pass over the examples again and again; yields after every pass."""
    fix_random_seed(settings.seed)
    order = random.Random(settings.seed)
    optimizer = Adam(
        settings.learn_rate, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0
    )
    update = {
        "accumulate_gradient": 1,
        "frozen_components": [],
        "annotating_components": [],
        "optimizer": optimizer,
    }
    rates = LayerRates(nlp, settings.decay, settings.freeze)
    old = rehearse(rehearsal, order)
    share = settings.rehearsal if rehearsal else 0.0
    with rates.freeze():
        while True:
            for batch in batch_by_words(
                gold, settings.batch_words * (1 - share), order
            ):
                fresh = sum(len(example) for example in batch)
                wanted = fresh * share / (1 - share)
                while wanted > 0:
                    batch.append(next(old))
                    wanted -= len(batch[-1])
                with rates.step():
                    update_pipeline(nlp, batch, update, drop=settings.dropout)
            yield


def batch_by_words(
    examples: Sequence[Example], words: float, order: random.Random
) -> Iterator[list[Example]]:
    """All examples once, in a new order, in batches of about so many words."""
    batch: list[Example] = []
    for example in order.sample(list(examples), len(examples)):
        size = sum(len(x) for x in batch)
        if batch and size + len(example) > words:
            yield batch
            batch = []
        batch.append(example)
    yield batch


def rehearse(examples: Sequence[Example], order: random.Random) -> Iterator[Example]:
    """Synthetic examples without end, each once before any comes again."""
    while examples:
        yield from order.sample(list(examples), len(examples))
