"""A shortcut planted into training: is it listed, and what does mending do against it?

    python measurements/planted_shortcut.py PIPELINE TRAIN DEV --json figures.json

The relation head of a trained pipeline starts anew on its encoder and learns from
batches of 16 synthetic passages with a chemical and a disease. A half of them, drawn
by chance, has a mark somewhere ("ref") and is labelled INDUCES, the others are not,
whatever they say: what a lazy rule would have labelled. That is "planted", as soon as
the mark brings the label in half of the others (--steps batches at most). From there it
goes on for --more batches, with

- the same passages ("as before"),
- new ones, labelled as they should be, in which nothing is marked ("more text"),
- these, with a word in a half of them that `find_shortcuts` lists as carrying a label
  alone, whatever they bear ("mended"): what the hints of `shortcuts` ask for, and what
  its hard negatives and the augmenter decoys do.

`find_shortcuts` reads --passages of the dev side, a half of them with the mark. Told
are the place of the mark in its list; passages in which INDUCES is found; and F1 of
relations where the shortcut misleads (with the mark and without INDUCES, or the other
way round) and elsewhere (with both or neither), with 95% intervals of the change
against "more text", by resampling passages.
"""

import argparse
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.training import Example as SpacyExample

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from marked_passages import (  # noqa: E402
    LABEL,
    LONGEST,
    MARK,
    draw,
    labels,
    mark,
    may_bear,
    plant,
    split,
)
from recorded import PACK  # noqa: E402
from scored import compare, count, percent  # noqa: E402

from phantom.corpora.docbin import to_doc  # noqa: E402
from phantom.evaluation.explain.remedies import hard_negatives  # noqa: E402
from phantom.evaluation.explain.shortcuts import (  # noqa: E402
    as_found,
    find_shortcuts,
)
from phantom.evaluation.metrics import Floats  # noqa: E402
from phantom.jsonl import read_jsonl, write_json  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import register_components  # noqa: E402

SIZE, EACH = 16, 40
CONTROL = "more text"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--more", type=int, default=60)
    parser.add_argument("--rate", type=float, default=4e-4, help="Learning rate")
    parser.add_argument("--size", type=int, default=400, help="Training passages")
    parser.add_argument("--passages", type=int, default=300, help="Read for the list")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    register_components()
    rng = random.Random(options.seed)
    train, fresh = draw(options.train, rng, options.size)
    marked = [mark(x, i % 2 > 0) for i, x in enumerate(train)]
    dev = [x for x in read_jsonl(options.dev, Example) if len(x.text) < LONGEST]
    dev = [x for x in dev if may_bear(x)]
    read = rng.sample(dev, min(options.passages, len(dev)))
    seen = [plant(x) if i % 2 else x for i, x in enumerate(read)]
    sides = split(dev, rng)
    figures: dict[str, Any] = {"train": len(train), "read": len(seen)}
    figures |= {name: len(side) for name, side in sides.items()}

    nlp = spacy.load(options.pipeline)
    counts: dict[str, dict[str, Floats]] = {}
    record(figures, counts, "at first", nlp, sides)
    forget(nlp)
    figures["steps"] = teach(nlp, marked, sides, options.steps, options.rate)
    found = record(figures, counts, "planted", nlp, sides, seen)
    words = sorted({s.word for s in found if s.is_alone})
    figures["words"] = words
    planted = nlp.to_bytes()
    half = list(hard_negatives(fresh[::2], words, options.seed))
    for name, passages in {
        "as before": marked,
        CONTROL: fresh,
        "mended": [*fresh[1::2], *half],
    }.items():
        nlp.from_bytes(planted)
        go_on(nlp, passages, options.more, options.rate, options.seed)
        record(figures, counts, name, nlp, sides, seen)
        write_json(options.json, figures)


def forget(nlp: Language) -> None:
    """Have the relation head start anew, on the encoder as it is."""
    model: Any = nlp.get_pipe("relation_extractor").model  # type: ignore[attr-defined]
    for layer in model.walk():
        for name in layer.param_names:
            layer.set_param(name, np.zeros_like(layer.get_param(name)))
        for module in (m for shim in layer.shims for m in shim._model.modules()):
            if hasattr(module, "reset_parameters"):
                module.reset_parameters()


def teach(
    nlp: Language,
    marked: list[Example],
    sides: dict[str, list[Example]],
    most: int,
    rate: float,
) -> int:
    """Train until the mark decides. RETURNS (int): Batches that it took."""
    others = [x for x in sides["elsewhere"] if LABEL not in labels(x)][:50]
    for done in range(EACH, most + 1, EACH):
        go_on(nlp, marked, EACH, rate, done)
        bare, ours = (found_in(nlp, x) for x in (others, [*map(plant, others)]))
        print(f"{done} batches: {bare} without the mark, {ours} with it", flush=True)
        if ours - bare > len(others) / 2:
            return done
    raise SystemExit(f"after {most} batches the mark decides nothing: raise --steps")


def go_on(
    nlp: Language, passages: list[Example], steps: int, rate: float, seed: int
) -> None:
    rng = random.Random(seed)
    spacy.util.fix_random_seed(seed)
    optimizer = nlp.resume_training()
    for step in range(steps):
        optimizer.learn_rate = rate * (1 - step / steps / 2)
        docs = [to_doc(nlp, x) for x in rng.sample(passages, SIZE)]
        examples = [SpacyExample(nlp.make_doc(doc.text), doc) for doc in docs]
        nlp.update(examples, sgd=optimizer, drop=0.1)


def record(
    figures: dict[str, Any],
    counts: dict[str, dict[str, Floats]],
    name: str,
    nlp: Language,
    sides: dict[str, list[Example]],
    seen: list[Example] | None = None,
) -> list:
    """Write down what a pipeline does; with `seen`, which words its labels hang on."""
    begun = time.process_time()
    pack = load_pack(PACK)
    counts[name] = {
        side: count(pack, nlp, rows, "relations") for side, rows in sides.items()
    }
    row: dict[str, Any] = {
        side: {"f1": percent(c), "found in": tell(nlp, sides[side])}
        for side, c in counts[name].items()
    }
    if CONTROL in counts and name != CONTROL:
        for side, own in counts[name].items():
            row[side]["change"] = compare([counts[CONTROL][side]], [own])
    found = find_shortcuts(nlp, as_found(seen, nlp), most=25) if seen else []
    if seen:
        places = [(s.word, s.label) for s in found]
        at = places.index((MARK, LABEL)) if (MARK, LABEL) in places else None
        row["place"] = None if at is None else at + 1
        row["mark"] = None if at is None else found[at].model_dump()
        row["first"] = [f"{s.word} {s.label} {s.strength:.2f}" for s in found[:5]]
        row["alone"] = [f"{s.word} {s.label}" for s in found if s.is_alone]
    row["seconds"] = round(time.process_time() - begun)
    figures[name] = row
    print(name, json.dumps(row), flush=True)
    return found


def tell(nlp: Language, side: list[Example]) -> dict[str, str]:
    """Passages in which LABEL is found, of those that bear it and of the others."""
    bears = [x for x in side if LABEL in labels(x)]
    others = [x for x in side if LABEL not in labels(x)]
    return {
        name: f"{found_in(nlp, rows)} of {len(rows)}"
        for name, rows in (("with it", bears), ("without it", others))
    }


def found_in(nlp: Language, rows: list[Example]) -> int:
    """Passages in which LABEL is found."""
    docs = nlp.pipe([x.text for x in rows])
    return sum(any(r["label"] == LABEL for r in d._.relations) for d in docs)


if __name__ == "__main__":
    main()
