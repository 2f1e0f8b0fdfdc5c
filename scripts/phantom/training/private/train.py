"""Train the heads of a pipeline on private texts, for a declared loss of privacy."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
import torch
from pydantic import Field
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from phantom.privacy.accountant import compare_with_opacus, compose
from phantom.privacy.dp_sgd import Descent, train_openly, train_privately
from phantom.privacy.ledger import Budget
from phantom.privacy.mechanisms import DpSgd
from phantom.records import Record
from phantom.training.private.heads import RELATIONS, TAGGER, Heads, export
from phantom.training.private.reduction import Reduction
from phantom.training.private.texts import UnitTexts, read_features
from phantom.training.scoring import Scores, predict_beside, score


class HeadSettings(Record):
    """How the heads are built and trained.

    components (int): Principal components of the features that they read.
    balance (float): Weight of relations in the loss, that of entities being 1.
    texts, words (int): Most texts, and words of them together, that a unit counts by.
    descent (Descent): Rate of learning, and clipping.
    """

    components: int = Field(default=384, ge=1)
    balance: float = Field(default=1.0, ge=0)
    texts: int = Field(default=8, ge=1)
    words: int = Field(default=1000, ge=1)
    descent: Descent = Descent()


class Prepared(NamedTuple):
    """Private texts as the heads read them.

    words, pairs (Reduction): From features of public text; None for no relations.
    """

    texts: UnitTexts
    words: Reduction
    pairs: Reduction | None


def prepare(
    nlp: Language,
    units: Iterable[Sequence[Doc]],
    public: Iterable[Doc],
    settings: HeadSettings,
) -> Prepared:
    """Run the encoder, which stays as it is, over all texts once.

    nlp (Language): As `build_pipeline` makes it.
    units (Iterable[Sequence[Doc]]): Gold docs of each unit; of those with more texts
        than settings.texts the first count.
    public (Iterable[Doc]): Gold docs that nobody's privacy hangs on.
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
    return Prepared(UnitTexts(parts, words, pairs, settings.words), words, pairs)


def fit(
    nlp: Language,
    prepared: Prepared,
    mechanism: DpSgd,
    settings: HeadSettings,
    *,
    seed: int = 0,
    private: bool = True,
    generator: torch.Generator | None = None,
) -> None:
    """Train heads from nothing and put them into the pipeline.

    seed (int): Of the first weights alone.
    private (bool): Whether to clip, and to add the mechanism's noise.
    generator (Optional[Generator]): See `train_privately`.
    """
    texts, words, pairs = prepared
    tagger: Any = nlp.get_pipe(TAGGER)
    width, tags = (
        tagger.model.get_ref("reads").get_dim("nO"),
        tagger.model.get_dim("nO"),
    )
    labels = 0
    if pairs is not None:
        relations: Any = nlp.get_pipe(RELATIONS)
        labels = len(relations.labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        heads = Heads(
            words.size,
            pairs.size if pairs else 0,
            tags,
            labels,
            width,
            settings.balance,
        )
        given = (heads, texts.gather, len(texts), mechanism, settings.descent)
        if private:
            train_privately(*given, generator)
        else:
            train_openly(*given)
    export(heads, words, pairs, nlp)


def score_on(nlp: Language, gold: Iterable[Doc]) -> Scores:
    """Entities and relations of a pipeline, end to end, on gold docs."""
    tagger: Any = nlp.get_pipe(TAGGER)
    examples = [Example(doc, doc) for doc in gold]
    return score(nlp, predict_beside(nlp, examples), tagger.labels)


def tell(mechanism: DpSgd, budget: Budget, settings: HeadSettings) -> dict[str, Any]:
    """What a training cost alone, by each accountant, and how it was done.

    It says nothing of the texts, not even how many there are.
    """
    cost = compose([mechanism], budget.delta)
    opacus = compare_with_opacus([mechanism], budget.delta)
    return {
        "unit": budget.unit,
        "epsilon": cost.epsilon,
        "delta": budget.delta,
        "mechanism": mechanism.model_dump(),
        "accountants": {**cost._asdict(), "opacus": opacus._asdict()},
        "heads": settings.model_dump(),
    }
