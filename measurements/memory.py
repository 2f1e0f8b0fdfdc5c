"""Resident memory round by round: the same texts through a pipeline, again and again.

Usage: python measurements/memory.py [--pipeline PATH] [--quick] [--json PATH]
       [--rounds N] [--texts N] [--variants ours stock ...]

Each variant runs in a process of its own: "ours", and "stock", the same weights under
spacy-transformers' architecture. "growth" is what the last round has over the second.
A setting of the environment is added with a plus, as in
"ours+MALLOC_MMAP_THRESHOLD_=1048576".
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from recorded import read_recorded  # noqa: E402
from speed_measure import pipe_words, resident  # noqa: E402
from speed_pipelines import find_pipeline, load_variant  # noqa: E402

VARIANTS = ("ours", "stock")


def run_rounds(path: Path, variant: str, rounds: int, count: int) -> dict[str, Any]:
    """Send the texts through a pipeline of this process.

    path (Path): A trained pipeline.
    variant (str): "ours" or "stock".
    count (int): Texts.
    RETURNS (Dict[str, Any]): Resident MB after loading (`loaded`) and after each round
        (`resident`), and words per second (`rate`), without the first round.
    """
    texts = [example.text for example in read_recorded()][:count]
    texts = (texts * (-(-count // len(texts))))[:count]
    nlp = load_variant(path, "stock" if variant == "stock" else "auto")
    loaded, found, words, seconds = resident(), [], 0, 0.0
    for number in range(rounds):
        start = time.perf_counter()
        read = pipe_words(nlp, texts)
        if number:
            words, seconds = words + read, seconds + time.perf_counter() - start
        gc.collect()
        found.append(round(resident()))
    return {
        "loaded": round(loaded),
        "resident": found,
        "rate": round(words / max(seconds, 1e-9)),
    }


def run_variant(path: Path, variant: str, rounds: int, count: int) -> dict[str, Any]:
    """The same in a new process, under the settings that the variant names."""
    name, *settings = variant.split("+")
    env = {**os.environ, **dict(setting.split("=", 1) for setting in settings)}
    call = [sys.executable, __file__, "--child", name, "--pipeline", str(path)]
    call += ["--rounds", str(rounds), "--texts", str(count)]
    done = subprocess.run(call, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{variant} failed\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure each variant and print its rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipeline", type=Path, help="trained pipeline to use")
    parser.add_argument("--quick", action="store_true", help="6 rounds of 500 texts")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS))
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.texts = 6, 500
    if args.child:
        print(
            json.dumps(run_rounds(args.pipeline, args.child, args.rounds, args.texts))
        )
        return
    path, origin = find_pipeline(args.pipeline, 20)
    print(f"pipeline: {origin}; {args.texts} texts, {args.rounds} rounds; MB resident")
    figures = {}
    for variant in args.variants:
        figure = run_variant(path, variant, args.rounds, args.texts)
        figure["growth"] = figure["resident"][-1] - figure["resident"][1]
        figures[variant] = figure
        rounds = " ".join(str(value) for value in figure["resident"])
        print(f"{variant}: {figure['loaded']} loaded, then {rounds}")
        print(f"    growth {figure['growth']:+}, {figure['rate']:,} words/s")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
