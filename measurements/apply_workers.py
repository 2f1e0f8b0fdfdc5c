"""What Ray's workers do beside plain processes: words per second of apply.

    python measurements/apply_workers.py PIPELINE [--pack PATH] [--data PATH]
        [--notes N] [--workers N] [--rounds N] [--json PATH]

Notes are sentences of BC5CDR's dev split. Words per second are counted from the first
block that is done to the last, so that loading and starting are left out; seconds are
those of the whole run. The two take turns, so that a busy machine slows both.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from concepts import PACK
from speed_measure import ratio

from phantom.documents.applier import Counts, Setup
from phantom.documents.blocks import Size
from phantom.documents.job import Job, Tell, run_processes
from phantom.documents.ray import run_ray

DATA = Path("../shared/data/bc5cdr/dev.jsonl")


def measure(job: Job, run: Callable[[Job, Tell], None]) -> dict[str, Any]:
    """Run a job. RETURNS: Documents, words per second, seconds of the whole."""
    times: list[tuple[float, int]] = []
    documents = 0

    def tell(_: int, counts: Counts | None) -> None:
        nonlocal documents
        assert counts is not None
        documents += counts.documents
        times.append((time.monotonic(), counts.words))

    start = time.monotonic()
    job.open()
    run(job, tell)
    (first, _), *others = times
    words = sum(count for _, count in others)
    return {
        "documents": documents,
        "words/s": round(words / (others[-1][0] - first)),
        "s": round(time.monotonic() - start, 1),
    }


def main() -> None:
    """Run both ways and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline")
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--notes", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    ways: dict[str, Callable[[Job, Tell], None]] = {
        "processes": lambda job, tell: run_processes(job, tell, args.workers),
        "ray": lambda job, tell: run_ray(job, tell, args.workers),
    }
    figures: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with args.data.open(encoding="utf-8") as file:
            texts = [json.loads(line)["text"] for line in file]
        with (folder / "notes.jsonl").open("w", encoding="utf-8") as file:
            for text in islice(cycle(texts), args.notes):
                file.write(json.dumps({"text": text}) + "\n")
        setup = Setup(args.pipeline, args.pack)
        for number in range(args.rounds):
            # The other one first in every other round.
            for way, run in list(ways.items())[:: 1 if number % 2 == 0 else -1]:
                output = folder / f"{way}-{number}"
                job = Job([folder / "notes.jsonl"], output, setup, size=Size(50))
                figures[way].append(measure(job, run))
                print(way, figures[way][-1], flush=True)
    rates = {way: [x["words/s"] for x in own] for way, own in figures.items()}
    print(f"ray beside processes: {ratio(rates, 'ray', 'processes'):.3f}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
