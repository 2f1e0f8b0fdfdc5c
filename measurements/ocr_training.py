"""What the augmenter `ocr` is worth on scans: F1 on text as read, and on clean text.

    python measurements/ocr_training.py PIPELINE CORPUS [--pack PATH] [--data PATH]
        [--steps N] [--level N] [--rates X,Y] [--times X,Y] [--share X] [--limit N]
        [--dev N] [--seed N] [--kept PATH] [--json PATH]

A trained pipeline's encoder and entities learn further from train.jsonl of CORPUS; at
each rate, with the same steps and seed, once from its passages alone and once from the
same passages of which a share has errors of the augmenter, at each number of times as
many as were measured. The setting is chosen by the short passages of CORPUS's dev side,
clean and as Tesseract read them (scanned.py): the best F1 on what was read, of those
that lose at most 0.5 on clean text. The first sentences of NCBI-Disease's dev split,
read likewise, only score. A mention that was not carried counts as missed. `--kept`
names a folder for what was read, so that the same pages are not read again.
"""

import argparse
import json
import random
import time
from itertools import islice
from pathlib import Path
from typing import Any

import spacy
from scanned import DATA, OnPaper, print_and_read, score
from spacy.language import Language
from thinc.api import Adam, fix_random_seed
from thinc.schedules import warmup_linear

from phantom.augmenters.base import Passages
from phantom.augmenters.ocr import ocr
from phantom.jsonl import read_jsonl
from phantom.packs.pack import Pack, load_pack
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


def pick_short(path: Path, count: int, words: int = 40) -> list[Example]:
    """The first passages of a file that are no documents. words (int): At most."""
    short = (x for x in read_jsonl(path, Example) if len(x.text.split()) <= words)
    return list(islice(short, count))


def vary(
    drawn: list[Example], pack: Pack, share: float, level: int, times: float, seed: int
) -> list[Example]:
    """The passages, a share of them with errors in their place."""
    picked = random.Random(seed).sample(drawn, round(share * len(drawn)))
    passages = Passages(pack, picked, seed, picked)
    copies = ocr(passages, share=1.0, level=level, times=times)
    made = {x.derived_from[0]: x for x in copies}
    return [made.get(x.id, x) for x in drawn]


def score_both(
    nlp: Language, papers: dict[str, OnPaper]
) -> dict[str, dict[str, dict[str, float]]]:
    """Of each paper: on its clean text, and as it was read."""
    found = {}
    for name, paper in papers.items():
        labels = {entity.label for x in paper.written for entity in x.entities}
        found[name] = {
            "clean": score(nlp, paper.written, 0, labels),
            "as read": score(nlp, paper.read, len(paper.lost), labels),
        }
    return found


def choose(figures: dict[str, dict[str, Any]]) -> tuple[str, str] | None:
    """The way that reads best on the dev side, and the one without errors beside it.

    RETURNS (Optional[Tuple[str, str]]): None if each loses more than 0.5 on clean text.
    """

    def f(way: str, text: str) -> float:
        return float(figures[way]["dev"][text]["f"])

    pairs = [(way, x["beside"]) for way, x in figures.items() if x["beside"]]
    kept = [x for x in pairs if f(x[0], "clean") >= f(x[1], "clean") - 0.5]
    return max(kept, key=lambda x: f(x[0], "as read"), default=None)


def read_numbers(text: str) -> list[float]:
    """Numbers with commas between."""
    return [float(number) for number in text.split(",")]


def main() -> None:
    """Train all ways, print F1 of the pipeline as it was and of each; choose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--level", type=int, default=2)
    parser.add_argument("--rates", default="1e-4", help="commas between")
    parser.add_argument("--times", default="1,3", help="commas between")
    parser.add_argument("--share", type=float, default=1 / 3)
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--dev", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kept", type=Path, help="folder for what was read")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    register_components()
    pack = load_pack(args.pack)
    texts = {
        "dev": pick_short(args.corpus / "dev.jsonl", args.dev),
        "NCBI": list(islice(read_jsonl(args.data, Example), args.limit)),
    }
    papers = {
        name: print_and_read(sentences, args.level, args.kept)
        for name, sentences in texts.items()
    }
    for name, paper in papers.items():
        mentions = sum(len(x.entities) for x in paper.written)
        lost = f"{len(paper.lost)} of {mentions} mentions lost"
        print(f"{name}: {paper.rate}% misread, {lost}", flush=True)
    examples = list(read_jsonl(args.corpus / "train.jsonl", Example))
    drawn = draw(examples, 40 * args.steps, args.seed)
    figures: dict[str, dict[str, Any]] = {}

    def take(way: str, beside: str, given: list[Example], rate: float) -> None:
        nlp = spacy.load(args.pipeline, exclude=["relation_extractor"])
        start = time.process_time()
        if given:
            train(nlp, given, args.steps, rate, args.seed)
        seconds = round(time.process_time() - start)
        figures[way] = {"beside": beside, "s": seconds, **score_both(nlp, papers)}
        print(way, json.dumps(figures[way]), flush=True)

    take("as it was", "", [], 0.0)
    for rate in read_numbers(args.rates):
        take(f"rate {rate:g}", "", drawn, rate)
        for times in read_numbers(args.times):
            given = vary(drawn, pack, args.share, args.level, times, args.seed)
            way = f"rate {rate:g}, {times:g} times the errors"
            take(way, f"rate {rate:g}", given, rate)
    chosen = choose(figures)
    print(f"chosen by dev: {' beside '.join(chosen) if chosen else 'none'}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
