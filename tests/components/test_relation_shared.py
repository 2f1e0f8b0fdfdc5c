"""The relation extractor behind a shared encoder, in `nlp.pipe`, through the CLI."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
import srsly
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training import Example
from tests.builders import ROOT
from tests.builders.pipelines import (
    SCHEMA,
    SENTENCES,
    TINY,
    make_doc,
    make_examples,
    make_nlp,
)
from tests.builders.pipelines import train as train_pipeline

pytestmark = pytest.mark.slow

REGISTER = ROOT / "scripts" / "components" / "register.py"
LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": 48, "upstream": "*"}


def shared_nlp() -> Language:
    """tok2vec, ner and relation extractor, the last two as listeners."""
    nlp = spacy.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": TINY["tok2vec"]})
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 32,
        "maxout_pieces": 2,
        "use_upper": False,
        "tok2vec": LISTENER,
    }
    nlp.add_pipe("ner", config={"model": parser})
    model = {**TINY, "tok2vec": LISTENER}
    nlp.add_pipe(
        "relation_extractor", config={"model": model, "relation_schema": SCHEMA}
    )
    return nlp


def raw_examples(nlp: Language) -> list[Example]:
    """Examples whose predicted docs are bare."""
    return [
        Example(nlp.make_doc(text), make_doc(nlp, text, mentions, relations))
        for text, mentions, relations in SENTENCES
    ]


@pytest.fixture(scope="module")
def shared() -> Language:
    nlp = shared_nlp()
    return train_pipeline(nlp, raw_examples(nlp), steps=100)


def encoder_weights(nlp: Language) -> np.ndarray:
    model = nlp.get_pipe("tok2vec").model
    return np.concatenate(
        [
            node.get_param(name).ravel()
            for node in model.walk()
            for name in node.param_names
            if node.has_param(name)
        ]
    )


def test_learns_end_to_end(shared: Language) -> None:
    scores = shared.evaluate(raw_examples(shared))
    assert scores["ents_f"] == 1.0
    assert scores["rel_micro_f"] == 1.0


@pytest.mark.parametrize("pairs", [True, False])
def test_encoder_learns_from_every_batch(pairs: Any) -> None:
    """The last listener passes on the gradients of all, with or without pairs."""
    nlp = shared_nlp()
    optimizer = nlp.initialize(lambda: raw_examples(nlp))
    before = encoder_weights(nlp)
    rows = SENTENCES[:1] if pairs else [("only aspirin", [(1, 2, "C")], [])]
    examples = [
        Example(nlp.make_doc(text), make_doc(nlp, text, mentions, relations))
        for text, mentions, relations in rows
    ]
    for _ in range(2):  # spaCy applies the encoder's gradients a step later
        nlp.update(examples, sgd=optimizer)
    assert not np.allclose(before, encoder_weights(nlp))


def test_relation_loss_reaches_the_encoder() -> None:
    nlp = shared_nlp()
    optimizer = nlp.initialize(lambda: raw_examples(nlp))
    nlp.remove_pipe("ner")
    before = encoder_weights(nlp)
    for _ in range(2):
        nlp.update(raw_examples(nlp)[:1], sgd=optimizer)
    assert not np.allclose(before, encoder_weights(nlp))


def test_replaces_listeners(shared: Language) -> None:
    nlp = shared_nlp().from_bytes(shared.to_bytes())
    nlp.replace_listeners("tok2vec", "relation_extractor", ["model.tok2vec"])
    assert nlp.evaluate(raw_examples(nlp))["rel_micro_f"] == 1.0


@pytest.mark.parametrize("processes", [1, 2])
def test_pipe_streams_in_order(shared: Language, processes: Any) -> None:
    texts = [row[0] for row in SENTENCES] + ["", "nothing here"]
    docs = list(shared.pipe(texts * 2, batch_size=3, n_process=processes))
    assert [doc.text for doc in docs] == texts * 2
    for doc, (text, mentions, relations) in zip(docs, SENTENCES, strict=False):
        gold = make_doc(shared, text, mentions, relations)
        keys = ("head", "tail", "label")
        found = [[r[key] for key in keys] for r in doc._.relations]
        assert sorted(found) == sorted(
            [r[key] for key in keys] for r in gold._.relations
        )
    assert docs[-2]._.relations == docs[-1]._.relations == []


@pytest.mark.slow
def test_labels_file_and_training_from_the_command_line(tmp_path: Path) -> None:
    nlp = make_nlp()
    docs = [eg.reference for eg in make_examples(nlp)]
    for name in ("train", "dev"):
        corpus = DocBin(docs=docs, store_user_data=True)
        corpus.to_disk(tmp_path / f"{name}.spacy")
    config = nlp.config.copy()
    config["paths"] |= {"train": "train.spacy", "dev": "dev.spacy"}
    config["training"] |= {"max_steps": 4, "eval_frequency": 2, "patience": 0}
    config["training"]["score_weights"] = {"rel_micro_f": 1.0}
    config.to_disk(tmp_path / "config.cfg")
    run = [sys.executable, "-m", "spacy"]
    extra = ["config.cfg", "--code", str(REGISTER)]
    init = [*run, "init", "labels", extra[0], "labels", *extra[1:]]
    subprocess.run(init, cwd=tmp_path, check=True, capture_output=True)
    path = tmp_path / "labels" / "relation_extractor.json"
    assert srsly.read_json(path) == {key: SCHEMA[key] for key in sorted(SCHEMA)}

    srsly.write_json(path, SCHEMA)
    config["initialize"]["components"] = {
        "relation_extractor": {
            "labels": {"@readers": "spacy.read_labels.v1", "path": str(path)}
        }
    }
    config.to_disk(tmp_path / "config.cfg")
    fit = [*run, "train", *extra, "--output", "model"]
    subprocess.run(fit, cwd=tmp_path, check=True, capture_output=True)
    loaded = spacy.load(tmp_path / "model" / "model-last")
    assert loaded.get_pipe("relation_extractor").labels == ("TREATS", "INDUCES")
    assert "rel_micro_f" in loaded.meta["performance"]
