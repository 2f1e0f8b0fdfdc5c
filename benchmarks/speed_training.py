"""Whether our training ends where stock's does: same data, batches, steps, seeds."""

import io
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import spacy
from recorded import read_recorded
from spacy.tokens import DocBin
from spacy.training import Example as SpacyExample
from spacy.util import load_config
from speed_pipelines import ROOT, entity_f1, stock_model

from phantom.docbin import to_doc, write_docbin
from phantom.records import Example
from phantom.training import train

DEV = 200
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
    """Mean and range over the seeds, a line per variant and measure."""
    for key in ("real", "dev", "dev_relations", "seconds"):
        for variant in ("stock", "bf16"):
            values = [row[key] for row in rows if row["variant"] == variant]
            mean, low, high = statistics.mean(values), min(values), max(values)
            print(f"{key:14} {variant:6} {mean:8.2f} ({low:.2f} to {high:.2f})")
