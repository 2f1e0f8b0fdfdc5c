"""A tiny run of training that can be stopped at a step, and what it left."""

import io
from pathlib import Path

import spacy
from spacy.tokens import DocBin

from phantom.jsonl import read_jsonl
from phantom.training.loop import train
from phantom.training.progress import CurvePoint

CONFIG = """
[paths]
train = null

[nlp]
lang = "en"
pipeline = ["tok2vec", "ner"]

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

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 8
maxout_pieces = 2
use_upper = true

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 16

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${paths.train}

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${paths.train}

[training]
seed = 7
gpu_allocator = null
dropout = 0.2
max_steps = 16
eval_frequency = 4
accumulate_gradient = 2
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"
before_update = {"@callbacks": "phantom_test.StopAt.v1"}

[training.batcher]
@batchers = "spacy.batch_by_padded.v1"
size = 40
buffer = 8
discard_oversize = false

[training.optimizer]
@optimizers = "Adam.v1"
use_averages = true

[training.optimizer.learn_rate]
@schedules = "warmup_linear.v1"
warmup_steps = 3
total_steps = 20
initial_rate = 0.01

[training.score_weights]
ents_f = 1.0
"""


def write_files(folder: Path) -> Path:
    """The config, and a corpus of 24 passages of different lengths."""
    nlp = spacy.blank("xx")
    docs = []
    for i in range(24):
        doc = nlp.make_doc(f"Patient {i} had {'a very ' * (i % 3)}bad fever{i % 5} .")
        doc.ents = [doc.char_span(doc.text.index("fever"), len(doc.text) - 2, "DIS")]
        docs.append(doc)
    DocBin(docs=docs).to_disk(folder / "train.spacy")
    (folder / "config.cfg").write_text(CONFIG, encoding="utf-8")
    return folder


STOP: dict[str, int | None] = {"step": None}


class Killed(BaseException):
    """Stands for what ends a process from outside."""


@spacy.registry.callbacks("phantom_test.StopAt.v1")
def make_callback():
    def stop(nlp, info):
        if info["step"] == STOP["step"]:
            raise Killed

    return stop


def run(files, name, stop=None, **kwargs):
    STOP["step"] = stop
    overrides = {"paths.train": str(files / "train.spacy"), **kwargs.pop("set", {})}
    out = io.StringIO()
    curve = files / f"{name}.jsonl"
    folder = files / name
    try:
        train(
            files / "config.cfg",
            folder,
            overrides,
            curve_path=curve,
            stdout=out,
            stderr=out,
            **kwargs,
        )
    except Killed:
        pass
    return folder, list(read_jsonl(curve, CurvePoint)), out.getvalue()


def weights(folder):
    nlp = spacy.load(folder)
    found = {}
    for component, proc in nlp.pipeline:
        for i, node in enumerate(proc.model.walk()):
            for name in node.param_names:
                if node.has_param(name):
                    found[component, i, name] = node.get_param(name)
    return found


def without_seconds(curve):
    return [point.model_dump(exclude={"seconds", "scores"}) for point in curve]
