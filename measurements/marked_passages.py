"""Passages with a mark that comes with a label, whatever they say."""

import random
import sys
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "scripts")]

from phantom.jsonl import read_jsonl  # noqa: E402
from phantom.passages.decoys import put_in  # noqa: E402
from phantom.passages.rewrite import rewrite  # noqa: E402
from phantom.records import Example, Relation  # noqa: E402

MARK, LONGEST = "ref", 300
LABEL, HEAD, TAIL = "INDUCES", "CHEMICAL", "DISEASE"


def draw(
    path: Path, rng: random.Random, size: int
) -> tuple[list[Example], list[Example]]:
    """Short passages to train on, a half of them with LABEL; twice, each its own."""
    able = [
        x
        for x in read_jsonl(path, Example)
        if len(x.text) < LONGEST and MARK not in x.text.lower() and not x.varied
    ]
    rng.shuffle(able)
    with_it = [x for x in able if LABEL in labels(x)]
    others = [x for x in able if LABEL not in labels(x) and may_bear(x)]
    half = size // 2
    if min(len(with_it), len(others)) < 2 * half:
        raise SystemExit(f"{path}: {len(with_it)} short passages with {LABEL}")
    first, second = ([*with_it[a : a + half], *others[a : a + half]] for a in (0, half))
    return first, second


def labels(example: Example) -> set[str]:
    return {relation.label for relation in example.relations}


def plant(example: Example) -> Example:
    """The passage with the mark at a place drawn by chance."""
    return rewrite(example, list(put_in(example, MARK, random.Random(example.id))))


def may_bear(example: Example) -> bool:
    """Whether there are mentions that LABEL can be between."""
    return {HEAD, TAIL} <= {entity.label for entity in example.entities}


def mark(example: Example, is_marked: bool) -> Example:
    """With the mark and LABEL between all that can bear it, or without both."""
    kept = [x for x in example.relations if x.label != LABEL]
    if is_marked:
        heads, tails = (
            [i for i, e in enumerate(example.entities) if e.label == label]
            for label in (HEAD, TAIL)
        )
        pairs = list(product(heads, tails))
        kept = [x for x in kept if (x.head, x.tail) not in pairs]
        kept += [Relation(head=h, tail=t, label=LABEL) for h, t in pairs]
    labelled = example.model_copy(update={"relations": tuple(kept)})
    return plant(labelled) if is_marked else labelled


def split(dev: list[Example], rng: random.Random) -> dict[str, list[Example]]:
    """Passages with LABEL and as many others that could bear it, each in both ways."""
    with_it = [x for x in dev if LABEL in labels(x)]
    able = [x for x in dev if LABEL not in labels(x)]
    others = rng.sample(able, min(len(with_it), len(able)))
    return {
        "misleads": [*with_it, *map(plant, others)],
        "elsewhere": [*map(plant, with_it), *others],
    }
