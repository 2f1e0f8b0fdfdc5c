"""What settings of the relation extractor are worth, on an encoder that stays as it is.

Usage: python measurements/relation_trials.py PIPELINE --corpus FOLDER
       [--trial "label_smoothing=0.1 model.mixup=0.2" ...] [--steps N] [--json PATH]

The encoder of PIPELINE reads the texts of FOLDER once. Then, for each trial, a
relation extractor with the settings of the pipeline and those of the trial begins anew
and learns from train.jsonl, with the same batches and seed: minutes, where a pipeline
takes half an hour. The first trial is the settings as they are. Scored are relations
between names, gold entities given, as in whole_relations.py: over whole documents of
dev, and in what dev.jsonl holds, at each threshold the best of which is told.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts")]

import numpy as np  # noqa: E402
import torch  # noqa: E402
from spacy.language import Language  # noqa: E402
from spacy.tokens import Doc  # noqa: E402
from spacy.training import Example as Pair  # noqa: E402
from spacy.util import load_model_from_config, registry  # noqa: E402
from thinc.api import Adam, Model, fix_random_seed  # noqa: E402
from thinc.schedules import warmup_linear  # noqa: E402
from thinc.types import Floats2d  # noqa: E402
from tqdm import tqdm  # noqa: E402
from whole_relations import count, read_parts, relate  # noqa: E402

from phantom.jsonl import read_jsonl  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import load_pipeline  # noqa: E402
from phantom.training.to_gold import make_pairs  # noqa: E402

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
NAME = "relation_extractor"
# What the encoder said of each text: token vectors, in half the room.
KEPT: dict[str, np.ndarray] = {}


@registry.architectures("measurements.Kept.v1")
def build_kept(width: int) -> Model[list[Doc], list[Floats2d]]:
    """Token vectors that were kept, by the text; no gradient goes further."""

    def forward(model: Model, docs: list[Doc], is_train: bool) -> Any:
        found = [KEPT[doc.text].astype("float32") for doc in docs]
        return [model.ops.asarray2f(x) for x in found], lambda gradient: docs

    return Model("kept", forward, dims={"nO": width})


def encode(nlp: Language, texts: Sequence[str]) -> int:
    """Keep the vectors that the extractor of a pipeline reads. RETURNS (int): Width."""
    encoder = nlp.get_pipe("transformer")
    listener = nlp.get_pipe(NAME).model.get_ref("tok2vec")  # type: ignore[attr-defined]
    texts = sorted(set(texts), key=len)
    width = 0
    for i in tqdm(range(0, len(texts), 32), desc="encoder", disable=None):
        docs = [nlp.make_doc(text) for text in texts[i : i + 32]]
        encoder.set_annotations(docs, encoder.predict(docs))  # type: ignore[attr-defined]
        for doc, vectors in zip(docs, listener.predict(docs), strict=True):
            KEPT[doc.text] = np.asarray(vectors, dtype="float16")
            width = vectors.shape[1]
    return width


def build(trained: Language, width: int, settings: dict[str, Any]) -> Language:
    """A pipeline of a new relation extractor alone, which reads what was kept."""
    config = trained.config.copy()
    config["nlp"]["pipeline"] = [NAME]
    part = config["components"][NAME]
    config["components"] = {NAME: part}
    part["model"]["tok2vec"] = {
        "@architectures": "measurements.Kept.v1",
        "width": width,
    }
    for key, value in settings.items():
        *path, last = key.split(".")
        place = part
        for step in path:
            place = place[step]
        place[last] = value
    config["initialize"]["components"] = {}
    return load_model_from_config(config, auto_fill=True)


def batches(pairs: Sequence[Pair], size: int, seed: int) -> Iterator[list[Pair]]:
    """Batches of so many tokens in an order of chance, without end."""
    chance = random.Random(seed)
    batch: list[Pair] = []
    while True:
        for pair in chance.sample(pairs, len(pairs)):
            batch.append(pair)
            if sum(len(x.predicted) for x in batch) >= size:
                yield batch
                batch = []


def learn(nlp: Language, examples: Sequence[Example], steps: int, seed: int) -> None:
    """Teach a new extractor, 3,000 tokens a step, at a rate that falls to nothing."""
    fix_random_seed(seed)
    labels = {relation.label for example in examples for relation in example.relations}
    pairs = make_pairs(nlp, examples, labels)
    nlp.initialize(lambda: pairs)
    pipe: Any = nlp.get_pipe(NAME)
    pipe.learn_rate_factor = 1.0
    rates = warmup_linear(1e-3, steps // 15, steps)
    sgd = Adam(1e-3, L2=0.01, L2_is_weight_decay=True, use_averages=False)
    drawn = batches(pairs, 3000, seed)
    for _ in tqdm(range(steps), desc="learn", disable=None):
        sgd.learn_rate = next(rates)
        pipe.update(next(drawn), drop=0.1, sgd=sgd)


def parse(trial: str) -> dict[str, Any]:
    """Settings of a trial, `key=value` each, the values as JSON.

    RAISES: ValueError for what is no pair of a key and JSON.
    """
    settings = {}
    for part in trial.split():
        key, sign, value = part.partition("=")
        try:
            settings[key] = json.loads(value)
        except json.JSONDecodeError:
            sign = ""
        if not sign:
            raise ValueError(
                f"{part!r} in --trial is no setting; write such as label_smoothing=0.1"
            )
    return settings


def measure(nlp: Language, parts: dict[str, list[Example]]) -> dict[str, Any]:
    """F1 by text and threshold, and by text precision and recall at the pipeline's.

    All names need the same, those that share no sentence too.
    """
    cfg: Any = nlp.get_pipe(NAME).cfg  # type: ignore[attr-defined]
    own, row, apart = cfg["threshold"], {}, cfg.get("threshold_apart")
    cfg["threshold"], cfg["threshold_apart"] = min(*THRESHOLDS, own), None
    for text, examples in parts.items():
        curve, related = {}, relate(nlp, examples)
        for least in sorted({*THRESHOLDS, own}):
            right, predicted, gold = count(related, least)
            f = 2 * right / max(predicted + gold, 1)
            curve[least] = f
            if least == own:
                p, r = right / max(predicted, 1), right / max(gold, 1)
                row[text] = {"p": p, "r": r, "f": f}
        row[text]["thresholds"] = curve
    cfg["threshold"], cfg["threshold_apart"] = own, apart
    return row


def main() -> None:
    """Print and write the figures of each trial."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--trial", action="append", default=[], help="settings")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    trials = {"as it is": {}} | {trial: parse(trial) for trial in args.trial}
    trained = load_pipeline(args.pipeline)
    parts = read_parts(args.corpus)
    train = [
        example
        for example in read_jsonl(args.corpus / "train.jsonl", Example)
        if len(example.entities) > 1
    ]
    scored = [example for part in parts.values() for example in part]
    began = time.monotonic()
    width = encode(trained, [example.text for example in [*train, *scored]])
    print(
        f"{len(train):,} passages to learn from, read in "
        f"{time.monotonic() - began:.0f} s; {torch.get_num_threads()} threads, "
        f"seed {args.seed}, {args.steps} steps"
    )
    figures = {}
    for trial, settings in trials.items():
        nlp = build(trained, width, settings)
        learn(nlp, train, args.steps, args.seed)
        figures[trial] = row = measure(nlp, parts)
        print(trial)
        for text, x in row.items():
            best = max(x["thresholds"], key=x["thresholds"].__getitem__)
            print(
                f"  {text:5} {100 * x['p']:5.1f} {100 * x['r']:5.1f} "
                f"{100 * x['f']:5.1f}; best {100 * x['thresholds'][best]:.1f} "
                f"at {best:g}",
                flush=True,
            )
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
