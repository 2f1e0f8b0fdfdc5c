"""What an attacker reads off a pipeline about one labelled text: its loss."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.training import Example

from phantom.corpora.docbin import read_docbin


def losses(nlp: Language, examples: Sequence[Example]) -> np.ndarray:
    """The loss of each example under the pipeline, which is not changed.

    The lower, the more the pipeline is sure of just these labels: an attacker who has
    the text and its labels can compute it, and training text tends to have less.

    RETURNS (ndarray): Per token, shape (len(examples),), float.
    """
    found = np.zeros(len(examples))
    dropouts = _quiet(nlp)
    no_optimizer: Any = False
    try:
        for i, example in enumerate(examples):
            # With None for an optimizer, spaCy would make one of its own and train.
            gathered: dict[str, float] = {}
            copy = Example(nlp.make_doc(example.reference.text), example.reference)
            nlp.update([copy], drop=0.0, sgd=no_optimizer, losses=gathered)
            found[i] = sum(map(float, gathered.values())) / max(1, len(copy.predicted))
    finally:
        for module, rate in dropouts:
            module.p = rate
        _forget(nlp)
    return found


def draw_texts(nlp: Language, path: Path, sample: int, seed: int) -> list[Example]:
    """Some labelled texts of a DocBin, without what a pipeline finds in them."""
    docs = list(read_docbin(path, nlp.vocab))
    chosen = random.Random(seed).sample(docs, min(sample, len(docs)))
    return [Example(nlp.make_doc(doc.text), doc) for doc in chosen]


def read_as(
    nlp: Language, texts: Sequence[str], sample: int, seed: int
) -> list[Example]:
    """Some texts with what the pipeline itself finds in them as their labels.

    What an attacker can do who has a text alone: of text that a pipeline knows, it is
    surer. Texts without a token are passed over.
    """
    chosen = random.Random(seed).sample(texts, min(sample, len(texts)))
    docs = [doc for doc in nlp.pipe(chosen) if len(doc)]
    return [Example(nlp.make_doc(doc.text), doc) for doc in docs]


def confidence(values: np.ndarray) -> np.ndarray:
    """Losses on the scale that likelihood-ratio attacks take: minus the logarithm.

    values (ndarray): At least 0. Source: Carlini et al. 2022, section IV.C, who take
    the logit of the probability; a loss near 0 has about the same.
    """
    return -np.log(np.maximum(values, 1e-6))


def _quiet(nlp: Language) -> list[tuple[Any, float]]:
    """Switch dropout within torch modules off; each with its rate."""
    import torch

    found = []
    for module in _modules(nlp):
        for part in module.modules():
            if isinstance(part, torch.nn.Dropout):
                found.append((part, part.p))
                part.p = 0.0
    return found


def _forget(nlp: Language) -> None:
    """Set gradients to 0, so that no later update takes them up."""
    for node in _nodes(nlp):
        for name in node.grad_names:
            if node.has_grad(name):
                node.get_grad(name)[...] = 0
    for module in _modules(nlp):
        module.zero_grad()


def _nodes(nlp: Language) -> Iterator[Any]:
    for _, pipe in nlp.pipeline:
        model: Any = getattr(pipe, "model", None)
        if hasattr(model, "walk"):
            yield from model.walk()


def _modules(nlp: Language) -> Iterator[Any]:
    import torch

    for node in _nodes(nlp):
        for shim in node.shims:
            module = getattr(shim, "_model", None)
            if isinstance(module, torch.nn.Module):
                yield module
