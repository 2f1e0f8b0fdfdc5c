"""apply killed with kill -9 again and again: whether each document is there once.

    python measurements/apply_killed.py PIPELINE [--pack PATH] [--data PATH]
        [--notes N] [--kills N] [--workers N] [--on WAY] [--seed N]

Runs the step scripts/apply.py on notes (sentences of BC5CDR's dev split), kills its
whole process group at random moments after it has begun to write, and starts it again;
the last run is left to end. Its rows are compared with those of one run that nobody
killed: keys, texts and entities.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from concepts import PACK

from phantom.documents.blocks import read_parts

ROOT = Path(__file__).parents[1]
DATA = Path("../shared/data/bc5cdr/dev.jsonl")


def read_rows(output: Path) -> list[str]:
    """The rows of a run, in order of documents."""
    return [
        line
        for part in read_parts(output, "documents")
        for line in part.read_text(encoding="utf-8").splitlines()
    ]


def run_and_kill(command: list[str], output: Path, after: float) -> bool:
    """Kill a run so many seconds after its first new block. RETURNS: Whether it was."""
    done = len(list(read_parts(output, "documents")))
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0
    )
    while process.poll() is None:
        if len(list(read_parts(output, "documents"))) > done:
            time.sleep(after)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.01)
    return False


def main() -> None:
    """Kill, go on, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline")
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--notes", type=int, default=4000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--on", default="processes")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        notes = folder / "notes.jsonl"
        with args.data.open(encoding="utf-8") as file:
            notes.write_text("".join(islice(file, args.notes)), encoding="utf-8")

        def command(output: Path) -> list[str]:
            step = [sys.executable, str(ROOT / "scripts" / "apply.py")]
            options = ["--pack", str(args.pack), "--block", "20", "--write", ""]
            options += ["--workers", str(args.workers), "--on", args.on]
            return [*step, args.pipeline, str(notes), str(output), *options]

        killed = 0
        for _ in range(args.kills):
            after = chance.uniform(0, 0.6)
            killed += run_and_kill(command(folder / "killed"), folder / "killed", after)
            print(killed, "killed,", len(read_rows(folder / "killed")), "rows")
        for output in ("killed", "whole"):
            subprocess.run(command(folder / output), check=True)
        rows, whole = read_rows(folder / "killed"), read_rows(folder / "whole")
        keys = [json.loads(row)["key"] for row in rows]
        print(f"killed {killed} times: {len(rows)} rows, {len(set(keys))} keys")
        # Scores may differ in their last digit with what else was in the batch.
        same = sum(a == b for a, b in zip(rows, whole, strict=True))
        print(f"{same} of {len(whole)} rows equal those of one run")


if __name__ == "__main__":
    main()
