"""Down-weighted passages: seen in a share of the epochs."""

import random
from collections.abc import Iterable, Iterator

from spacy.training import Example

from phantom.corpora.origins import read_provenance


def draw(examples: Iterable[Example], generator: random.Random) -> Iterator[Example]:
    """Pass over the examples of one epoch, each with its weight as probability.

    On average over the epochs, a passage then counts in the loss by its weight.

    examples (Iterable[Example]): Their references carry the passage's weight, as
        `phantom.corpora.docbin` writes it; without a weight an example always passes.
    generator (random.Random): Drawn from for weights below 1 only.
    """
    for example in examples:
        weight = read_weight(example)
        if weight >= 1 or generator.random() < weight:
            yield example


def read_weight(example: Example) -> float:
    """The weight that the checks gave the passage, 1 if they gave none."""
    source = example.reference.user_data.get("example") or {}
    return float(read_provenance(source).get("weight", 1.0))
