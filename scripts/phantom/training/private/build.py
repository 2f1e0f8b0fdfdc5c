"""A pipeline with an encoder, and heads without any training."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.training import Example
from spacy.util import load_config, load_model_from_config
from srsly import read_json
from thinc.api import fix_random_seed

from phantom.packs.pack import Pack
from phantom.runtime import register_components
from phantom.training.private.before import ENCODER, read_before
from phantom.training.private.heads import RELATIONS, TAGGER


def build_pipeline(
    config_path: Path, pack: Pack, encoder: str = "", on: Path | None = None
) -> Language:
    """Make the pipeline that a config describes, with the labels of a pack.

    Labels and what they may join are the pack's, so that no private text decides.

    encoder (str): Name or path of the encoder; "" for the one of the config.
    on (Optional[Path]): A pipeline whose encoder, and relation extractor where it has
        one, to take in their place.
    RAISES: ValueError if encoder or pipeline read private text that nobody paid for,
        the pipeline was trained for other relations, or the config has no head of
        ours, or one that blends texts.
    """
    register_components()
    config = load_config(config_path, interpolate=False)
    parts = config["components"]
    if parts.get(TAGGER, {}).get("factory") != "entity_tagger":
        raise ValueError(
            f"{config_path}: [components.{TAGGER}] is no entity_tagger; other "
            "recognizers can't be trained privately. Take configs/private.cfg"
        )
    if parts[TAGGER].get("model", {}).get("mixup"):
        raise ValueError(
            f"{config_path}: mixup in [components.{TAGGER}.model] blends texts, whose "
            "gradients could then not be told apart; set it to 0"
        )
    taken: list[str] = []
    if on is not None:
        taken = _take(on, pack)
        parts.update({name: {"source": str(on)} for name in taken})
    elif encoder and ENCODER in parts:
        parts[ENCODER]["model"]["name"] = encoder
    read_before(config_path, encoder, on)
    config["nlp"]["lang"] = pack.domain.lang
    if not pack.relations:
        config["nlp"]["pipeline"] = [
            name for name in config["nlp"]["pipeline"] if name != RELATIONS
        ]
        parts.pop(RELATIONS, None)
    # What is drawn by chance is the same in each pipeline that is built.
    fix_random_seed(0)
    nlp = load_model_from_config(config, auto_fill=True)
    if RELATIONS in taken:
        _check_relations(nlp, pack, on)
        _share_means(nlp)
    _initialize(nlp, pack, taken)
    return nlp


def _initialize(nlp: Language, pack: Pack, taken: Sequence[str]) -> None:
    """Set sizes and first weights by a doc of no meaning.

    taken (Sequence[str]): Components that are trained already.
    """
    doc = nlp.make_doc("a b")
    examples = [Example(doc, doc)]
    for name, pipe in nlp.pipeline:
        labels = {TAGGER: list(pack.labels), RELATIONS: pack.schema()}.get(name)
        part: Any = pipe
        if name in taken:
            pipe(doc)
        elif labels is not None:
            part.initialize(lambda: examples, nlp=nlp, labels=labels)
        else:
            part.initialize(lambda: examples, nlp=nlp)
            pipe(doc)


def _share_means(nlp: Language) -> None:
    """Have names share the mean of their pairs, also where it was a soft maximum.

    A mean of vectors is a mean of what a linear layer makes of them, so that the head
    learns of shared vectors what it says in prediction.
    """
    pipe: Any = nlp.get_pipe(RELATIONS)
    settings = nlp.get_pipe_config(RELATIONS)["model"]
    if settings.get("name_pooling", "mean") != "mean":
        settings["name_pooling"] = "mean"
        pipe.model._func = partial(pipe.model._func, name_pooling="mean")


def _check_relations(nlp: Language, pack: Pack, folder: Path | None) -> None:
    """RAISES: ValueError if a relation extractor can't be trained on as it is."""
    pipe: Any = nlp.get_pipe(RELATIONS)
    if pipe.cfg.get("exclusive"):
        raise ValueError(
            f"{folder}: its relations exclude each other (exclusive = true), and the "
            "private head judges each for itself; train it without"
        )
    given, wanted = (
        {
            label: {key: sorted(rule[key]) for key in ("head", "tail")}
            for label, rule in schema.items()
        }
        for schema in (pipe.schema, pack.schema())
    )
    if given != wanted:
        raise ValueError(
            f"{folder}: its relations join other labels than those of {pack.name}; "
            "take a pipeline of this pack"
        )


def _take(folder: Path, pack: Pack) -> list[str]:
    """Which components of a pipeline of public text are built upon.

    RAISES: ValueError if it is none, or its relations are not the pack's.
    """
    path = folder / "meta.json"
    if not path.is_file():
        raise ValueError(
            f"{folder}: no pipeline; run `train` first, or give the folder of a "
            "meta.json, or '' for the plain encoder"
        )
    meta = read_json(path)
    there = meta.get("pipeline", ())
    taken = [ENCODER] if ENCODER in there else []
    if not pack.relations or RELATIONS not in there:
        return taken
    labels = meta["labels"][RELATIONS]
    if list(labels) != list(pack.schema()):
        raise ValueError(
            f"{folder}: its relations are {', '.join(labels)}; those of {pack.name} "
            f"are {', '.join(pack.schema())}. Take a pipeline of this pack"
        )
    return [*taken, RELATIONS]
