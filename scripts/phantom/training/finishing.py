"""The config that trains a pipeline further, from a folder on."""

from pathlib import Path
from typing import Any

from spacy.util import load_config

from phantom.jsonl import write_text
from phantom.training.overrides import RELATIONS, read_training_config

EVALUATIONS, WARMUP = 4, 0.1


def write_config(
    path: Path,
    config: Path,
    start: Path,
    paths: dict[str, Path],
    rate: float,
    steps: int,
) -> None:
    """Write a config like `config` that goes on from a finished pipeline.

    config (Path): Of a training from the encoder on; batches and optimizer are its.
    start (Path): Folder of the pipeline, all of whose components are trained on.
    paths (Dict[str, Path]): "train" and "dev".
    rate (float): Highest learning rate; it rises for a tenth of the steps, then falls.
    RAISES: ValueError if `config` is no training config.
    """
    new, old = read_training_config(config), load_config(start / "config.cfg")
    names = old["nlp"]["pipeline"]
    new["nlp"] = {**old["nlp"], "disabled": []}
    new["components"] = {name: {"source": str(start)} for name in names}
    new["initialize"] = {}
    new["paths"] = {key: str(value) for key, value in paths.items()}
    reader = {"@readers": "phantom.RelationCorpus.v1"}
    new["corpora"] = {key: {**reader, "path": str(paths[key])} for key in paths}
    training: dict[str, Any] = new["training"]
    training |= {"train_corpus": "corpora.train", "dev_corpus": "corpora.dev"}
    training |= {"max_steps": steps, "max_epochs": 0, "patience": 0}
    training |= {"eval_frequency": max(1, steps // EVALUATIONS)}
    training |= {"frozen_components": [], "annotating_components": []}
    training["optimizer"]["learn_rate"] = {
        "@schedules": "warmup_linear.v1",
        "warmup_steps": max(1, round(WARMUP * steps)),
        "total_steps": steps,
        "initial_rate": rate,
    }
    weights = training["score_weights"]
    if RELATIONS not in names:
        # What nothing is scored by would only halve the score.
        gone = {name: None for name in weights if name.startswith("rel_")}
        training["score_weights"] = {**weights, **gone}
    write_text(path, new.to_str(interpolate=False))
