"""Speed of the checks: 100,000 examples through all of them that need no model,
near-duplicates among a million short texts, and how cost grows.

Usage: python measurements/curate.py [--json FILE] [--quick] [--compare]

`--compare` gives the same near-duplicate work to datasketch and rensa, where these
are installed (pip install datasketch rensa).
"""

import argparse
import json
import math
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import linear_regression
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from grown import grow, grow_words  # noqa: E402
from recorded import PACK, read_recorded  # noqa: E402

from phantom.checks import CheckContext, load_config  # noqa: E402
from phantom.checks.engine.run import run_checks  # noqa: E402
from phantom.checks.models.minhash import near_pairs, shingle  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402


def time_checks(count: int) -> dict[str, Any]:
    """Seconds of every check that needs no model, on `count` examples."""
    examples = list(grow(read_recorded(), count))
    config = load_config(PACK)
    pack = load_pack(PACK)
    real = ROOT.parent / "shared" / "data"
    context = CheckContext(
        pack,
        config,
        benchmarks=sorted(real.rglob("test.jsonl")),
        real=sorted(real.glob("unlabelled/*.jsonl")),
    )
    start = time.perf_counter()
    result = run_checks(examples, context, config)
    seconds = time.perf_counter() - start
    return {
        "examples": count,
        "seconds": round(seconds, 2),
        "kept": len(result.examples),
        "by_check": dict(sorted(result.seconds.items(), key=lambda kv: -kv[1])),
        "skipped": sorted(result.skipped),
        "peak_mb": peak(),
    }


def time_near(count: int) -> dict[str, Any]:
    """Seconds to find the near-duplicates of `count` short texts, words given."""
    tokens = list(grow_words(read_recorded(), count))
    start = time.perf_counter()
    shingles = shingle(tokens, 2)
    pairs = sum(1 for _ in near_pairs(shingles, 0.7))
    seconds = time.perf_counter() - start
    return {
        "texts": count,
        "seconds": round(seconds, 2),
        "pairs": pairs,
        "peak_mb": peak(),
    }


def time_datasketch(count: int) -> dict[str, Any]:
    """The same near-duplicates by datasketch."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        return {"skipped": "datasketch is not installed: pip install datasketch"}

    texts = list(grow_words(read_recorded(), count))
    start = time.perf_counter()
    index = MinHashLSH(num_perm=64, params=(16, 4))
    sketches = []
    pairs = 0
    for i, words in enumerate(texts):
        sketch = MinHash(num_perm=64)
        grams = zip(words, words[1:], strict=False)
        sketch.update_batch([" ".join(gram).encode() for gram in grams])
        sketches.append(sketch)
        near = [j for j in index.query(sketch) if sketch.jaccard(sketches[j]) >= 0.7]
        pairs += len(near)
        index.insert(i, sketch)
    seconds = time.perf_counter() - start
    return {
        "texts": count,
        "seconds": round(seconds, 2),
        "pairs": pairs,
        "peak_mb": peak(),
    }


def time_rensa(count: int) -> dict[str, Any]:
    """The same by rensa: which texts to drop, not which they resemble."""
    try:
        from rensa import RMinHashDeduplicator
    except ImportError:
        return {"skipped": "rensa is not installed: pip install rensa"}

    texts = list(grow_words(read_recorded(), count))
    start = time.perf_counter()
    dedup = RMinHashDeduplicator(threshold=0.7, num_perm=64, use_lsh=True, num_bands=16)
    grams = (
        (str(i), [" ".join(g) for g in zip(words, words[1:], strict=False)])
        for i, words in enumerate(texts)
    )
    kept = sum(dedup.add_pairs(grams))
    seconds = time.perf_counter() - start
    return {
        "texts": count,
        "seconds": round(seconds, 2),
        "dropped": count - kept,
        "peak_mb": peak(),
    }


def peak() -> int:
    """Peak memory of this process, MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def alone(function: Callable[[int], dict[str, Any]], count: int) -> dict[str, Any]:
    """Run in a fresh process, so that peak memory is its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        result = pool.apply(function, (count,))
    print(f"{function.__name__}({count:,}): {json.dumps(result)}", flush=True)
    return result


def growth(runs: list[dict[str, Any]]) -> float:
    """Exponent e of seconds ~ texts**e, by least squares over the logarithms."""
    x = [math.log(run["texts"]) for run in runs]
    y = [math.log(max(run["seconds"], 0.01)) for run in runs]
    return linear_regression(x, y).slope


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--compare", action="store_true", help="beside others")
    options = parser.parse_args()
    sizes = [2_000, 10_000, 40_000] if options.quick else [10_000, 100_000, 1_000_000]
    checked = alone(time_checks, 4_000 if options.quick else 100_000)
    near = [alone(time_near, size) for size in sizes]
    exponent = growth(near)
    last = near[-1]
    report: dict[str, Any] = {
        "examples_per_second": round(checked["examples"] / checked["seconds"], 1),
        "peak_mb": checked["peak_mb"],
        # The quick run scales its largest size up by the exponent it has seen.
        "near_dup_million_seconds": round(
            last["seconds"] * (1_000_000 / last["texts"]) ** max(exponent, 1.0), 1
        ),
        "growth_exponent": round(exponent, 3),
        "checks": checked,
        "near_duplicates": near,
        "quick": options.quick,
    }
    if options.compare:
        size = 10_000 if options.quick else 100_000
        report["compared"] = {
            "phantom": alone(time_near, size),
            "datasketch": alone(time_datasketch, size),
            "rensa": alone(time_rensa, size),
        }
    keys = (
        "examples_per_second",
        "peak_mb",
        "near_dup_million_seconds",
        "growth_exponent",
    )
    print({key: report[key] for key in keys})
    if options.json:
        options.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
