"""Relation extractor: a trainable component that writes `Doc._.relations`."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, Optional

import numpy as np
from spacy.errors import Errors
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc, Span
from spacy.training import Example, validate_examples, validate_get_examples
from spacy.util import logger, registry
from spacy.vocab import Vocab
from thinc.api import Model, Optimizer, set_dropout_rate
from thinc.types import Floats2d

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

Schema = dict[str, dict[str, Any]]
Candidates = dict[str, np.ndarray]
Prediction = tuple[list[Doc], list[list[Span]], Candidates, np.ndarray]


@registry.misc("phantom.RelationExtractor.v1")
class RelationExtractor(TrainablePipe):
    """Finds relations between the entities of a doc.

    Trains on the pairs of gold entities and of `spans["nominal"]` (mentions that are no
    names, and no entities), predicts on the pairs of `doc.ents`. A pair
    may bear several labels or none. Gold docs whose `_.relations` is None teach
    nothing; where `user_data["relation_labels"]` lists the labels that somebody
    annotated, the others teach nothing in that doc.
    """

    def __init__(
        self,
        vocab: Vocab,
        model: Model,
        name: str = "relation_extractor",
        *,
        candidates: Callable,
        relation_schema: Optional[Schema] = None,
        threshold: float = 0.5,
        thresholds: Optional[dict[str, float]] = None,
        threshold_apart: Optional[float] = None,
        positive_weight: float = 1.0,
        learn_rate_factor: float = 1.0,
        exclusive: bool = False,
        temperature: float = 1.0,
        label_smoothing: float = 0.0,
        weigh_names: bool = False,
        scorer: Optional[Callable] = None,
    ) -> None:
        self.vocab, self.model, self.name = vocab, model, name
        self.candidates, self.scorer = candidates, scorer
        self.weigh_names = weigh_names
        self.learn_rate_factor = learn_rate_factor
        self.label_smoothing = label_smoothing
        settings = {
            "schema": find_part("phantom.CheckSchema.v1")(relation_schema or {}),
            "types": [],
            "threshold": threshold,
            "thresholds": dict(thresholds or {}),
            "threshold_apart": threshold_apart,
            "positive_weight": positive_weight,
            "exclusive": exclusive,
            "temperature": temperature,
        }
        self.cfg: dict[str, Any] = find_part("phantom.GivenSettings.v1")(settings)

    @property
    def schema(self) -> Schema:
        """Head and tail entity labels of each relation label."""
        return self.cfg["schema"]

    @property
    def labels(self) -> tuple[str, ...]:
        """The relation labels, in the order of the model's output."""
        return tuple(self.schema)

    @property
    def label_data(self) -> Schema:
        """The schema, as `spacy init labels` writes and `initialize` reads it."""
        return self.schema

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Optional[Language] = None,
        labels: Optional[dict] = None,
        relation_schema: Optional[dict] = None,
    ) -> None:
        """Set the schema and the entity types, and initialise the model.

        labels (Optional[dict]): A schema from a labels file.
        relation_schema (Optional[dict]): A schema; goes before `labels` and the
            config. With none of the three it is inferred from the examples.
        RAISES: ValueError if there is no schema and the examples bear no relation.
        """
        validate_get_examples(get_examples, "RelationExtractor.initialize")
        examples = list(get_examples())
        given = relation_schema or labels or self.schema
        given = given or find_part("phantom.InferSchema.v1")(examples)
        self.cfg["schema"] = find_part("phantom.CheckSchema.v1")(given)
        if not self.schema and any(len(eg.reference) for eg in examples):
            raise ValueError(
                f"{self.name}: no relation schema; set it in the config "
                f"([components.{self.name}.relation_schema]) or in a labels file, "
                "or annotate relations in the training data"
            )
        sides = [rule[key] for rule in self.schema.values() for key in ("head", "tail")]
        types = {label for side in sides for label in side}
        if not all(sides):
            read = find_part("phantom.GoldMentions.v1")
            types.update(span.label_ for eg in examples for span in read(eg.reference))
        self.cfg["types"] = sorted(types)
        for message in find_part("phantom.LostTargets.v1")(self.coverage(examples)):
            logger.warning("%s: %s; training does not see them", self.name, message)
        self.model.set_dim("nO", len(self.labels), force=True)
        pair_tensor = self.model.get_ref("pair_tensor")
        pair_tensor.set_dim("nT", len(types) + 2, force=True)
        docs = [eg.predicted for eg in examples[:10] if len(eg.predicted)]
        self.model.initialize(X=(docs, self._batch([[] for _ in docs])))

    def predict(self, docs: Iterable[Doc]) -> Prediction:
        """Score the candidate pairs of the docs' entities.

        RETURNS (Tuple): Docs that have pairs, their mentions, the candidates, and
            probabilities (P, labels), 0 where the schema rules a label out.
        RAISES: ValueError if the component was not initialised.
        """
        if self.model.has_dim("nO") is None:
            raise ValueError(Errors.E109.format(name=self.name))
        read = find_part("phantom.ReadMentions.v1")
        found = [(doc, ents) for doc in docs if len(ents := read(doc)) > 1]
        mentions = [ents for _, ents in found]
        batch = self._batch(mentions)
        active = np.unique(batch["mention_doc"][batch["heads"]])
        if not len(active):
            return [], [], batch, np.zeros((0, len(self.labels)), dtype="float32")
        if len(active) < len(found):
            found = [found[i] for i in active]
            batch = self._batch(mentions := [ents for _, ents in found])
        active_docs = [doc for doc, _ in found]
        find_part("phantom.CheckStates.v1")(self.name, self.model, active_docs)
        logits = self.model.ops.to_numpy(self.model.predict((active_docs, batch)))
        scores = find_part("phantom.RelationProbabilities.v1")(
            logits, batch["allowed"], self.cfg["temperature"], self.cfg["exclusive"]
        )
        return active_docs, mentions, batch, scores

    def set_annotations(self, docs: Iterable[Doc], scores: Prediction) -> None:
        """Write the relations at or above the threshold to `Doc._.relations`."""
        for doc in docs:
            doc._.relations = []
        active, mentions, batch, probabilities = scores
        least = find_part("phantom.LeastScores.v1")(self.cfg, self.labels)
        least = find_part("phantom.LeastApart.v1")(
            self.cfg, active, batch, probabilities, least
        )
        found = find_part("phantom.RelationDecisions.v1")(
            mentions, batch, probabilities, least, self.labels
        )
        for doc, relations in zip(active, found, strict=True):
            doc._.relations = relations

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optional[Optimizer] = None,
        losses: Optional[dict[str, float]] = None,
    ) -> dict[str, float]:
        """Learn from the pairs of gold entities, aligned to the predicted tokens."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = list(examples)
        validate_examples(examples, "RelationExtractor.update")
        if not any(len(eg.predicted) for eg in examples):
            return losses
        set_dropout_rate(self.model, drop)
        batch, targets, mask, _ = self._gold(examples)
        docs = [eg.predicted for eg in examples]
        if self.weigh_names and len(batch["heads"]):
            mask = mask * find_part("phantom.NameWeights.v1")(docs, batch)
        logits, backprop = self.model.begin_update((docs, batch))
        loss, gradient = find_part("phantom.MixedLoss.v1")(
            self._loss, self.model, logits, targets, mask
        )
        backprop(gradient)
        if sgd not in (None, False):
            self.finish_update(sgd)
        losses[self.name] += loss
        return losses

    def finish_update(self, sgd: Optimizer) -> None:
        """Apply the gradients, at this component's own learning rate."""
        rate = sgd.learn_rate
        sgd.learn_rate = rate * self.learn_rate_factor
        self.model.finish_update(sgd)
        sgd.learn_rate = rate

    def get_loss(self, examples: Iterable[Example], scores: Floats2d) -> Any:
        """Cross-entropy over the known cells, and its gradient.

        scores (Floats2d): Logits of the candidates of the gold entities.
        RETURNS (Tuple[float, Floats2d]): The summed loss and the gradient.
        """
        examples = list(examples)
        validate_examples(examples, "RelationExtractor.get_loss")
        _, targets, mask, _ = self._gold(examples)
        return self._loss(scores, targets, mask)

    def coverage(self, examples: Iterable[Example]) -> dict[str, int]:
        """Count the gold entities and relations that training can see.

        RETURNS (Dict[str, int]): See `phantom.RelationTargets.v1`.
        """
        return self._gold(list(examples))[3]

    def _gold(self, examples: list[Example]) -> Any:
        mentions, pairs, targets, mask, counts = find_part(
            "phantom.RelationTargets.v1"
        )(examples, self.schema, self.candidates)
        return self._batch(mentions, pairs), targets, mask, counts

    def _loss(self, logits: Floats2d, targets: Any, mask: Any) -> tuple[float, Any]:
        exclusive = self.cfg.get("exclusive", False)
        smooth = find_part("phantom.SmoothTargets.v1")
        loss, gradient = find_part("phantom.RelationLoss.v1")(
            self.model.ops.to_numpy(logits),
            smooth(targets, mask, self.label_smoothing, exclusive),
            mask,
            self.cfg["positive_weight"],
            exclusive,
        )
        return loss, self.model.ops.asarray2f(gradient)

    def _batch(
        self, mentions: list[list[Span]], pairs: Optional[tuple] = None
    ) -> Candidates:
        """Mentions and candidate pairs as arrays, as the pair tensor reads them."""
        candidates = pairs or self.candidates(mentions, self.schema)
        return find_part("phantom.RelationArrays.v1")(
            mentions, candidates, self.cfg["types"]
        )
