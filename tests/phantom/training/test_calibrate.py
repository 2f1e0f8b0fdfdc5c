"""Training leaves relation scores that were calibrated on the dev corpus."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin
from tests.builders.pipelines import MODULES, SCHEMA, make_examples

from phantom.training.loop import train

CONFIG = """
[paths]
train = null

[nlp]
lang = "en"
pipeline = ["tok2vec", "relation_extractor"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.HashEmbedCNN.v2"
pretrained_vectors = null
width = 16
depth = 1
embed_size = 50
window_size = 1
maxout_pieces = 2
subword_features = true

[components.relation_extractor]
factory = "relation_extractor"

[components.relation_extractor.model]
@architectures = "phantom.RelationModel.v1"

[components.relation_extractor.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 16

[components.relation_extractor.model.pair_tensor]
@architectures = "phantom.PairTensor.v1"
width = 16

[corpora]

[corpora.train]
@readers = "phantom.RelationCorpus.v1"
path = ${paths.train}

[corpora.dev]
@readers = "phantom.RelationCorpus.v1"
path = ${paths.train}

[training]
seed = 7
gpu_allocator = null
max_steps = 5
eval_frequency = 4
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"

[training.batcher]
@batchers = "spacy.batch_by_padded.v1"
size = 100
buffer = 8
discard_oversize = false

[training.optimizer]
@optimizers = "Adam.v1"
learn_rate = 0.01

[training.score_weights]
rel_micro_f = 1.0
"""


def test_the_temperature_is_that_of_the_dev_corpus(tmp_path: Path) -> None:
    nlp = spacy.blank("xx")
    docs = [example.reference for example in make_examples(nlp)]
    DocBin(docs=docs, store_user_data=True).to_disk(tmp_path / "train.spacy")
    (tmp_path / "config.cfg").write_text(CONFIG)
    overrides = {
        "paths.train": str(tmp_path / "train.spacy"),
        "components.relation_extractor.relation_schema": SCHEMA,
    }
    best = train(tmp_path / "config.cfg", tmp_path / "out", overrides)
    loaded = spacy.load(best)
    found = loaded.get_pipe("relation_extractor").cfg["temperature"]
    module = MODULES["relation_calibration"]
    reader = MODULES["relation_corpus"].make_relation_corpus(tmp_path / "train.spacy")
    pairs = module.score_gold_pairs(loaded, "relation_extractor", reader(loaded))
    assert len(pairs[0]) == 14
    assert found == pytest.approx(module.fit_temperature(*pairs, False), rel=0.01)
    assert found != 1.0
