"""Rounds from the first to the last, each with what its weights score."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from spacy.language import Language
from spacy.training import Example

from phantom.training.federated.coordinator import Coordinator
from phantom.training.federated.model import (
    build,
    describe,
    output_rows,
    read_arrays,
    write_arrays,
)
from phantom.training.federated.store import RoundRecord
from phantom.training.scoring import predict_beside, score
from phantom.training.to_gold import read_corpus


def open_rounds(
    coordinator: Coordinator, config: Path, corpus: Path, encoder: str
) -> tuple[Language, list[Example]]:
    """Agree on labels with the sites, and let them begin.

    corpus (Path): Synthetic one, as `convert` makes it.
    RETURNS (Tuple[Language, List[Example]]): The pipeline, and the dev set.
    RAISES: ValueError if too few sites came.
    """
    labels, seed = coordinator.agree(), coordinator.settings.seed
    folder = coordinator.store.folder / "labels"
    nlp = build(config, corpus, folder, labels, seed, encoder)
    dev = read_corpus(nlp, corpus / "dev.spacy")
    coordinator.open(describe(nlp), read_arrays(nlp), output_rows(nlp))
    return nlp, dev


def score_rounds(
    coordinator: Coordinator, nlp: Language, dev: Sequence[Example]
) -> Iterator[RoundRecord]:
    """Close rounds and score them; also the last one, if it was not before a kill.

    nlp (Language): Gets the weights of each round, and keeps those of the last.
    dev (Sequence[Example]): Synthetic ones.
    """
    before = coordinator.store.read_rounds()[-1:]
    unscored = [record for record in before if record.scores is None]
    write_arrays(nlp, coordinator.weights)
    for record in chain(unscored, coordinator.rounds()):
        write_arrays(nlp, coordinator.weights)
        scores = score(nlp, predict_beside(nlp, dev))
        scored = record.model_copy(update={"scores": scores})
        coordinator.store.write_round(scored)
        yield scored
