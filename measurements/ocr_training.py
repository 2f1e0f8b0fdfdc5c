"""What the augmenter `ocr` is worth on scans: F1 on text as read, and on clean text.

    python measurements/ocr_training.py PIPELINE CORPUS [--pack PATH] [--data PATH]
        [--steps N] [--level N] [--times X,Y] [--rate X] [--limit N] [--seed N]
        [--json PATH]

A trained pipeline's encoder and entities learn further from train.jsonl of CORPUS, with
the same steps and seed: once from its passages alone, once from the same passages of
which every other one has the errors of the augmenter. Scored on the first sentences of
NCBI-Disease's dev split, clean and as Tesseract read them (scanned.py); a mention that
was not carried counts as missed.
"""

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

import spacy
from scanned import DATA, print_and_read, score
from spacy.language import Language
from thinc.api import Adam, fix_random_seed
from thinc.schedules import warmup_linear

from phantom.augmenters.base import Passages
from phantom.augmenters.ocr import ocr
from phantom.jsonl import read_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.runtime import register_components
from phantom.training.to_gold import make_pairs

PACK = Path("assets/domains/medicine")
# Words of a batch, padding among them; that of configs/train.cfg.
SIZE = 750


def train(
    nlp: Language, passages: list[Example], steps: int, rate: float, seed: int
) -> None:
    """Train encoder and entities further. passages: Those of all steps, in order."""
    fix_random_seed(seed)
    learn_rate: Any = warmup_linear(rate, steps // 10, steps)
    optimizer = Adam(learn_rate=learn_rate, L2=0.01, grad_clip=1.0)
    optimizer.L2_is_weight_decay = True
    waiting = iter(passages)
    for _ in range(steps):
        batch: list[Example] = []
        while sum(len(x.text.split()) for x in batch) * 1.3 < SIZE:
            batch.append(next(waiting))
        nlp.update(make_pairs(nlp, batch, ()), drop=0.1, sgd=optimizer)
        optimizer.step_schedules()


def draw(examples: list[Example], count: int, seed: int) -> list[Example]:
    """Passages in random order, as many epochs as it takes."""
    chance = random.Random(seed)
    drawn: list[Example] = []
    while len(drawn) < count:
        drawn += chance.sample(examples, len(examples))
    return drawn[:count]


def main() -> None:
    """Train both ways and print F1 of the shipped pipeline and of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--level", type=int, default=2)
    parser.add_argument("--times", default="1", help="commas between")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--limit", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    register_components()
    pack = load_pack(args.pack)
    examples = list(read_jsonl(args.corpus / "train.jsonl", Example))
    sentences = list(read_jsonl(args.data, Example))[: args.limit]
    paper = print_and_read(sentences, args.level)
    labels = {entity.label for x in sentences for entity in x.entities}
    print(f"{paper.rate}% misread, {len(paper.lost)} mentions lost", flush=True)
    drawn = draw(examples, 40 * args.steps, args.seed)
    ways: dict[str, list[Example]] = {"as given": [], "without": drawn}
    for times in args.times.split(","):
        # Every other one of the same passages is a copy with errors.
        passages = Passages(pack, drawn[1::2], args.seed, drawn[1::2])
        copies = ocr(passages, share=1.0, level=args.level, times=float(times))
        made = {x.derived_from[0]: x for x in copies}
        mixed = [made.get(x.id, x) if i % 2 else x for i, x in enumerate(drawn)]
        ways[f"augmenter, times {times}"] = mixed
    figures: dict[str, Any] = {"steps": args.steps, "misread": paper.rate}
    for name, given in ways.items():
        nlp = spacy.load(args.pipeline, exclude=["relation_extractor"])
        start = time.process_time()
        if given:
            train(nlp, given, args.steps, args.rate, args.seed)
        figures[name] = {
            "clean": score(nlp, paper.written, 0, labels),
            "as read": score(nlp, paper.read, len(paper.lost), labels),
            "as read, of what was carried": score(nlp, paper.read, 0, labels),
            "s": round(time.process_time() - start),
        }
        print(name, figures[name], flush=True)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
