"""What fewer layers cost and bring: F1 beside words/s of a teacher and its students.

Usage: python measurements/students.py TEACHER STUDENT... --corpus FOLDER
       [--benchmarks DIR] [--only speed|scores] [--texts N] [--repeats N] [--cpu-time]
       [--json FILE]

Each pipeline in what `precision = "auto"` picks here and in what else the hardware
runs, beside the teacher's weights under the stock layer. Scores are strict: entities
and relations on synthetic dev, entities on real text (NCBI-Disease and BC5CDR dev, so
many sentences of each). With --cpu-time, one thread is used and its CPU time counted,
for a busy machine. ONEDNN_MAX_CPU_ISA and its like let a better CPU stand in for
a lesser one, as in speed_classes.py.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import torch  # noqa: E402
from speed_machine import describe_machine, find_precisions  # noqa: E402
from speed_measure import interleave, pipe_words, ratio  # noqa: E402
from speed_pipelines import (  # noqa: E402
    BENCHMARKS,
    entity_f1,
    load_variant,
    read_texts,
)

from phantom.jsonl import read_jsonl  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.training.scoring import predict_beside, score  # noqa: E402
from phantom.training.to_gold import read_corpus  # noqa: E402

REAL = ("ncbi_disease", "bc5cdr")
Row = dict[str, Any]


def load_all(paths: list[Path], precisions: list[str]) -> list[Row]:
    """Pipelines by folder and precision, those of most layers first."""
    rows: list[Row] = []
    for path in paths:
        for precision in precisions:
            nlp = load_variant(path, precision)
            model: Any = nlp.get_pipe("transformer").model  # type: ignore[attr-defined]
            layers = model.transformer.config.num_hidden_layers
            rows.append({"layers": layers, "precision": precision, "nlp": nlp})
    return sorted(rows, key=lambda row: -row["layers"])


def add_speed(rows: list[Row], teacher: Path, args: argparse.Namespace) -> float:
    """Words/s of each row, and how often the stock layer's. RETURNS: The latter's."""
    texts = read_texts(args.benchmarks)[0][: args.texts]
    runs: dict[str, Callable[[], int]] = {
        str(i): partial(pipe_words, row["nlp"], texts) for i, row in enumerate(rows)
    }
    runs["stock"] = partial(pipe_words, load_variant(teacher, "stock"), texts)
    clock = time.process_time if args.cpu_time else time.perf_counter
    rates = interleave(runs, args.repeats, args.budget, clock)
    for i, row in enumerate(rows):
        row["words_per_second"] = statistics.median(rates[str(i)])
        row["to_stock"] = ratio(rates, str(i), "stock")
    return statistics.median(rates["stock"])


def add_scores(rows: list[Row], args: argparse.Namespace) -> None:
    """F1 of each row in points."""
    for row in rows:
        nlp = row["nlp"]
        dev = read_corpus(nlp, args.corpus / "dev.spacy")
        found = score(nlp, predict_beside(nlp, dev))
        row["dev_entities"] = 100 * (found.ents_f or 0)
        row["dev_relations"] = 100 * (found.rel_micro_f or 0)
        for name in REAL:
            path = args.benchmarks / name / "dev.jsonl"
            if path.is_file():
                gold = list(read_jsonl(path, Example))[: args.sentences]
                row[name] = entity_f1(nlp, gold)
        print({k: v for k, v in row.items() if k != "nlp"}, flush=True)


def make_table(rows: list[Row]) -> str:
    """A Markdown table, one row for each pipeline and precision."""
    keys = [key for key in rows[0] if key != "nlp"]
    lines = ["| " + " | ".join(keys) + " |", "|---" * len(keys) + "|"]
    digits = {"words_per_second": 0, "to_stock": 2}
    for row in rows:
        cells = [
            f"{row[key]:,.{digits.get(key, 1)}f}"
            if isinstance(row[key], float)
            else str(row[key])
            for key in keys
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipelines", type=Path, nargs="+", help="the teacher first")
    parser.add_argument("--corpus", type=Path, required=True, help="for dev.spacy")
    parser.add_argument("--benchmarks", type=Path, default=BENCHMARKS)
    parser.add_argument("--only", choices=["speed", "scores"])
    parser.add_argument("--texts", type=int, default=256, help="for words/s")
    parser.add_argument("--sentences", type=int, default=1000, help="of real text")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--budget", type=float, default=3600, help="seconds of rounds")
    parser.add_argument("--cpu-time", action="store_true", help="see above")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if args.cpu_time:
        torch.set_num_threads(1)
    machine = describe_machine()
    print(json.dumps(machine))
    rows = load_all(args.pipelines, find_precisions(False)[1])
    if args.only != "scores":
        stock = add_speed(rows, args.pipelines[0], args)
        print(f"stock: {stock:,.0f} words/s")
    if args.only != "speed":
        add_scores(rows, args)
    print(make_table(rows))
    if args.json:
        told = [{k: v for k, v in row.items() if k != "nlp"} for row in rows]
        text = json.dumps({"machine": machine, "rows": told}, indent=2)
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
