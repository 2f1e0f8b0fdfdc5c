"""A site: declares its labels, trains when asked, goes on after an interruption."""

import time
from pathlib import Path

from spacy.language import Language

from phantom.training.adapted import save_as
from phantom.training.federated.handing import POLL, Masking, Tell, Work, choose
from phantom.training.federated.link import Link
from phantom.training.federated.local import read_labels
from phantom.training.federated.messages import Answer, Join, Ready
from phantom.training.federated.model import build, describe, write_arrays


def take_part(
    link: Link,
    site: str,
    config: Path,
    corpus: Path,
    output: Path,
    tell: Tell,
    encoder: str = "",
    masking: Masking | None = None,
) -> Language:
    """Take part until the last round is made; nothing but weights and labels leaves.

    config (Path): Training config, the same at all sites.
    corpus (Path): Folder that `convert` filled.
    output (Path): Gets "pipeline" at the end.
    masking (Optional[Masking]): What it needs for masked sums.
    RETURNS (Language): The pipeline of all sites.
    RAISES: ValueError if the coordinator has another model, does not answer, or does
        not mask sums as this site wants it to.
    """
    labels, counts = read_labels(config, corpus)
    while True:
        told, _ = link.ask("join", Join(labels=labels))
        if told.what != "wait":
            break
        time.sleep(POLL)
    _check(told)
    assert told.labels is not None and told.settings is not None
    settings = told.settings
    tell(f"agreed on {', '.join(sorted(told.labels.names()))}")
    nlp = build(config, corpus, output / "labels", told.labels, settings.seed, encoder)
    layout, words = describe(nlp)
    about = labels, counts, told.labels, settings, site, layout
    hand_in = choose(Work(nlp, *about, output / "work"), link, masking, tell)
    while True:
        told, arrays = link.ask("ready", Ready(layout=layout, model=words))
        _check(told)
        if told.what == "done":
            write_arrays(nlp, arrays)
            save_as(nlp, output / "pipeline")
            return nlp
        if told.what == "train":
            number = told.round
            told = hand_in(number, arrays)
            tell(f"round {number + 1} of {settings.rounds}: {told.what} {told.why}")
        if told.what != "taken":
            time.sleep(POLL)


def _check(told: Answer) -> None:
    if told.what == "refused":
        raise ValueError(told.why)
