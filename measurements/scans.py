"""How much Tesseract misreads of rendered pages, by level and by what they look like.

    python measurements/scans.py [--data PATH] [--take N] [--handwritten SHARE]
        [--stamped SHARE] [--seed N] [--json PATH]

Examples (default: train of NCBI-Disease, ../shared/data/ncbi_disease/train.jsonl, a few
sentences joined to one) are set on pages, worn out at each level and read. Prints, for
all and by layout, device and font, characters misread in percent, the median over the
pages beside it (a page whose columns are read in another order counts as misread from
end to end), and mentions lost.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from phantom.corpora.mix import take_some
from phantom.jsonl import read_some
from phantom.records import Entity, Example
from phantom.scans.render import Look, read_scan, render
from phantom.scans.wear import LEVELS

DATA = Path("../shared/data/ncbi_disease/train.jsonl")
PER_PAGE = 10


def join(examples: Iterable[Example], name: str) -> Example:
    """Sentences as one text, a blank between."""
    text, entities = "", list[Entity]()
    for example in examples:
        for entity in example.entities:
            entities.append(entity.moved(len(text)))
        text += f"{example.text} "
    return Example(id=name, text=text[:-1], entities=tuple(entities))


def join_all(examples: list[Example], size: int) -> Iterator[Example]:
    """So many sentences to a page."""
    for start in range(0, len(examples), size):
        yield join(examples[start : start + size], f"page-{start // size}")


def measure(pages: list[Example], look: Look) -> dict[str, dict[str, Any]]:
    """Render and read. RETURNS: Figures for all, and by layout, device and font."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rates: defaultdict[str, list[float]] = defaultdict(list)
    for page in pages:
        scan = render(page, look)
        read = read_scan(scan, look.lang)
        truth = scan.truth([str(i) for i in range(len(scan.pages))], read.example.text)
        for key in ("all", truth.layout, truth.device, truth.font):
            counts[key]["pages"] += len(truth.pages)
            characters = len(" ".join(truth.text.split()))
            rates[key].append(100 * truth.errors / characters)
            counts[key]["characters"] += characters
            counts[key]["errors"] += truth.errors
            counts[key]["mentions"] += len(page.entities)
            counts[key]["lost"] += len(read.lost)
            assert len(read.example.entities) + len(read.lost) == len(page.entities)
    return {
        key: {
            **own,
            "misread": round(100 * own["errors"] / own["characters"], 2),
            "median": round(median(rates[key]), 2),
        }
        for key, own in counts.items()
    }


def main() -> None:
    """Measure each level and print a line for each look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--take", type=int, default=240, help="sentences")
    parser.add_argument("--handwritten", type=float, default=0.0)
    parser.add_argument("--stamped", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    examples = take_some(read_some(args.data, Example), args.take, args.seed)
    pages = list(join_all(examples, PER_PAGE))
    figures = {}
    for level in LEVELS:
        look = Look(
            levels=(level,),
            handwritten=args.handwritten,
            stamped=args.stamped,
            seed=args.seed,
        )
        figures[level] = measure(pages, look)
        for key, own in figures[level].items():
            lost = f"{own.get('lost', 0)} of {own['mentions']} mentions lost"
            misread = f"{own['misread']}% misread, median {own['median']}"
            print(f"level {level}, {key}: {misread}, {lost}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
