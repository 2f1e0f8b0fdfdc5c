"""Train the heads of a pipeline on private texts, for a declared loss of privacy."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from enum import Enum
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
import torch
from pydantic import Field
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from phantom.privacy.dp_sgd import Descent, train_openly, train_privately
from phantom.privacy.mechanisms import DpSgd, Positive
from phantom.records import Record
from phantom.training.private.heads import (
    RELATIONS,
    TAGGER,
    Heads,
    export,
    is_finished,
    take_over,
)
from phantom.training.private.reduction import Reduction
from phantom.training.private.texts import UnitTexts, read_features
from phantom.training.scoring import Scores, predict_beside, score


class Layers(str, Enum):
    """Which layers of the heads learn from private text."""

    all = "all"
    last = "last"


class Teaching(Record):
    """How heads learn from public text, at no loss of privacy.

    rate (float): Of learning, by Adam. steps (int): Batches. batch (int): Passages in
    one, on average.
    """

    rate: Positive = 3e-3
    steps: int = Field(default=400, ge=1)
    batch: int = Field(default=128, ge=1)


class HeadSettings(Record):
    """How the heads are built and trained.

    components (int): Principal components of the features that they read.
    balance (float): Weight of relations in the loss, that of entities being 1.
    texts, words (int): Most texts, and words of them together, that a unit counts by.
    layers (str): Which layers private text moves: all of the heads, or the last,
        which write scores. The fewer weights, the less noise there is on them.
    descent (Descent): Rate of learning, and clipping.
    taught (Teaching): How the heads learn from public text before.
    """

    components: int = Field(default=384, ge=1)
    balance: float = Field(default=1.0, ge=0)
    texts: int = Field(default=8, ge=1)
    words: int = Field(default=1000, ge=1)
    layers: Layers = Layers.all
    descent: Descent = Descent()
    taught: Teaching = Teaching()


class Prepared(NamedTuple):
    """Texts as the heads read them.

    texts (UnitTexts): The private ones.
    words, pairs (Reduction): From features of public text; None for no relations.
    taught (Optional[UnitTexts]): Public ones, from which the heads learn before.
    """

    texts: UnitTexts
    words: Reduction
    pairs: Reduction | None
    taught: UnitTexts | None = None


def prepare(
    nlp: Language,
    units: Iterable[Sequence[Doc]],
    public: Iterable[Doc],
    settings: HeadSettings,
    taught: Iterable[Doc] = (),
) -> Prepared:
    """Run the encoder, which stays as it is, over all texts once.

    nlp (Language): As `build_pipeline` makes it.
    units (Iterable[Sequence[Doc]]): Gold docs of each unit; of those with more texts
        than settings.texts the first count.
    public (Iterable[Doc]): Gold docs that nobody's privacy hangs on, to scale by.
    taught (Iterable[Doc]): More of the kind, from which the heads learn before.
    """
    seen = list(read_features(nlp, public))
    words = Reduction(np.concatenate([x.words for x in seen]), settings.components)
    pairs = None
    if RELATIONS in nlp.pipe_names:
        rows = np.concatenate([x.pairs for x in seen])
        pairs = Reduction(rows, settings.components)
    whole = [list(docs[: settings.texts]) for docs in units]
    features = read_features(nlp, chain.from_iterable(whole))
    parts = (list(islice(features, len(docs))) for docs in whole)
    texts = UnitTexts(parts, words, pairs, settings.words)
    whole_texts = ([x] for x in read_features(nlp, taught))
    before = UnitTexts(whole_texts, words, pairs, settings.words)
    return Prepared(texts, words, pairs, before if len(before) else None)


def teach(
    nlp: Language, prepared: Prepared, settings: HeadSettings, *, seed: int = 0
) -> Heads:
    """Heads that have learned from public text, where there is any, and nothing else.

    seed (int): Of the first weights and of batches.
    """
    texts, words, pairs, taught = prepared
    tagger: Any = nlp.get_pipe(TAGGER)
    width = tagger.model.get_ref("reads").get_dim("nO")
    relations: Any = nlp.get_pipe(RELATIONS) if pairs is not None else None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        heads = Heads(
            words.size,
            pairs.size if pairs else 0,
            tagger.model.get_dim("nO"),
            len(relations.labels) if relations else 0,
            width,
            settings.balance,
            is_finished(nlp),
        )
        take_over(heads, pairs, nlp)
        if taught is not None:
            rate = min(1.0, settings.taught.batch / len(taught))
            plan = DpSgd(noise=1, rate=rate, steps=settings.taught.steps)
            descent = Descent(rate=settings.taught.rate)
            train_openly(heads, taught.gather, len(taught), plan, descent)
    return heads


def train(
    start: Heads,
    prepared: Prepared,
    mechanism: DpSgd,
    settings: HeadSettings,
    seed: int = 0,
    *,
    private: bool = True,
    generator: torch.Generator | None = None,
) -> Heads:
    """Heads as they are after the private texts; those to begin with stay.

    seed (int): Of batches, where training is not private. See `fit`.
    """
    heads = deepcopy(start)
    if settings.layers is Layers.last:
        heads.keep_but_last()
    texts = prepared.texts
    given = (heads, texts.gather, len(texts), mechanism, settings.descent)
    if private:
        train_privately(*given, generator)
    else:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            train_openly(*given)
    return heads


def fit(
    nlp: Language,
    prepared: Prepared,
    mechanism: DpSgd,
    settings: HeadSettings,
    *,
    seed: int = 0,
    private: bool = True,
    generator: torch.Generator | None = None,
    start: Heads | None = None,
) -> None:
    """Train heads on the private texts and put them into the pipeline.

    seed (int): Of the first weights alone.
    private (bool): Whether to clip, and to add the mechanism's noise.
    generator (Optional[Generator]): See `train_privately`.
    start (Optional[Heads]): What to begin with; None for what `teach` makes.
    """
    first = start or teach(nlp, prepared, settings, seed=seed)
    heads = train(
        first, prepared, mechanism, settings, seed, private=private, generator=generator
    )
    export(heads, prepared.words, prepared.pairs, nlp)


def fit_and_score(
    nlp: Language,
    prepared: Prepared,
    mechanism: DpSgd,
    settings: HeadSettings,
    gold: Sequence[Doc],
    seed: int = 0,
) -> tuple[Scores, Scores]:
    """Train, and score what there was before any private text was learned, and after.

    gold (Sequence[Doc]): Public docs to score on.
    """
    start = teach(nlp, prepared, settings, seed=seed)
    export(start, prepared.words, prepared.pairs, nlp)
    before = score_on(nlp, gold)
    fit(nlp, prepared, mechanism, settings, seed=seed, start=start)
    return before, score_on(nlp, gold)


def score_on(nlp: Language, gold: Iterable[Doc]) -> Scores:
    """Entities and relations of a pipeline, end to end, on gold docs."""
    tagger: Any = nlp.get_pipe(TAGGER)
    examples = [Example(doc, doc) for doc in gold]
    return score(nlp, predict_beside(nlp, examples), tagger.labels)
