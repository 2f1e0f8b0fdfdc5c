"""The factory `entity_tagger`: entities by a tag for each word, without a parser."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, Optional

import numpy as np
from spacy.errors import Errors
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Span
from spacy.training import Example, validate_get_examples
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Config, Model
from thinc.types import Floats2d

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

DEFAULT_CONFIG = """
[entity_tagger]
label_smoothing = 0.0

[entity_tagger.model]
@architectures = "phantom.TaggerModel.v1"

[entity_tagger.model.tok2vec]
@architectures = "spacy.HashEmbedCNN.v2"
pretrained_vectors = null
width = 96
depth = 4
embed_size = 2000
window_size = 1
maxout_pieces = 3
subword_features = true

[entity_tagger.scorer]
@scorers = "spacy.ner_scorer.v1"
"""


class EntityTagger(TrainablePipe):
    """Finds entities by the likeliest sequence of tags.

    spaCy's own recognizer learns by the states of a parser, in which a gradient of
    one text cannot be told from that of another; here each text has its own, which
    training with differential privacy bounds. White space is left out.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model,
        name: str = "entity_tagger",
        *,
        label_smoothing: float = 0.0,
        scorer: Optional[Callable] = None,
    ) -> None:
        self.vocab, self.model, self.name, self.scorer = vocab, model, name, scorer
        self.label_smoothing = label_smoothing
        self.cfg: dict[str, Any] = {"labels": []}

    @property
    def labels(self) -> tuple[str, ...]:
        """The entity labels, in the order of their tags."""
        return tuple(self.cfg["labels"])

    @property
    def label_data(self) -> tuple[str, ...]:
        """The labels, as `spacy init labels` writes and `initialize` reads them."""
        return self.labels

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Optional[Language] = None,
        labels: Optional[list[str]] = None,
    ) -> None:
        """Set the labels, of the examples where none are given, and the model.

        RAISES: ValueError without any label.
        """
        validate_get_examples(get_examples, "EntityTagger.initialize")
        examples = list(get_examples())
        found = {ent.label_ for eg in examples for ent in eg.reference.ents}
        self.cfg["labels"] = list(labels or sorted(found))
        if not self.labels:
            raise ValueError(f"{self.name}: no entity labels, given or in the examples")
        self.model.set_dim("nO", 1 + 4 * len(self.labels), force=True)
        docs = [eg.reference for eg in examples[:10] if len(eg.reference)]
        self.model.initialize(X=docs)

    def predict(self, docs: Iterable[Doc]) -> list[np.ndarray]:
        """The tags of the words of each doc.

        RAISES: ValueError if the component was not initialised, or if the tokens are
            not those that the encoder read.
        """
        if self.model.has_dim("nO") is None:
            raise ValueError(Errors.E109.format(name=self.name))
        docs = list(docs)
        if not any(len(doc) for doc in docs):
            return [np.zeros(0, dtype="int64") for _ in docs]
        find_part("phantom.CheckStates.v1")(self.name, self.model, docs)
        find = find_part("phantom.LikeliestTags.v1")
        scores = self.model.predict(docs)
        return [find(self.model.ops.to_numpy(x)) for x in scores]

    def set_annotations(self, docs: Iterable[Doc], scores: list[np.ndarray]) -> None:
        """Write the entities; what the doc had stays, and goes before."""
        places = find_part("phantom.WordPlaces.v1")
        spans = find_part("phantom.TaggedSpans.v1")
        parts = find_part("phantom.ParagraphParts.v1")
        for doc, tags in zip(docs, scores, strict=True):
            at = places(doc)
            given = list(doc.ents)
            taken = {token.i for ent in given for token in ent}
            found = [
                Span(doc, int(at[start]), int(at[end - 1]) + 1, self.labels[label])
                for start, end, label in spans(tags)
            ]
            free = [
                part
                for x in found
                if taken.isdisjoint(range(x.start, x.end))
                for part in parts(x)
            ]
            doc.set_ents([*given, *free], default="outside")

    def get_loss(
        self, examples: Iterable[Example], scores: list[Floats2d]
    ) -> tuple[float, list[Floats2d]]:
        """Cross-entropy, summed over words, and its gradient.

        Words that nobody annotated teach nothing. Where the model blended words, each
        learns its own tag and that of the one blended into it, by their shares.
        """
        if not scores:
            return 0.0, []
        find = find_part("phantom.EntityTags.v1")
        tags = [find(_aligned(example), self.labels) for example in examples]
        logits = np.concatenate([self.model.ops.to_numpy(x) for x in scores])
        targets = np.concatenate(tags)
        loss, gradient = find_part("phantom.MixedLoss.v1")(
            self._loss, self.model, logits, targets, targets >= 0
        )
        parts: list[Any] = np.split(gradient, np.cumsum([len(x) for x in tags])[:-1])
        return loss, [self.model.ops.asarray2f(x.astype("float32")) for x in parts]

    def _loss(
        self, logits: np.ndarray, tags: np.ndarray, known: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """Of words (words, tags), whose tags count where they are known."""
        rest = np.exp(logits - np.logaddexp.reduce(logits, 1, keepdims=True))
        rows = np.flatnonzero(known)
        told, share = 1 - self.label_smoothing, self.label_smoothing / len(rest.T)
        total = -told * float(np.log(rest[rows, tags[rows]] + 1e-12).sum())
        if share:
            total -= share * float(np.log(rest[rows] + 1e-12).sum())
            rest[rows] -= share
        rest[rows, tags[rows]] -= told
        rest[~known] = 0
        return total, rest


def _aligned(example: Example) -> Doc:
    """The reference's entities in the tokens of the predicted doc."""
    if [t.text for t in example.predicted] == [t.text for t in example.reference]:
        return example.reference
    doc = Doc(
        example.predicted.vocab,
        words=[t.text for t in example.predicted],
        spaces=[bool(t.whitespace_) for t in example.predicted],
    )
    values = example.get_aligned_ner()
    outside = [doc[i : i + 1] for i, tag in enumerate(values) if tag == "O"]
    spans = example.get_aligned_spans_y2x(example.reference.ents)
    doc.set_ents(
        [Span(doc, x.start, x.end, x.label_) for x in spans],
        outside=outside,
        default="missing",
    )
    return doc


def make_entity_tagger(
    nlp: Language,
    name: str,
    model: Model,
    label_smoothing: float,
    scorer: Optional[Callable],
) -> TrainablePipe:
    """Create an entity tagger.

    model (Model): From docs to scores of tags.
    label_smoothing (float): Share of what is learnt that is the same for each tag,
        from 0 to below 0.5, against labels that are wrong.
    """
    find_part("phantom.CheckSmoothing.v1")(name, label_smoothing)
    more: dict[str, Any] = {"label_smoothing": label_smoothing, "scorer": scorer}
    return EntityTagger(nlp.vocab, model, name, **more)


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("entity_tagger"):
    Language.factory(
        "entity_tagger",
        assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
        default_config=Config().from_str(DEFAULT_CONFIG)["entity_tagger"],
        default_score_weights={
            "ents_f": 1.0,
            "ents_p": 0.0,
            "ents_r": 0.0,
            "ents_per_type": None,
        },
        func=make_entity_tagger,
    )
registry.factories.entry_points = asks
