"""What apply costs over a bare nlp.pipe, in time and in memory.

    python measurements/apply.py PIPELINE [--pack PATH] [--data PATH] [--notes N]
        [--many N] [--pages N] [--json PATH]

Time is the processor's. Notes are sentences of BC5CDR's dev split, others each round;
the long document is all of them one after the other, 3,000 characters to a page; for
flat memory many notes, each with new words, go through a blank pipeline.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import spacy
from apply_growth import make_notes
from spacy.language import Language
from speed_measure import interleave, peak_memory, pipe_words, ratio, resident

from phantom.documents.applier import Applier, Counts, Setup, score_alone
from phantom.documents.blocks import Block, Size
from phantom.documents.job import Job, run_here
from phantom.documents.sources import Item
from phantom.runtime import blank_pipeline, register_components

DATA = Path("../shared/data/bc5cdr/dev.jsonl")
PACK = Path("assets/domains/medicine")


def measure_speed(setup: Setup, texts: list[str], size: int) -> dict[str, Any]:
    """Words per second of apply as shares of those of nlp.pipe.

    size (int): Notes of a round. New ones, since names that were looked up are known.
    RETURNS (Dict[str, Any]): Of each way the share of the bare pipeline, and of one
        with the same components.
    """
    bare = spacy.load(setup.pipeline)
    # As `apply` reads, so that relations cost the same on both sides.
    score_alone(bare)
    parts = [texts[at : at + size] for at in range(0, len(texts), size)]
    names = ("abbreviations", "sections", "sentences", "context", "concepts")
    with tempfile.TemporaryDirectory() as folder:

        def applier(**settings: Any) -> Applier:
            made = Setup(setup.pipeline, setup.pack, **settings)
            return Applier(made, Path(folder))

        ways = {
            "apply, no component for documents": applier(without=names),
            "apply": applier(),
            "apply, tables and DocBin": applier(tables=True, docbin=True),
        }

        def take_turns(run: Callable[[list[str]], int]) -> Callable[[], int]:
            turns = cycle(parts)
            return lambda: run(next(turns))

        def apply(applier: Applier, texts: list[str]) -> int:
            items = (Item(f"n:{i}", len(x), text=x) for i, x in enumerate(texts))
            return applier.run(Block(0, tuple(items))).words

        def pipe(nlp: Language, texts: list[str]) -> int:
            return pipe_words(nlp, texts, nlp.batch_size)

        runs = {name: take_turns(partial(apply, x)) for name, x in ways.items()}
        runs["bare"] = take_turns(partial(pipe, bare))
        full = setup.load()
        runs["with components"] = take_turns(partial(pipe, full))
        rates = interleave(runs, 7, 200, time.process_time)
    shares = {
        name: {
            f"of nlp.pipe, {base}": round(ratio(rates, name, base), 3)
            for base in ("bare", "with components")[: 1 if "no comp" in name else 2]
        }
        for name in ways
    }
    return {"notes": size, "rounds": len(rates["bare"]), **shares}


def measure_long(setup: Setup, texts: list[str], pages: int) -> dict[str, Any]:
    """One document of so many pages: MB over the base and seconds."""
    size = 3000 * pages
    text = "\n\n".join(islice(cycle(texts), 1 + size // min(map(len, texts))))[:size]
    with tempfile.TemporaryDirectory() as folder:
        applier = Applier(setup, Path(folder))
        # The base has the pipeline, and what it allocates on its first text.
        applier.run(Block(0, (Item("first", 1, text=texts[0]),)))
        block = Block(1, (Item("long", size, text=text),))
        seconds, over = peak_memory(lambda: applier.run(block), time.process_time)
        words = len(applier.nlp.make_doc(text))
    return {"pages": pages, "words": words, "MB": over and round(over), "s": seconds}


def measure_many(texts: list[str], count: int) -> dict[str, Any]:
    """Memory after each quarter of many notes, through a blank pipeline."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        blank_pipeline("en").to_disk(folder / "blank")
        with (folder / "notes.jsonl").open("w", encoding="utf-8") as file:
            for text in make_notes(texts, count, seed=0):
                file.write(json.dumps({"text": text}) + "\n")
        setup = Setup(str(folder / "blank"))
        job = Job([folder / "notes.jsonl"], folder / "out", setup, size=Size(1000))
        job.open()
        done, sizes = 0, {}

        def tell(_: int, counts: Counts | None) -> None:
            nonlocal done
            assert counts is not None
            done += counts.documents
            if done % (count // 4) < 1000:
                sizes[done] = round(resident())

        run_here(job, tell)
    return {"notes": done, "MB by notes": sizes}


def main() -> None:
    """Measure what the sizes ask for and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline")
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--notes", type=int, default=400)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    register_components()
    with args.data.open(encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in islice(file, 5000)]
    setup = Setup(args.pipeline, args.pack)
    figures = {}
    if args.many:
        figures["many"] = measure_many(texts, args.many)
        print("many", figures["many"], flush=True)
    if args.notes:
        figures["speed"] = measure_speed(setup, texts, args.notes)
        print("speed", figures["speed"], flush=True)
    if args.pages:
        figures["long"] = measure_long(setup, texts, args.pages)
        print("long", figures["long"], flush=True)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
