"""Each round is scored, also one that a kill came before."""

from pathlib import Path

from spacy.language import Language
from tests.builders.federating import CONFIG, synthetic, write_site

from phantom.training.federated.coordinator import Coordinator
from phantom.training.federated.messages import (
    Join,
    Labels,
    Settings,
    Update,
    pack,
)
from phantom.training.federated.model import build, describe, read_arrays
from phantom.training.federated.open_round import Patience
from phantom.training.federated.scored import score_rounds
from phantom.training.federated.store import Store
from phantom.training.to_gold import read_corpus

LABELS = Labels(entities=("ANIMAL", "FOOD"))


def begin(folder: Path, nlp: Language) -> Coordinator:
    settings, patience = Settings(rounds=2, steps=1), Patience(("one",), 1, 20.0)
    made = Coordinator(Store(folder), settings, patience, lambda line: None)
    made.answer("one", "join", pack(Join(labels=LABELS)))
    made.agree()
    made.open(describe(nlp), read_arrays(nlp), {})
    return made


def test_a_round_that_was_not_scored_before_a_kill_is(tmp_path: Path) -> None:
    corpus = write_site(tmp_path / "corpus", synthetic(6, 0))
    nlp = build(CONFIG, corpus, tmp_path / "labels", LABELS, 0)
    dev = read_corpus(nlp, corpus / "dev.spacy")
    layout = describe(nlp)[0]
    change = {name: array * 0 + 1 for name, array in read_arrays(nlp).items()}

    first = begin(tmp_path / "fed", nlp)
    data = pack(Update(round=0, layout=layout), change)
    first.answer("one", "update", data)
    assert next(first.rounds()).scores is None

    again = begin(tmp_path / "fed", nlp)
    again.answer("one", "update", pack(Update(round=1, layout=layout), change))
    done = list(score_rounds(again, nlp, dev))
    assert [(x.round, x.scores is not None) for x in done] == [(0, True), (1, True)]
    assert Store(tmp_path / "fed").read_rounds() == done
    name = next(iter(change))
    assert (read_arrays(nlp)[name] == again.weights[name]).all()
