"""Rounds one after the other, each with what its weights score."""

from collections.abc import Iterator, Sequence
from itertools import chain

from spacy.language import Language
from spacy.training import Example

from phantom.training.federated.coordinator import Coordinator
from phantom.training.federated.model import write_arrays
from phantom.training.federated.store import RoundRecord
from phantom.training.scoring import predict_beside, score


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
