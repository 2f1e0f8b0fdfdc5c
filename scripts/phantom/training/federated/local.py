"""A site's part of a round: some steps of the usual training from given weights."""

from collections.abc import Callable
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from spacy.language import Language
from thinc.api import constant, fix_random_seed

from phantom.corpora.origins import OriginCounts, count_corpus
from phantom.runtime import blank_pipeline
from phantom.training.federated.labels import declare
from phantom.training.federated.messages import Arrays, Labels, Settings
from phantom.training.federated.model import (
    TAGGER,
    read_arrays,
    trainable,
    value_of,
    write_arrays,
)
from phantom.training.loop import Run
from phantom.training.overrides import read_training_config
from phantom.training.to_gold import leave_open, read_corpus
from phantom.training.update import update_pipeline


def train_round(
    nlp: Language,
    labels: Labels,
    settings: Settings,
    site: str,
    number: int,
    start: Arrays,
    folder: Path,
) -> Arrays:
    """Train from the round's weights as the pipeline's config says.

    The optimizer is new in each round and its schedules go on from the last; all that
    is drawn depends on seed, site and round. So a site that was killed does the same
    again. Nothing teaches a label absent that the site does not mark: words that the
    weights at the start take for an entity of one are left open, and its relations.

    labels (Labels): That the site's text marks wherever they occur.
    number (int): Of the round, from 0.
    folder (Path): For what training writes; it is not used.
    RETURNS (Arrays): By what each weight changed.
    """
    write_arrays(nlp, start)
    run = Run(nlp, folder, None)
    name = f"{settings.seed} {site} {number}".encode()
    seed = int.from_bytes(blake2b(name, digest_size=4).digest(), "big")
    fix_random_seed(seed)
    run.order.seed(seed)
    _leave_open(nlp, run, labels)
    for _ in range(number * settings.steps):
        run.optimizer.step_schedules()
    rate = run.settings["dropout"]
    dropouts: Any = constant(rate) if isinstance(rate, float) else rate
    pull = make_pull(nlp, start, settings.proximal) if settings.proximal else None
    for step, (epoch, batch) in enumerate(islice(run.batches(), settings.steps)):
        if run.settings["before_update"]:
            told = {"step": number * settings.steps + step, "epoch": epoch}
            run.settings["before_update"](nlp, told)
        drop = next(dropouts)
        update_pipeline(nlp, batch, run.settings, pull, drop=drop, losses={})
    return {key: value - start[key] for key, value in read_arrays(nlp).items()}


def make_pull(nlp: Language, start: Arrays, strength: float) -> Callable[[], None]:
    """The gradient of FedProx' term, half of mu times the squared distance moved.

    strength (float): mu.
    RETURNS (Callable): Adds it to the gradients that are there.
    """

    def pull() -> None:
        for name, owner, key in trainable(nlp):
            moved = strength * (value_of(owner, key) - start[name])
            if not isinstance(owner, torch.nn.Parameter):
                owner.inc_grad(key, owner.ops.asarray(moved))
                continue
            gradient = torch.from_numpy(moved).to(owner.device)
            owner.grad = gradient if owner.grad is None else owner.grad + gradient

    return pull


def _leave_open(nlp: Language, run: Run, labels: Labels) -> None:
    """See that what a site does not mark is not taught as absent."""
    if not run.examples:
        raise ValueError("a streamed corpus (max_epochs = -1); take 0 or more epochs")
    others = set(nlp.pipe_labels[TAGGER]) - set(labels.entities)
    if others:
        leave_open(nlp, run.examples, labels.entities)
    for example in run.examples:
        example.reference.user_data["relation_labels"] = sorted(labels.relations)


def read_labels(config_path: Path, corpus: Path) -> tuple[Labels, OriginCounts]:
    """What a site's training text marks, and how many examples are of which origin."""
    nlp = blank_pipeline(read_training_config(config_path)["nlp"]["lang"])
    examples = read_corpus(nlp, corpus / "train.spacy")
    return declare(corpus, examples), count_corpus(examples).bare()
