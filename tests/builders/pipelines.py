"""Small pipelines and docs for the tests of the relation components."""

from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from phantom.runtime import register_components

MODULES = register_components()
SCHEMA: dict[str, dict[str, Any]] = {
    "TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False},
    "INDUCES": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False},
}
TINY = {
    "@architectures": "phantom.RelationModel.v1",
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 48,
        "depth": 2,
        "embed_size": 500,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": True,
    },
    "pair_tensor": {
        "@architectures": "phantom.PairTensor.v1",
        "width": 48,
        "heads": 4,
        "dropout": 0.1,
    },
}
# Words, mentions as (start, end, label), relations as (head, label, tail).
SENTENCES: list[tuple[str, list, list]] = [
    ("aspirin treats headache", [(0, 1, "C"), (2, 3, "D")], [(0, "TREATS", 1)]),
    ("aspirin induces ulcers", [(0, 1, "C"), (2, 3, "D")], [(0, "INDUCES", 1)]),
    (
        "headache was relieved by aspirin",
        [(0, 1, "D"), (4, 5, "C")],
        [(1, "TREATS", 0)],
    ),
    ("ulcers were caused by aspirin", [(0, 1, "D"), (4, 5, "C")], [(1, "INDUCES", 0)]),
    ("aspirin and ulcers were measured", [(0, 1, "C"), (2, 3, "D")], []),
    (
        "nausea after lithium , given for mania",
        [(0, 1, "D"), (2, 3, "C"), (6, 7, "D")],
        [(1, "INDUCES", 0), (1, "TREATS", 2)],
    ),
    (
        "lithium treats mania but induces tremor",
        [(0, 1, "C"), (2, 3, "D"), (5, 6, "D")],
        [(0, "TREATS", 1), (0, "INDUCES", 2)],
    ),
    (
        "morphine and codeine relieved pain",
        [(0, 1, "C"), (2, 3, "C"), (4, 5, "D")],
        [(0, "TREATS", 2), (1, "TREATS", 2)],
    ),
    (
        "morphine , unlike codeine , relieved pain",
        [(0, 1, "C"), (3, 4, "C"), (6, 7, "D")],
        [(0, "TREATS", 2)],
    ),
    (
        "cocaine both treats and induces acute pain",
        [(0, 1, "C"), (5, 7, "D")],
        [(0, "TREATS", 1), (0, "INDUCES", 1)],
    ),
]
LABELS = {"C": "CHEMICAL", "D": "DISEASE"}


def make_doc(nlp: Language, text: str, mentions: list, relations: list | None) -> Doc:
    """A doc of space-separated words; relations None leaves it not annotated."""
    doc = Doc(nlp.vocab, words=text.split())
    spans = [doc[a:b] for a, b, _ in mentions]
    doc.ents = [
        spacy.tokens.Span(doc, a, b, LABELS.get(label, label))
        for a, b, label in mentions
    ]
    if relations is not None:
        doc._.relations = [
            {
                "head": [spans[head].start, spans[head].end],
                "tail": [spans[tail].start, spans[tail].end],
                "label": label,
                "score": 1.0,
            }
            for head, label, tail in relations
        ]
    return doc


def make_examples(nlp: Language, sentences: list | None = None) -> list[Example]:
    """Examples whose predicted docs already bear the gold entities."""
    examples = []
    for text, mentions, relations in SENTENCES if sentences is None else sentences:
        reference = make_doc(nlp, text, mentions, relations)
        predicted = make_doc(nlp, text, mentions, None)
        examples.append(Example(predicted, reference))
    return examples


def make_nlp(**config: Any) -> Language:
    """A blank pipeline with a tiny relation extractor, not initialised."""
    # Of no language: English's exceptions are most of the time that a pipeline takes.
    nlp = spacy.blank("xx")
    nlp.add_pipe("relation_extractor", config={"model": TINY, **config})
    return nlp


def train(nlp: Language, examples: list[Example], steps: int = 60) -> Language:
    """Initialise and train on one batch."""
    spacy.util.fix_random_seed(0)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.005
    for _ in range(steps):
        nlp.update(examples, sgd=optimizer)
    return nlp


def predict(nlp: Language, examples: list[Example]) -> list[Example]:
    """Fresh examples with the pipeline's relations on the gold entities."""
    pipe = nlp.get_pipe("relation_extractor")
    fresh = []
    for example in examples:
        doc = Doc(nlp.vocab, words=[token.text for token in example.reference])
        doc.ents = [
            spacy.tokens.Span(doc, ent.start, ent.end, ent.label_)
            for ent in example.reference.ents
        ]
        fresh.append(Example(pipe(doc), example.reference))
    return fresh
