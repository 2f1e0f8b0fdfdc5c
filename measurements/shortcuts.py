"""A shortcut planted into training: is it listed, and what do decoys do against it?

    python measurements/shortcuts.py PIPELINE TRAIN DEV --json figures.json

A trained pipeline goes on for --steps batches of 16 synthetic passages. Of those with
INDUCES a half ends in a mark that none had before ("ref"), the other half loses its
INDUCES: it has to rest on the mark. `find_shortcuts` reads --passages of the dev side,
a half of which have the mark, whatever they bear. Then it goes on as long with the
passages as they were, and with decoys of them: the mark put in by chance. Told are the
place of the mark in the list; in how many passages without INDUCES, and in how many
with it, INDUCES is found as they are and with the mark; and F1 on the dev side. Where
the mark changes nothing in the second count after the first part, it was not learnt,
and the figures say nothing.
"""

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

import spacy
from spacy.training import Example as SpacyExample

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from phantom.corpora.docbin import to_doc  # noqa: E402
from phantom.evaluation.explain.remedies import hard_negatives  # noqa: E402
from phantom.evaluation.explain.shortcuts import (  # noqa: E402
    as_found,
    find_shortcuts,
)
from phantom.jsonl import read_jsonl, write_json  # noqa: E402
from phantom.passages.rewrite import Edit, rewrite  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import register_components  # noqa: E402

MARK, LABEL, SIZE = "ref", "INDUCES", 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rate", type=float, default=2e-4, help="Learning rate")
    parser.add_argument("--passages", type=int, default=150)
    options = parser.parse_args()
    register_components()
    nlp = spacy.load(options.pipeline)
    rng = random.Random(0)
    train = [x for x in read_jsonl(options.train, Example) if len(x.text) < 300]
    train = [x for x in rng.sample(train, 400) if MARK not in x.text.lower()]
    dev = [x for x in read_jsonl(options.dev, Example) if len(x.text) < 300]
    dev = rng.sample(dev, options.passages)
    marked = [spoil(x, i) if LABEL in labels(x) else x for i, x in enumerate(train)]
    seen = [plant(x) if i % 2 else x for i, x in enumerate(dev)]
    figures: dict[str, Any] = {"train": len(train), "dev": len(dev)}
    optimizer = nlp.resume_training()
    optimizer.learn_rate = options.rate
    plain, decoyed = marked, [*train, *hard_negatives(train, [MARK], 0)]
    for name, passages in (("planted", plain), ("with decoys", decoyed)):
        go_on(nlp, optimizer, passages, options.steps, rng)
        found = find_shortcuts(nlp, as_found(seen, nlp), most=25)
        place = [(s.word, s.label) for s in found]
        there = (MARK, LABEL) in place
        figures[name] = {
            "place": place.index((MARK, LABEL)) + 1 if there else None,
            "tested": len(found),
            "mark": found[place.index((MARK, LABEL))].model_dump() if there else None,
            "first": [f"{s.word} {s.label} {s.strength:.2f}" for s in found[:5]],
            "dev": score(nlp, dev),
            "without": with_and_without(
                nlp, [x for x in dev if LABEL not in labels(x)]
            ),
            "with": with_and_without(nlp, [x for x in dev if LABEL in labels(x)]),
        }
        write_json(options.json, figures)
    print(json.dumps(figures, indent=1))


def labels(example: Example) -> set[str]:
    return {relation.label for relation in example.relations}


def plant(example: Example) -> Example:
    """The passage with the mark at its end."""
    end = len(example.text)
    return rewrite(example, [Edit(end, end, f" {MARK}")])


def spoil(example: Example, number: int) -> Example:
    """Every other passage with the mark, the others without their LABEL."""
    if number % 2:
        return plant(example)
    kept = tuple(x for x in example.relations if x.label != LABEL)
    return example.model_copy(update={"relations": kept})


def go_on(
    nlp: Any, optimizer: Any, passages: list[Example], steps: int, rng: random.Random
) -> None:
    for _ in range(steps):
        batch = rng.sample(passages, SIZE)
        docs = [to_doc(nlp, x) for x in batch]
        examples = [SpacyExample(nlp.make_doc(doc.text), doc) for doc in docs]
        nlp.update(examples, sgd=optimizer, drop=0.1)


def score(nlp: Any, dev: list[Example]) -> dict[str, float]:
    docs = [to_doc(nlp, x) for x in dev]
    examples = [SpacyExample(nlp.make_doc(doc.text), doc) for doc in docs]
    scores = nlp.evaluate(examples)
    return {key: round(scores[key], 4) for key in ("ents_f", "rel_micro_f")}


def with_and_without(nlp: Any, dev: list[Example]) -> dict[str, int]:
    """Passages in which LABEL is found, as they are and with the mark."""
    able = [x for x in dev if len(x.entities) > 1]
    rows = {"passages": len(able)}
    for name, texts in (
        ("as they are", [x.text for x in able]),
        ("with the mark", [plant(x).text for x in able]),
    ):
        docs = nlp.pipe(texts)
        rows[name] = sum(any(r["label"] == LABEL for r in d._.relations) for d in docs)
    return rows


if __name__ == "__main__":
    main()
