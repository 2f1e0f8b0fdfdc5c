"""Whether our training ends where stock's does: same data, batches, steps, seeds.

Usage: python measurements/speed_training.py [--seeds N] [--steps M] [--benchmarks DIR]
       [--json FILE]

A seed of 1,200 steps takes stock some 15 minutes on two
cores and ours half of that.
"""

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import spacy  # noqa: E402
from recorded import read_recorded  # noqa: E402
from scipy.stats import ttest_ind  # noqa: E402
from spacy.tokens import DocBin  # noqa: E402
from spacy.training import Example as SpacyExample  # noqa: E402
from spacy.util import load_config  # noqa: E402
from speed_pipelines import (  # noqa: E402
    BENCHMARKS,
    entity_f1,
    read_texts,
    stock_model,
)

from phantom.corpora.docbin import to_doc, write_docbin  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.training.loop import train  # noqa: E402

DEV = 200
MEASURES = ("real", "dev", "dev_relations")
Row = dict[str, Any]


def compare_training(seeds: int, steps: int, gold: list[Example]) -> list[Row]:
    """Train "stock" and "bf16" in turn, once per seed, on the recorded corpus.

    gold (List[Example]): Real text with entities, to score beside synthetic dev.
    RETURNS (List[Dict[str, Any]]): "seed", "variant", "seconds" and final F1 in
        points: "real" (entities), "dev" and "dev_relations".
    """
    rows = []
    with tempfile.TemporaryDirectory(prefix="phantom-speed-") as name:
        folder = Path(name)
        blank, examples = spacy.blank("en"), read_recorded()
        docs = [to_doc(blank, example) for example in examples]
        write_docbin(folder / "train.spacy", docs[DEV:], blank.vocab)
        write_docbin(folder / "dev.spacy", docs[:DEV], blank.vocab)
        for seed in range(seeds):
            for variant in ("stock", "bf16"):
                row = _train(folder, variant, seed, steps, gold)
                print(row, flush=True)
                rows.append(row)
    return rows


def _train(
    folder: Path, variant: str, seed: int, steps: int, gold: list[Example]
) -> Row:
    config = load_config(ROOT / "configs" / "train.cfg", interpolate=False)
    transformer = config["components"]["transformer"]
    if variant == "stock":
        transformer["model"] = stock_model(transformer["model"])
    else:
        transformer["model"]["precision"] = variant
    path = folder / f"{variant}.cfg"
    config.to_disk(path)
    overrides = {
        "paths.train": str(folder / "train.spacy"),
        "paths.dev": str(folder / "dev.spacy"),
        "paths.labels": str(folder),
        "system.seed": seed,
        "training.max_steps": steps,
        # Beyond the end: what is compared is training, not evaluation on the way.
        "training.eval_frequency": steps + 1,
        "training.optimizer.learn_rate.total_steps": steps,
        "training.optimizer.learn_rate.warmup_steps": max(1, steps // 10),
    }
    output, out = folder / f"{variant}-{seed}", io.StringIO()
    start = time.perf_counter()
    train(path, output, overrides, resume=False, stdout=out, stderr=out)
    seconds = time.perf_counter() - start
    nlp = spacy.load(output / "model-last")
    docs = DocBin().from_disk(folder / "dev.spacy").get_docs(nlp.vocab)
    scores = nlp.evaluate([SpacyExample(nlp.make_doc(d.text), d) for d in docs])
    return {
        "seed": seed,
        "variant": variant,
        "seconds": seconds,
        "real": entity_f1(nlp, gold),
        "dev": 100 * scores["ents_f"],
        "dev_relations": 100 * (scores["rel_micro_f"] or 0),
    }


def print_seeds(rows: list[Row]) -> None:
    """Mean and range over the seeds, and how far apart the two variants are."""
    for key in (*MEASURES, "seconds"):
        stock, ours = (values_of(rows, variant, key) for variant in ("stock", "bf16"))
        for variant, values in (("stock", stock), ("bf16", ours)):
            mean, low, high = statistics.mean(values), min(values), max(values)
            print(f"{key:14} {variant:6} {mean:8.2f} ({low:.2f} to {high:.2f})")
        if key in MEASURES and len(stock) > 1:
            gap, low, high = difference(stock, ours)
            print(f"{key:14} gap    {gap:8.2f} [{low:.2f}, {high:.2f}]")


def values_of(rows: list[Row], variant: str, key: str) -> list[float]:
    """A measure's values, one per seed."""
    return [row[key] for row in rows if row["variant"] == variant]


def difference(stock: list[float], ours: list[float]) -> tuple[float, float, float]:
    """How much more ours have on average, with its 95% interval by Welch's t-test."""
    interval = ttest_ind(ours, stock, equal_var=False).confidence_interval(0.95)
    gap = statistics.mean(ours) - statistics.mean(stock)
    return gap, float(interval.low), float(interval.high)


def main() -> None:
    """Train, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="2 or more")
    parser.add_argument("--steps", type=int, default=1200, help="of each seed")
    parser.add_argument("--benchmarks", type=Path, default=BENCHMARKS)
    parser.add_argument("--json", type=Path, help="file for all figures")
    args = parser.parse_args()
    _, gold, name = read_texts(args.benchmarks)
    print(f"real: {name}; dev: synthetic, {DEV} examples")
    rows = compare_training(args.seeds, args.steps, gold)
    print_seeds(rows)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
