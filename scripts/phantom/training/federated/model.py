"""The pipeline of a federation: the same everywhere, as a digest tells."""

import json
import math
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy
import torch
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.util import load_config
from thinc.api import to_numpy

from phantom.runtime import register_components
from phantom.training.federated.labels import write_labels
from phantom.training.federated.messages import Arrays, Labels
from phantom.training.overrides import make_overrides
from phantom.training.rates import parameters

TAGGER = "ner"
# Where the outputs lie in an array of a last layer, by its key and dimensions: those of
# Linear, and of the layer of spaCy's parser that states are summed by.
_OUTPUTS = {("W", 2): 0, ("b", 1): 0, ("W", 4): 1, ("b", 2): 0, ("pad", 4): 2}


def build(
    config_path: Path,
    corpus: Path,
    folder: Path,
    labels: Labels,
    seed: int,
    encoder: str = "",
) -> Language:
    """A pipeline before any training, with the outputs that all sites agreed on.

    corpus (Path): Folder that `convert` filled; only sizes are inferred from it.
    folder (Path): Gets the files of labels.
    seed (int): Of the first weights.
    """
    freeze = register_components()["encoder_model"].freeze
    config = load_config(config_path, interpolate=False)
    factory = config["components"].get(TAGGER, {}).get("factory")
    if factory not in ("ner", "entity_recognizer", "entity_tagger"):
        raise ValueError(
            f"{config_path}: [components.{TAGGER}] finds no entities; take a config "
            "such as configs/train.cfg"
        )
    write_labels(folder, labels, factory == "entity_tagger")
    overrides = make_overrides(config_path, corpus, encoder, seed, labels=folder)
    if not encoder:
        overrides.pop("components.transformer.model.name", None)
    config = load_config(config_path, overrides=overrides, interpolate=False)
    parts = config.setdefault("initialize", {}).setdefault("components", {})
    reader = {"@readers": "spacy.read_labels.v1", "path": str(folder / "ner.json")}
    parts.setdefault(TAGGER, {})["labels"] = {**reader, "require": True}
    nlp = init_nlp(config)
    for _, pipe in nlp.pipeline:
        # Otherwise it is done by the first step of training.
        if hasattr(getattr(pipe, "model", None), "frozen"):
            freeze(pipe.model)  # type: ignore[attr-defined]
    return nlp


def trainable(nlp: Language) -> Iterator[tuple[str, Any, str]]:
    """Each weight that training moves. YIELDS: As `parameters`."""
    frozen = nlp.config["training"]["frozen_components"]
    for name, owner, key in parameters(nlp):
        fixed = isinstance(owner, torch.nn.Parameter) and not owner.requires_grad
        if name.partition("/")[0] not in frozen and not fixed:
            yield name, owner, key


def read_arrays(nlp: Language) -> Arrays:
    """A copy of the weights that training moves, in float32, by name."""
    return {name: value_of(owner, key) for name, owner, key in trainable(nlp)}


def write_arrays(nlp: Language, arrays: Arrays) -> None:
    """Set those weights. RAISES: KeyError if one is not there."""
    for name, owner, key in trainable(nlp):
        if isinstance(owner, torch.nn.Parameter):
            owner.data.copy_(torch.from_numpy(arrays[name]))
        else:
            owner.set_param(key, owner.ops.asarray(arrays[name].copy()))


def value_of(owner: Any, key: str) -> numpy.ndarray:
    """A copy of one weight: of a torch parameter, or by its key of a thinc node."""
    if isinstance(owner, torch.nn.Parameter):
        return owner.detach().cpu().to(torch.float32).numpy().copy()
    return numpy.array(to_numpy(owner.get_param(key)), dtype="float32")


def describe(nlp: Language) -> tuple[str, str]:
    """A digest of all that must be alike for weights to be averaged, and words for it.

    That is components, labels, names and shapes of weights, and the values of those
    that training does not move.
    """
    moved = {name for name, _, _ in trainable(nlp)}
    fixed = blake2b(digest_size=16)
    shapes: list[tuple[str, tuple[int, ...], bool]] = []
    for name, owner, key in parameters(nlp):
        value = value_of(owner, key)
        shapes.append((name, value.shape, name in moved))
        if name not in moved:
            fixed.update(value.tobytes())
    outputs = {name: list(labels) for name, labels in nlp.pipe_labels.items()}
    parts = [nlp.pipe_names, nlp.lang, outputs, shapes, fixed.hexdigest()]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    digest = blake2b(text.encode("utf-8"), digest_size=16).hexdigest()
    count = sum(math.prod(shape) for _, shape, moves in shapes if moves)
    words = f"{' + '.join(nlp.pipe_names)}, {len(moved)} arrays of {count:,} weights"
    return digest, words


def output_rows(nlp: Language) -> dict[str, tuple[int, list[str]]]:
    """Which arrays have a part for each label.

    RETURNS (Dict[str, Tuple[int, List[str]]]): By name, the axis, and the label along
        it; "" for an output of no label.
    """
    rows: dict[int, list[str]] = {}
    for _, pipe in nlp.pipeline:
        found = _outputs_of(pipe)
        if found is not None:
            rows[found[0].id] = found[1]
    return {
        name: (_OUTPUTS[key, owner.get_param(key).ndim], rows[owner.id])
        for name, owner, key in trainable(nlp)
        if not isinstance(owner, torch.nn.Parameter) and owner.id in rows
    }


def _outputs_of(pipe: Any) -> tuple[Any, list[str]] | None:
    """The last layer of a component, and the label of each of its outputs."""
    model: Any = getattr(pipe, "model", None)
    if hasattr(pipe, "moves"):
        # `move_names` leaves one out, which has an output.
        moves = range(pipe.moves.n_moves)
        names = [pipe.moves.get_class_name(i).partition("-")[2] for i in moves]
        upper = model.maybe_get_ref("upper")
        return upper if upper.param_names else model.get_ref("lower"), names
    if hasattr(pipe, "schema"):
        return model.layers[-1], list(pipe.labels)
    if getattr(model, "has_ref", None) and model.has_ref("writes"):
        return model.get_ref("writes"), ["", *(x for x in pipe.labels for _ in "BILU")]
    return None
