"""A site whose text does not mark a label does not unteach it."""

from pathlib import Path

import pytest
from spacy.language import Language
from tests.builders.federating import CONFIG, SCHEMA, only, synthetic, write_site

from phantom.training.federated.averaging import Sent, add, average
from phantom.training.federated.local import train_round
from phantom.training.federated.messages import Arrays, Labels, Settings
from phantom.training.federated.model import (
    build,
    output_rows,
    read_arrays,
    write_arrays,
)

pytestmark = pytest.mark.slow
BOTH = Labels(entities=("ANIMAL", "FOOD"), relations=SCHEMA)
ONE = Labels(entities=("ANIMAL",))
TEXTS = synthetic(24, 0)


def recall(nlp: Language, weights: Arrays, label: str) -> float:
    """Share of the mentions of a label that are found."""
    write_arrays(nlp, weights)
    found = wanted = 0
    for example, doc in zip(TEXTS, nlp.pipe(x.text for x in TEXTS), strict=True):
        gold = {(x.start, x.end) for x in example.entities if x.label == label}
        spans = {(x.start_char, x.end_char) for x in doc.ents if x.label_ == label}
        found, wanted = found + len(gold & spans), wanted + len(gold)
    return found / wanted


def test_what_others_taught_stays(tmp_path: Path) -> None:
    everything = write_site(tmp_path / "all", TEXTS)
    animals = write_site(tmp_path / "animals", only(TEXTS, "ANIMAL"))
    nlp = build(CONFIG, everything, tmp_path / "labels", BOTH, 0)
    other = build(CONFIG, animals, tmp_path / "labels-2", BOTH, 0)
    start = read_arrays(nlp)
    learned = train_round(
        *(nlp, BOTH, Settings(steps=30), "one", 0, start, tmp_path / "work")
    )
    known = add(start, learned)
    assert recall(nlp, known, "FOOD") > 0.9

    settings = Settings(steps=15)
    changes = {
        "as if it marked both": train_round(
            *(other, BOTH, settings, "two", 0, known, tmp_path / "work")
        ),
        "as it is": train_round(
            *(other, ONE, settings, "two", 0, known, tmp_path / "work")
        ),
    }
    untaught = add(known, changes["as if it marked both"])
    assert recall(nlp, untaught, "FOOD") < 0.3
    kept = add(known, changes["as it is"])
    assert recall(nlp, kept, "FOOD") > 0.9 and recall(nlp, kept, "ANIMAL") > 0.9

    # In the average its outputs for FOOD and EATS have no part.
    rows = output_rows(nlp)
    sent = {"two": Sent(changes["as it is"], 1, ONE.names())}
    for name, (axis, labels) in rows.items():
        change = average(sent, rows)[name]
        for i, label in enumerate(labels):
            if label in ("FOOD", "EATS"):
                assert not change.take(i, axis).any()
