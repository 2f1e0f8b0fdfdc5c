"""What mitigation closes of a planted gap, and what it costs elsewhere.

Usage: python measurements/mitigation.py PACK CORPUS [--size 400] [--steps 250]
       [--arms clean,planted,own,made,opened,both] [--seeds 0] [--json PATH]
       [--pipeline PATH --dev DEV]

CORPUS is checked.jsonl of a round. Of the passages whose sex can be exchanged, a third
(or those of DEV) is for testing, in a version about women and one about men, so that
the two groups differ in nothing else. In training, nothing is marked in passages that
name women. The encoder and the recognizer of configs/train.cfg, or those of a trained
pipeline that goes on, learn from it through phantom.HybridCorpus.v1: from the passages
without the fault (clean), as they are (planted), with the women's passages drawn more
often (own), with passages of men made women's (made), with these and other passages
after a sentence about a woman (opened), with both. Printed are recall by sex, the gap
that `audit` sees with its interval, and F1 on other passages and on all. Each of
--seeds (commas between) draws other passages and trains anew. Over all seeds: the part
of the planted gap that each arm closes, and its change of F1, with 95% intervals by
resampling test passages.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import spacy  # noqa: E402
from faulty_training import SEX, plant, split, train, write  # noqa: E402
from scored import compare, count, draw_differences, interval, percent  # noqa: E402
from spacy.language import Language  # noqa: E402

from phantom.checks.engine.config import load_config  # noqa: E402
from phantom.checks.engine.context import CheckContext  # noqa: E402
from phantom.checks.groups import make_finder  # noqa: E402
from phantom.corpora.group_balance import balance_groups  # noqa: E402
from phantom.evaluation.audit.auditor import audit_cases  # noqa: E402
from phantom.evaluation.audit.records import Audit, Metric, Task  # noqa: E402
from phantom.evaluation.cases import make_cases, make_requests  # noqa: E402
from phantom.evaluation.evaluator import synthetic_dataset  # noqa: E402
from phantom.evaluation.metrics import Floats  # noqa: E402
from phantom.evaluation.predictions import predict  # noqa: E402
from phantom.jsonl import read_jsonl, write_json  # noqa: E402
from phantom.packs.pack import Pack, load_pack  # noqa: E402
from phantom.packs.swaps import read_swaps  # noqa: E402
from phantom.passages.groups import GroupFinder  # noqa: E402
from phantom.passages.swaps import Swapper  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import register_components  # noqa: E402

WORSE, WOMEN = {"sex": ["female"]}, ("female", "recall", "all")
Counts = dict[str, Floats]
RECALL: tuple[Task, Metric] = ("entities", "recall")


def audit(pack: Pack, nlp: Language, test: list[Example], finder: GroupFinder) -> Audit:
    """The audit of a pipeline on test passages."""
    dataset = synthetic_dataset(pack, "test.jsonl").model_copy(
        update={"tasks": ["entities"], "relations": {}}
    )
    requests = make_requests(dataset, test, {})
    found = predict(nlp, requests)
    cases = make_cases(dataset, test, requests, found)
    return audit_cases(*(pack, dataset, cases, finder, "test"), parity=False)


def run(arguments: argparse.Namespace, seed: int) -> Iterator[tuple[dict, Counts]]:
    """One row per arm, and what its scores are made of."""
    pack = load_pack(arguments.pack)
    config = load_config(arguments.pack)
    finder = make_finder(CheckContext(pack, config))
    swapper = Swapper(read_swaps(pack), config.person_labels, seed)
    examples = list(read_jsonl(arguments.corpus, Example))
    dev = list(read_jsonl(arguments.dev, Example)) if arguments.dev else []
    training, test, others = split(examples, dev, swapper, arguments.size, seed)
    planted = [plant(x, finder) for x in training]
    unmarked = sum(a is not b for a, b in zip(training, planted, strict=True))
    for arm in arguments.arms.split(","):
        with tempfile.TemporaryDirectory() as name:
            folder, nlp = Path(name), spacy.blank(pack.domain.lang)
            source = training if arm == "clean" else planted
            write(folder / "train.spacy", nlp, source)
            more = make(pack, arm, planted, finder, arguments.opened)
            if more:
                write(folder / "augmented.spacy", nlp, more)
            weight = arguments.weight if more else 0.0
            trained = train(folder, weight, arguments.steps, seed, arguments.pipeline)
        cells = audit(pack, trained, test, finder).cells
        cell = next(c for c in cells if (c.group, c.metric, c.label) == WOMEN)
        counts = {
            "elsewhere": count(pack, trained, others, "entities"),
            "all": count(pack, trained, [*others, *test], "entities"),
        }
        for sex in SEX[1:]:
            side = sorted((x.id, x) for x in test if x.id.endswith(f"/{sex}"))
            counts[sex] = count(pack, trained, [x for _, x in side], *RECALL)
        row = {
            "seed": seed,
            "arm": arm,
            "training": len(planted),
            "unmarked": unmarked,
            "made": len(more),
            "tested": len(test),
            "women": cell.value,
            "men": cell.rest,
            "gap": cell.gap,
            "interval": [cell.low, cell.high],
            "alarm": cell.alarm,
            "f1_elsewhere": percent(counts["elsewhere"]),
            "elsewhere": len(others),
            "f1_all": percent(counts["all"]),
        }
        yield row, counts


def make(
    pack: Pack, arm: str, planted: list[Example], finder: GroupFinder, opened: int
) -> list[Example]:
    """What an arm mixes in beside the planted passages."""
    if arm in ("clean", "planted"):
        return []
    own, opened = arm in ("own", "both"), opened if arm == "opened" else 0
    more = balance_groups(pack, planted, WORSE, finder, own=own, opened=opened)
    return [x for x in more if arm != "own" or not x.varied]


def summarize(counts: dict[str, list[Counts]]) -> dict[str, Any]:
    """Over all seeds: gaps of recall, how much of the planted one is closed, F1."""

    def of(arm: str, name: str) -> list[Floats]:
        return [run[name] for run in counts[arm]]

    told: dict[str, Any] = {}
    first, first_drawn = draw_differences(
        of("planted", "male"), of("planted", "female")
    )
    for arm in counts:
        gap, drawn = draw_differences(of(arm, "male"), of(arm, "female"))
        told[arm] = {"gap": interval(gap, drawn)}
        if arm == "planted":
            continue
        closed = 100 * (1 - drawn / first_drawn)
        told[arm]["closed"] = interval(100 * (1 - gap / first), closed)
        for name in ("elsewhere", "all"):
            moved = compare(of("planted", name), of(arm, name))
            told[arm][f"f1_{name}"] = moved
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pack", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--arms", default="clean,planted,own,made,opened,both")
    parser.add_argument("--size", type=int, default=400)
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--pipeline", type=Path, help="Goes on; else one starts")
    parser.add_argument("--dev", type=Path, help="To test on, in place of a third")
    parser.add_argument("--weight", type=float, default=0.5, help="Of what was made")
    parser.add_argument("--opened", type=int, default=300)
    parser.add_argument("--seeds", default="0", help="Commas between")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    register_components()
    rows: list[dict] = []
    counts: dict[str, list[Counts]] = {}
    for seed in map(int, arguments.seeds.split(",")):
        for row, of_run in run(arguments, seed):
            rows.append(row)
            counts.setdefault(row["arm"], []).append(of_run)
            print(json.dumps(row), flush=True)
    told = summarize(counts) if "planted" in counts else {}
    print(json.dumps(told, indent=1))
    if arguments.json:
        write_json(arguments.json, {"runs": rows, "over all seeds": told})


if __name__ == "__main__":
    main()
