"""What threads, batches and passes of which size are worth in prediction, here.

Usage: python measurements/speed_settings.py [--pipeline PATH] [--benchmarks DIR]
       [--precision bf16] [--repeats N]

One setting is varied at a time, the others as in `DEFAULTS`.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import torch  # noqa: E402
from speed_measure import interleave, pipe_words, ratio  # noqa: E402
from speed_pipelines import (  # noqa: E402
    BENCHMARKS,
    find_pipeline,
    load_variant,
    read_texts,
)

THREADS = torch.get_num_threads()
DEFAULTS = {"threads": THREADS, "batch_size": 128, "bucket_size": 2048}
OTHERS = {
    "threads": sorted({1, max(1, THREADS // 2), THREADS, 2 * THREADS}),
    "batch_size": [16, 32, 64, 128, 256, 512],
    "bucket_size": [512, 1024, 2048, 4096, 8192],
}


def predict(nlp: Any, texts: list[str], settings: dict[str, int]) -> int:
    """Send texts through a pipeline under these settings. RETURNS (int): Tokens."""
    model = nlp.get_pipe("transformer").model
    model.settings["bucket_size"] = settings["bucket_size"]
    torch.set_num_threads(settings["threads"])
    try:
        return pipe_words(nlp, texts, settings["batch_size"])
    finally:
        torch.set_num_threads(THREADS)


def main() -> None:
    """Measure each setting in turn and print words per second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipeline", type=Path, help="trained pipeline to use")
    parser.add_argument("--benchmarks", type=Path, default=BENCHMARKS)
    parser.add_argument("--precision", default="bf16", help="or fp32, int8")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    path, origin = find_pipeline(args.pipeline, 60)
    texts, _, name = read_texts(args.benchmarks)
    print(f"pipeline: {origin}\ntexts: {name}, {len(texts)}; {THREADS} threads")
    nlp = load_variant(path, args.precision)
    for setting, values in OTHERS.items():
        runs: dict[str, Callable[[], int]] = {
            str(value): partial(predict, nlp, texts, {**DEFAULTS, setting: value})
            for value in values
        }
        rates = interleave(runs, args.repeats, 3600, time.perf_counter)
        for value, words in rates.items():
            share = ratio(rates, value, str(DEFAULTS[setting]))
            median = statistics.median(words)
            print(f"{setting:12} {value:>5} {median:8,.0f} words/s ({share:.2f}x)")


if __name__ == "__main__":
    main()
