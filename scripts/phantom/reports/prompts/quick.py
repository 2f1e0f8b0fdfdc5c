"""F1 of a small model that a few passages train in seconds."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.training import Example as Trained
from spacy.util import fix_random_seed, minibatch

from phantom.evaluation.metrics import count_metrics, count_sets
from phantom.jsonl import read_jsonl
from phantom.records import Example
from phantom.runtime import blank_pipeline

PASSES = 12


def quick_f1(
    passages: Sequence[Example], dev: Sequence[Example], lang: str, seed: int = 0
) -> float:
    """Strict F1 of entities on dev, of spaCy's small recognizer trained on passages.

    It compares variants with each other; a real pipeline is better than it.

    dev (Sequence[Example]): In the labels of the domain; never of a test split.
    """
    labels = sorted({e.label for x in (*passages, *dev) for e in x.entities})
    if not passages or not any(x.entities for x in passages):
        return 0.0
    nlp = train_quick(passages, lang, seed)
    gold = [{(e.start, e.label, e.end) for e in x.entities} for x in dev]
    docs = nlp.pipe(x.text for x in dev)
    found = [{(e.start_char, e.label_, e.end_char) for e in doc.ents} for doc in docs]
    counts = count_sets(gold, found, None, labels)  # type: ignore[arg-type]
    return float(count_metrics(np.asarray(counts.sum(axis=(0, 1))))["f"])


def train_quick(passages: Sequence[Example], lang: str, seed: int = 0) -> Language:
    """spaCy's small recognizer of entities, without an encoder, trained on passages."""
    fix_random_seed(seed)
    nlp = blank_pipeline(lang)
    nlp.add_pipe("ner")
    examples = [
        Trained.from_dict(
            nlp.make_doc(x.text),
            {"entities": [(e.start, e.end, e.label) for e in x.entities]},
        )
        for x in passages
    ]
    optimizer = nlp.initialize(lambda: examples)
    order = random.Random(seed)
    for _ in range(PASSES):
        order.shuffle(examples)
        for batch in minibatch(examples, 8):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    return nlp


def read_dev(path: str) -> list[Example]:
    """Labelled dev data; none for "". RAISES: ValueError for a file of a test split."""
    if not path:
        return []
    if Path(path).name.startswith("test"):
        raise ValueError(f"{path}: a search must not see a test split; give dev data")
    return list(read_jsonl(Path(path), Example))
