"""What personas do: to the plan, and to the passages of a corpus that has some.

    python measurements/personas.py assets/domains/medicine [accepted.jsonl]

The plan can be measured without a language model. For the passages, plan with
`--personas 0.5`, have them written, and give the accepted ones: those with a writer
stand beside those without, drawn by the same quotas.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from phantom.checks import CheckContext, load_config
from phantom.checks.diversity import self_bleu
from phantom.checks.engine.corpus import Corpus
from phantom.checks.groups import find_groups
from phantom.checks.models.minhash import shingle
from phantom.jsonl import read_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.packs.personas import WRITER
from phantom.planning.plan import make_plan
from phantom.planning.quotas import writer_cells
from phantom.planning.writers import find_writers
from phantom.records import Example

SPECS = 2000
RESAMPLES = 200


def measure_plan(pack: Pack, total: int = SPECS, share: float = 0.5) -> dict[str, Any]:
    """How near writers come to their quota, and what else of the plan changes."""
    plain = make_plan(pack, total, seed=0)
    specs = make_plan(pack, total, writers=find_writers(pack, share, 0), seed=0)
    cells = writer_cells(pack, specs)
    rest = [{k: v for k, v in spec.attributes.items() if k != WRITER} for spec in specs]
    return {
        "specs": total,
        "with a writer": sum(WRITER in spec.attributes for spec in specs),
        "writers": len(cells),
        "furthest from quota": max(abs(c.planned / c.quota - 1) for c in cells),
        "specs that differ otherwise": sum(
            (a.kind, a.attributes, a.seeds) != (b.kind, own, b.seeds)
            for a, b, own in zip(plain, specs, rest, strict=True)
        ),
    }


def measure_passages(
    examples: Sequence[Example], context: CheckContext, seed: int = 0
) -> dict[str, Any]:
    """Diversity and groups of people of passages with a writer and without.

    Samples of one size are compared, since the figures fall with size.
    RETURNS (Dict[str, Any]): By figure: with, without, and the 95% interval of the
        difference over resampled passages for the share that names a group.
    RAISES: ValueError if either side is empty.
    """
    sides = [
        [x for x in examples if (WRITER in x.meta.get("attributes", {})) is has]
        for has in (True, False)
    ]
    size = min(map(len, sides))
    if not size:
        raise ValueError(
            f"{len(sides[0])} passages with a writer and {len(sides[1])} without: "
            "plan with --personas 0.5 and have both written"
        )
    rng = np.random.default_rng(seed)
    parts = [
        Corpus([side[i] for i in sorted(rng.permutation(len(side))[:size])])
        for side in sides
    ]
    found: dict[str, Any] = {"passages": size}
    figures = [_diversity(part) for part in parts]
    for name in figures[0]:
        found[name] = [round(figure[name], 4) for figure in figures]
    groups = [find_groups(part, context) for part in parts]
    names = [
        [x.id in named for x in part] for part, named in zip(parts, groups, strict=True)
    ]
    draws = rng.integers(0, size, (RESAMPLES, 2, size))
    shares = [
        np.array(row, float)[draws[:, i]].mean(axis=1) for i, row in enumerate(names)
    ]
    low, high = np.percentile(shares[0] - shares[1], [2.5, 97.5])
    found["names a group"] = [round(float(np.mean(row)), 4) for row in names]
    found["difference, 95%"] = [round(float(low), 4), round(float(high), 4)]
    counts = [
        Counter((d, g) for one in side.values() for d, gs in one.items() for g in gs)
        for side in groups
    ]
    for dimension, group in sorted({*counts[0], *counts[1]}):
        row = [count[dimension, group] for count in counts]
        found[f"{dimension}: {group}"] = row
    return found


def _diversity(corpus: Corpus) -> dict[str, float]:
    tokens = [[w.lower() for w in words if w[0].isalnum()] for words in corpus.tokens]
    flat = shingle(tokens, 2).flat
    return {
        "distinct_2": len(np.unique(flat)) / max(len(flat), 1),
        "self_bleu": self_bleu(tokens[:300]),
        "words": float(np.mean([len(words) for words in tokens])),
    }


def main(pack_path: str, examples_path: str = "") -> None:
    pack = load_pack(Path(pack_path))
    for name, value in measure_plan(pack).items():
        print(
            f"{name:30} {value:,.3g}"
            if isinstance(value, float)
            else f"{name:30} {value:,}"
        )
    if examples_path:
        context = CheckContext(pack, load_config(pack.path))
        examples = list(read_jsonl(Path(examples_path), Example))
        for name, value in measure_passages(examples, context).items():
            print(f"{name:30} {value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
