"""How apply grows with the number of short notes: processor time, words/s, memory.

    python measurements/apply_growth.py PIPELINE [--pack PATH] [--data PATH]
        [--sizes N,N] [--seed N] [--json PATH]

Runs the step scripts/apply.py, one process on one thread, on files of so many notes.
A note is one or two sentences of BC5CDR's dev split behind a number of its own, one
word of it misspelt, since real notes bring new words without end. Start-up is the run
on one note; words per second are those of the processor's time beyond it. Then the
step runs once more on what is done. The peak is of resident memory.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any

ROOT = Path(__file__).parents[1]
DATA = Path("../shared/data/bc5cdr/dev.jsonl")
PACK = Path("assets/domains/medicine")
SAID = re.compile(r"([\d,]+) words, ")


def make_notes(sentences: list[str], count: int, seed: int) -> Iterator[str]:
    """Short notes, no two alike."""
    rng = random.Random(seed)
    for number in range(count):
        words = " ".join(rng.choices(sentences, k=rng.randint(1, 2))).split()
        place = rng.randrange(len(words))
        at = rng.randrange(len(words[place]))
        letter = rng.choice(ascii_lowercase)
        words[place] = words[place][:at] + letter + words[place][at + 1 :]
        yield f"Case {1_000_000 + number}. {' '.join(words)}"


def run_step(command: list[str]) -> dict[str, Any]:
    """Run the step to its end. RETURNS: Words, seconds of processor time, peak MB.

    RAISES: RuntimeError with what it said if it failed.
    """
    # Nothing heavy is imported here: the peak of a child begins with its parent's.
    env = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=subprocess.STDOUT, env=env
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    found = SAID.search(text)
    if process.returncode or found is None:
        raise RuntimeError(f"{' '.join(command)}\n{text}")
    return {
        "words": int(found[1].replace(",", "")),
        "s": used.ru_utime + used.ru_stime,
        "MB": used.ru_maxrss / 1024,
    }


def measure(
    pipeline: str, pack: Path, sentences: list[str], sizes: list[int], seed: int
) -> Iterator[dict[str, Any]]:
    """YIELDS: The start-up, then figures of each number of notes."""
    step = [sys.executable, str(ROOT / "scripts" / "apply.py"), pipeline]
    begin = None
    for size in (1, *sizes):
        with tempfile.TemporaryDirectory() as name:
            notes = Path(name) / "notes.jsonl"
            with notes.open("w", encoding="utf-8") as file:
                for text in make_notes(sentences, size, seed):
                    file.write(json.dumps({"text": text}) + "\n")
            output = [str(notes), str(Path(name) / "out"), "--pack", str(pack)]
            found = run_step([*step, *output])
            if begin is None:
                begin = found
                yield {"notes": 1, "s": round(found["s"], 1), "MB": round(found["MB"])}
                continue
            again = run_step([*step, *output])
            seconds = found["s"] - begin["s"]
            yield {
                "notes": size,
                "words": found["words"],
                "s": round(found["s"], 1),
                "words/s": round(found["words"] / seconds),
                "notes/s": round(size / seconds),
                "MB": round(found["MB"]),
                "again, s": round(again["s"], 1),
                "again, MB": round(again["MB"]),
            }


def main() -> None:
    """Print a line for each number of notes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline")
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--sizes", default="1000,10000,100000", help="commas between")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    with args.data.open(encoding="utf-8") as file:
        sentences = [json.loads(line)["text"] for line in file]
    sizes = [int(size) for size in args.sizes.split(",")]
    figures = []
    for row in measure(args.pipeline, args.pack, sentences, sizes, args.seed):
        figures.append(row)
        print(json.dumps(row), flush=True)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
