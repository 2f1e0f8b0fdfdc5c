"""The factory `relation_extractor`, with its default config."""

from collections.abc import Callable
from typing import Any, Optional

import numpy as np
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Config, Model
from thinc.types import Floats2d

Candidates = dict[str, np.ndarray]

DEFAULT_CONFIG = """
[relation_extractor]
relation_schema = null
threshold = 0.5
thresholds = null
threshold_apart = null
positive_weight = 1.0
learn_rate_factor = 1.0
exclusive = false
temperature = 1.0
label_smoothing = 0.0
weigh_names = false

[relation_extractor.model]
@architectures = "phantom.RelationModel.v1"

[relation_extractor.model.tok2vec]
@architectures = "spacy.HashEmbedCNN.v2"
pretrained_vectors = null
width = 96
depth = 4
embed_size = 2000
window_size = 1
maxout_pieces = 3
subword_features = true

[relation_extractor.model.pair_tensor]
@architectures = "phantom.PairTensor.v1"

[relation_extractor.candidates]
@misc = "phantom.TypedPairs.v1"
max_distance = null

[relation_extractor.scorer]
@scorers = "phantom.relation_scorer.v1"
"""


def make_relation_extractor(
    nlp: Language,
    name: str,
    model: Model[tuple[list[Doc], Candidates], Floats2d],
    candidates: Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]],
    relation_schema: Optional[dict[str, dict[str, Any]]],
    threshold: float,
    thresholds: Optional[dict[str, float]],
    threshold_apart: Optional[float],
    positive_weight: float,
    learn_rate_factor: float,
    exclusive: bool,
    temperature: float,
    label_smoothing: float,
    weigh_names: bool,
    scorer: Optional[Callable],
) -> TrainablePipe:
    """Create a relation extractor.

    model (Model): From docs and candidates to logits (pairs, labels).
    candidates (Callable): Candidate generator, see `phantom.TypedPairs.v1`.
    relation_schema (Optional[dict]): `{label: {"head": [...], "tail": [...],
        "symmetric": bool}}`; None takes it from the labels or the data at
        initialisation.
    threshold (float): Least probability of a relation that is written.
    thresholds (Optional[Dict[str, float]]): The same by label, where it is another.
    threshold_apart (Optional[float]): The same for two names that share no sentence
        of the text; None for `threshold`. A label of `thresholds` keeps its own.
    positive_weight (float): Weight of the pairs that bear a label in the loss.
    learn_rate_factor (float): Multiplies the optimiser's learning rate for this
        component's own layers, since what suits an encoder is slow for new layers.
    exclusive (bool): Whether a pair bears one label at most: the labels that fit it
        and none share one probability. Else each label is judged for itself.
    temperature (float): Divides the logits before they become scores; training sets
        it by the dev corpus, see `phantom.CalibrateRelations.v1`.
    label_smoothing (float): Share of what is learnt that is the same for each choice,
        from 0 to below 0.5, against labels that are wrong.
    weigh_names (bool): Whether all pairs of the same two names in a text weigh as
        much in the loss as one pair would, so that long texts do not outweigh short.
    scorer (Optional[Callable]): The scoring method.
    RAISES: ValueError for a threshold that is no probability, a temperature that is
        not above 0, or smoothing of half of the label or more.
    """
    asked = {"threshold": threshold}
    if threshold_apart is not None:
        asked["threshold_apart"] = threshold_apart
    asked |= {f"thresholds.{label}": x for label, x in (thresholds or {}).items()}
    for key, value in asked.items():
        if not 0 <= value <= 1:
            raise ValueError(
                f"{name}: {key} is {value}; set it from 0 to 1, the least "
                "probability of a relation that is written"
            )
    if temperature <= 0:
        raise ValueError(f"{name}: temperature is {temperature}; set it above 0")
    registry.misc.get("phantom.CheckSmoothing.v1")(name, label_smoothing)
    pipe = registry.misc.get("phantom.RelationExtractor.v1")
    return pipe(
        nlp.vocab,
        model,
        name,
        candidates=candidates,
        relation_schema=relation_schema,
        threshold=threshold,
        thresholds=thresholds,
        threshold_apart=threshold_apart,
        positive_weight=positive_weight,
        learn_rate_factor=learn_rate_factor,
        exclusive=exclusive,
        temperature=temperature,
        label_smoothing=label_smoothing,
        weigh_names=weigh_names,
        scorer=scorer,
    )


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("relation_extractor"):
    Language.factory(
        "relation_extractor",
        assigns=["doc._.relations"],
        requires=["doc.ents"],
        default_config=Config().from_str(DEFAULT_CONFIG)["relation_extractor"],
        default_score_weights={
            "rel_micro_p": 0.0,
            "rel_micro_r": 0.0,
            "rel_micro_f": 1.0,
            "rel_f_per_type": None,
        },
        func=make_relation_extractor,
    )
registry.factories.entry_points = asks
