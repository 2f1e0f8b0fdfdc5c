"""Small pipelines trained on parts of a text, to attack as one would a large one."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

from phantom.attacks.membership import Membership, halves, likelihood_ratio, measure
from phantom.attacks.signals import confidence, losses

TINY: dict[str, Any] = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 48,
    "depth": 2,
    "embed_size": 1000,
    "window_size": 1,
    "maxout_pieces": 2,
    "subword_features": True,
}
NER: dict[str, Any] = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 48,
    "maxout_pieces": 2,
    "use_upper": True,
    "tok2vec": TINY,
}
Train = Callable[[Sequence[Example], int], Language]


def train_tiny(lang: str, passes: int = 12) -> Train:
    """How to train a pipeline of some 100,000 weights that finds entities.

    RETURNS (Callable): Takes examples and a seed.
    """

    def train(examples: Sequence[Example], seed: int) -> Language:
        fix_random_seed(seed)
        nlp = spacy.blank(lang)
        nlp.add_pipe("ner", config={"model": NER})
        fresh = [Example(nlp.make_doc(x.reference.text), x.reference) for x in examples]
        optimizer = nlp.initialize(lambda: fresh)
        optimizer.learn_rate = 0.003
        rng = np.random.default_rng(seed)
        for _ in range(passes):
            order = [fresh[i] for i in rng.permutation(len(fresh))]
            for batch in minibatch(order, size=16):
                nlp.update(list(batch), drop=0.0, sgd=optimizer)
        return nlp

    return train


def attack_shadows(
    examples: Sequence[Example], train: Train, models: int, seed: int = 0
) -> Membership:
    """Attack one model by the others, each trained on a half of the text.

    models (int): Shadow models, even; one more is trained to be attacked.
    """
    inside = halves(len(examples), models, seed)
    values = np.stack(
        [
            confidence(losses(_train_on(examples, mask, train, seed + i), examples))
            for i, mask in enumerate(inside)
        ]
    )
    mask = np.random.default_rng(seed + 1).permutation(len(examples)) % 2 == 0
    target = _train_on(examples, mask, train, seed + models)
    scores = likelihood_ratio(confidence(losses(target, examples)), values, inside)
    return measure(scores[mask], scores[~mask], seed)


def _train_on(
    examples: Sequence[Example], mask: np.ndarray, train: Train, seed: int
) -> Language:
    chosen = [x for x, is_in in zip(examples, mask, strict=True) if is_in]
    return train(chosen, seed)
