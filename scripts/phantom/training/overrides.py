"""What a training config gets from the corpus that it is used on."""

from pathlib import Path
from typing import Any

import srsly
from spacy.util import load_config
from thinc.api import Config

RELATIONS = "relation_extractor"
LANGUAGE = Path("labels") / "language.json"
SECTIONS = ("paths", "nlp", "components", "training")


def make_overrides(
    config_path: Path,
    corpus: Path,
    encoder: str,
    seed: int,
    drawn: Path | None = None,
    labels: Path | None = None,
) -> dict[str, Any]:
    """Config values by dotted name.

    A corpus of a domain without relations trains entities alone. The language is that
    of the corpus, whatever the config has.

    corpus (Path): Folder that `convert` filled.
    encoder (str): For configs with a transformer.
    labels (Optional[Path]): Folder of label files; by default the corpus's.
    drawn (Optional[Path]): Log of what is drawn, for configs that have `paths.drawn`.
    RAISES: ValueError if a corpus is missing.
    """
    for name in ("train.spacy", "dev.spacy"):
        if not (corpus / name).is_file():
            raise ValueError(f"{corpus / name}: missing; run `convert` first")
    labels = labels or corpus / "labels"
    overrides: dict[str, Any] = {
        "paths.train": str(corpus / "train.spacy"),
        "paths.dev": str(corpus / "dev.spacy"),
        "paths.labels": str(labels),
        "system.seed": seed,
    }
    config = read_training_config(config_path)
    if (corpus / LANGUAGE).is_file():
        overrides["nlp.lang"] = srsly.read_json(corpus / LANGUAGE)
    if "mix" in config["paths"]:
        overrides["paths.mix"] = str(corpus / "mix")
    if "drawn" in config["paths"] and drawn is not None:
        overrides["paths.drawn"] = str(drawn)
    if "transformer" in config["components"]:
        overrides["components.transformer.model.name"] = encoder
    pipeline = config["nlp"]["pipeline"]
    if RELATIONS in pipeline and not has_relations(labels):
        overrides["nlp.pipeline"] = [name for name in pipeline if name != RELATIONS]
        weights = config["training"]["score_weights"]
        for name in weights:
            # What nothing is scored by would only halve the score.
            if name.startswith("rel_"):
                overrides[f"training.score_weights.{name}"] = None
    return overrides


def read_training_config(path: Path) -> Config:
    """A config that spaCy trains by. RAISES: ValueError if it is none."""
    if not path.is_file():
        raise ValueError(f"{path}: no file of training settings (.cfg) here")
    config = load_config(path, interpolate=False)
    missing = [name for name in SECTIONS if name not in config]
    if missing:
        raise ValueError(
            f"{path}: no [{missing[0]}]; is it a training config, as configs/train.cfg?"
        )
    return config


def has_relations(labels: Path) -> bool:
    """Whether a folder of label files names any; so if `convert` did not say."""
    path = labels / f"{RELATIONS}.json"
    return not path.is_file() or bool(srsly.read_json(path))
