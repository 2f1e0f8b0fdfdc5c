"""A weight that a check gave must reach the batches of training."""

import random
from pathlib import Path

import spacy
from spacy.training import Corpus
from tests.builders import example

from phantom.corpora import weights
from phantom.corpora.docbin import to_doc, write_docbin
from phantom.records import Example


def read_back(folder: Path, *passages: Example) -> list[spacy.training.Example]:
    nlp = spacy.blank("xx")
    path = folder / "train.spacy"
    write_docbin(path, [to_doc(nlp, passage) for passage in passages], nlp.vocab)
    return list(Corpus(path)(nlp))


def test_a_passage_is_seen_in_its_share_of_the_epochs(tmp_path: Path) -> None:
    rare = example(
        "Some <DISEASE id=1>asthma</DISEASE>.", id="rare", model="m", weight=0.25
    )
    often = example("No <DISEASE id=1>fever</DISEASE>.", id="often", model="m")
    corpus = read_back(tmp_path, rare, often)
    generator = random.Random(0)
    epochs = [list(weights.draw(corpus, generator)) for _ in range(400)]
    seen = [x.reference.text for epoch in epochs for x in epoch]
    assert seen.count("No fever.") == 400
    assert 70 <= seen.count("Some asthma.") <= 130


def test_without_weights_nothing_is_drawn(tmp_path: Path) -> None:
    passages = [example("No fever.", id=id, model="m") for id in "ab"]
    corpus = read_back(tmp_path, *passages)
    generator = random.Random(0)
    before = generator.getstate()
    assert list(weights.draw(corpus, generator)) == corpus
    assert generator.getstate() == before
