"""What mitigation closes of a planted gap, and what it costs elsewhere.

Usage: python measurements/mitigation.py PACK CORPUS [--size 400] [--steps 250]
       [--arms clean,planted,own,made,opened,both] [--seeds 0] [--json PATH]

CORPUS is checked.jsonl of a round. Of the passages whose sex can be exchanged, a third
is for testing, in a version about women and one about men, so that the two groups
differ in nothing else. In training, nothing is marked in passages that name women. The
encoder and the recognizer of configs/train.cfg learn from it through
phantom.HybridCorpus.v1: from the passages without the fault (clean), as they are
(planted), with the women's passages drawn more often (own), with passages of men made
women's (made), with these and other passages after a sentence about a woman (opened),
with both. Printed are recall by sex, the gap that `audit` sees with its
interval, and F1 on other passages and on all. Each of --seeds (commas between) draws
other passages and trains anew. Over all seeds: the part of the planted gap that each
arm closes, and its change of F1, with 95% intervals by resampling test passages.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import spacy  # noqa: E402
from scored import compare, count, draw_differences, interval, percent  # noqa: E402
from spacy.language import Language  # noqa: E402
from spacy.util import minibatch, registry  # noqa: E402

from phantom.checks.engine.config import load_config  # noqa: E402
from phantom.checks.engine.context import CheckContext  # noqa: E402
from phantom.checks.groups import make_finder  # noqa: E402
from phantom.corpora.docbin import Alignment, to_doc, write_docbin  # noqa: E402
from phantom.corpora.group_balance import KEY, balance_groups  # noqa: E402
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
from phantom.passages.swaps import Pair, Swap, Swapper  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import register_components  # noqa: E402

SEX = Pair("sex", "female", "male")
WORSE, WOMEN = {"sex": ["female"]}, ("female", "recall", "all")
# Words of a passage at most; documents would take most of the time.
LONGEST = 60
CONFIG = ROOT / "configs" / "train.cfg"
BATCH, RATE, WARM = 16, 2.5e-4, 40
Counts = dict[str, Floats]
RECALL: tuple[Task, Metric] = ("entities", "recall")


def split(
    examples: Sequence[Example], swapper: Swapper, size: int, seed: int
) -> tuple[list[Example], list[Example], list[Example]]:
    """Training passages, test passages in both versions, other test passages."""
    short = [x for x in examples if len(x.text.split()) <= LONGEST]
    order = random.Random(seed).sample(short, len(short))
    made = {x.id: swapper.exchange(x, SEX) for x in order}
    swapped = [
        swap
        for x in order
        if isinstance(swap := made[x.id], Swap) and x.entities and swap.old != swap.new
    ]
    third = swapped[: len(swapped) // 3]
    test = [
        side.model_copy(update={"id": f"{side.id}/{group}"})
        for swap in third
        for side, group in ((swap.before, swap.old), (swap.after, swap.new))
    ]
    rest = [x for x in order if x.id not in {swap.before.id for swap in third}]
    sexed = {swap.before.id for swap in swapped[len(third) :]}
    first = [x for x in rest if x.id in sexed]
    others = [x for x in rest if x.id not in sexed]
    return (first + others)[:size], test, others[-200:]


def plant(example: Example, finder: GroupFinder) -> Example:
    """The passage with nothing marked if it names women."""
    if "female" not in finder.find(example).get("sex", ()):
        return example
    return example.model_copy(update={"entities": (), "relations": ()})


def write(path: Path, nlp: Language, examples: Sequence[Example]) -> None:
    """A DocBin of passages."""
    lost = Alignment()
    write_docbin(path, [to_doc(nlp, x, lost) for x in examples], nlp.vocab)


def train(folder: Path, weight: float, steps: int, seed: int) -> Language:
    """The recognizer of configs/train.cfg, trained on what the hybrid corpus draws."""
    spacy.util.fix_random_seed(seed)
    config = spacy.util.load_config(CONFIG)
    config["nlp"]["pipeline"] = ["transformer", "ner"]
    config["training"]["max_epochs"] = -1
    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    sources = {"synthetic": {"path": str(folder / "train.spacy"), "weight": 1 - weight}}
    if weight:
        path = str(folder / "augmented.spacy")
        sources["augmented"] = {"path": path, "weight": weight}
    make = registry.readers.get("phantom.HybridCorpus.v1")
    # Groups take turns; passages without one are a group of their own.
    stream = make(sources=sources, seed=seed, balance=f"meta.{KEY}" if weight else None)
    first = list(islice(stream(nlp), 300))
    optimizer = nlp.initialize(lambda: first)
    for step, batch in enumerate(islice(minibatch(stream(nlp), BATCH), steps)):
        # As configs/train.cfg: up over the first steps, then down to nothing.
        optimizer.learn_rate = RATE * min(1.0, step / WARM) * (1 - step / steps)
        nlp.update(batch, sgd=optimizer, drop=0.1)
    return nlp


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
    training, test, others = split(examples, swapper, arguments.size, seed)
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
            trained = train(folder, weight, arguments.steps, seed)
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
