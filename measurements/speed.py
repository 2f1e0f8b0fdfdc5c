"""Speed of prediction and training on this machine, against stock spacy-transformers,
the bare encoder and what a user would pick instead.

Usage: python measurements/speed.py [--json FILE] [--quick] [--pipeline PATH]
       [--plot DIR] [--peer gliner] [--cpu-time] [--benchmarks DIR]
       [--seeds N --steps M]

With --cpu-time, one thread is used and its CPU time counted, for a busy machine.
"""

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import matplotlib  # noqa: E402
import relations  # noqa: E402
import spacy  # noqa: E402
import torch  # noqa: E402
from recorded import read_recorded  # noqa: E402
from speed_measure import (  # noqa: E402
    Timings,
    bare_encoder,
    exponent,
    interleave,
    peak_memory,
    pipe_words,
    ratio,
    token_classifier,
    trainer,
)
from speed_pipelines import (  # noqa: E402
    BENCHMARKS,
    entity_f1,
    find_pipeline,
    load_variant,
    read_texts,
)
from speed_training import compare_training, print_seeds  # noqa: E402

from phantom.corpora.docbin import to_doc  # noqa: E402

VARIANTS = ("stock", "fp32", "bf16", "int8")


def describe_machine() -> dict[str, Any]:
    """Processor, threads and the flags that decide about bf16 and int8."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    flags = {key.strip(): value for key, value in fields.items()}.get("flags", "")
    wanted = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8")
    return {
        "processor": fields.get("model name\t", platform.processor()).strip(),
        "threads": torch.get_num_threads(),
        "flags": [flag for flag in wanted if flag in flags.split()],
        "torch": torch.__version__,
        "spacy": spacy.__version__,
    }


def run_prediction(
    nlps: dict[str, Any], texts: list[str], args: argparse.Namespace
) -> Timings:
    """Words per second of the variants, the bare encoder and the peers."""
    runs: dict[str, Callable[[], int]] = {
        name: (lambda nlp=nlp: pipe_words(nlp, texts)) for name, nlp in nlps.items()
    }
    runs["bare encoder bf16"] = bare_encoder(nlps["stock"], texts, 2048)
    # Slow ones, of which a few texts tell as much.
    few = texts[:64] if args.quick else texts
    runs["HF token-classification"] = token_classifier(nlps["stock"], few)
    if args.peer == "gliner":
        from speed_gliner import gliner

        runs["GLiNER small, random weights"] = gliner(nlps["stock"], few)
    return interleave(runs, args.repeats, args.budget, args.clock)


def run_training(path: Path, count: int, args: argparse.Namespace) -> Timings:
    """Words per second in training, from the same weights and batches."""
    gold = read_recorded()[:count]
    runs: dict[str, Callable[[], int]] = {}
    for variant in ("stock", "bf16"):
        nlp = load_variant(path, variant)
        runs[variant] = trainer(nlp, [to_doc(nlp, example) for example in gold], 16)
    frozen = load_variant(path, "bf16")
    model = frozen.get_pipe("transformer").model  # type: ignore[attr-defined]
    model.settings["freeze_embeddings"] = True
    docs = [to_doc(frozen, example) for example in gold]
    runs["bf16, embeddings frozen"] = trainer(frozen, docs, 16)
    return interleave(runs, args.repeats, args.budget, args.clock)


def run_growth(
    nlp: Any, texts: list[str], args: argparse.Namespace
) -> list[dict[str, Any]]:
    """Seconds and peak memory for more sentences, and for longer documents."""
    rows = []
    many = (100, 300, 900) if args.quick else (1000, 10_000, 100_000)
    for size in many:
        stream = (texts[i % len(texts)] for i in range(size))
        seconds, memory = peak_memory(
            lambda s=stream: sum(1 for _ in nlp.pipe(s)), args.clock
        )
        rows.append({"kind": "sentences", "size": size, "seconds": seconds})
        rows[-1]["memory_mb"] = memory
    words = " ".join(texts).split(" ")
    for size in (100, 1000, 5000) if args.quick else (100, 1000, 10_000, 50_000):
        text = " ".join((words * (size // len(words) + 1))[: int(size * 0.85)])
        if size > 10_000 and has_unlimited_pairs(nlp):
            print("relation_extractor: max_distance = null, left out above 10,000")
            nlp.disable_pipe("relation_extractor")
        nlp(text[:200])
        start = {"kind": "tokens of a document", "size": len(nlp.make_doc(text))}
        seconds, memory = peak_memory(lambda t=text: nlp(t), args.clock)
        rows.append({**start, "seconds": seconds, "memory_mb": memory})
    return rows


def time_relations(entities: int) -> dict[str, float]:
    """relation_extractor alone on one document, every pair that the types allow."""
    nlp = relations.build(relations.TYPED, None)
    return relations.measure(nlp, [relations.make_doc(nlp, entities)], 15)


def has_unlimited_pairs(nlp: Any) -> bool:
    """Whether pairs grow with the square of a document's entities, by config."""
    if "relation_extractor" not in nlp.pipe_names:
        return False
    text = nlp.config["components"]["relation_extractor"]
    return "'max_distance': None" in str(text)


def plot(folder: Path, rates: dict[str, Timings], growth: list[dict[str, Any]]) -> None:
    """Bars of words per second, and time over size; one PNG each."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for axis, (title, timings) in zip(axes, rates.items(), strict=True):
        medians = [statistics.median(values) for values in timings.values()]
        axis.barh(list(timings), medians, color="#4477aa")
        axis.set(title=title, xlabel="words/s (median)")
        axis.invert_yaxis()
    figure.savefig(folder / "speed.png", dpi=120)
    figure, axis = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for kind in dict.fromkeys(row["kind"] for row in growth):
        rows = [row for row in growth if row["kind"] == kind]
        x, y = [r["size"] for r in rows], [r["seconds"] for r in rows]
        axis.loglog(x, y, marker="o", label=f"{kind}: slope {exponent(x, y):.2f}")
    axis.set(xlabel="size", ylabel="seconds")
    axis.legend()
    figure.savefig(folder / "speed_growth.png", dpi=120)


def print_rates(title: str, rates: Timings) -> None:
    """One line for each, with the median and the range of the rounds."""
    for name, values in rates.items():
        spread = f"{min(values):,.0f} to {max(values):,.0f}"
        median = statistics.median(values)
        print(f"{title:11} {name:28} {median:8,.0f} words/s ({spread})", flush=True)


def print_growth(growth: list[dict[str, Any]]) -> None:
    """One line for each size, with memory above what there was before."""
    for row in growth:
        memory = "" if row["memory_mb"] is None else f"  +{row['memory_mb']:,.0f} MB"
        print(f"{row['size']:8,} {row['kind']:22} {row['seconds']:8.2f} s{memory}")
    sys.stdout.flush()


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for the key figures")
    parser.add_argument("--quick", action="store_true", help="under three minutes")
    parser.add_argument("--pipeline", type=Path, help="trained pipeline to use")
    parser.add_argument("--plot", type=Path, default=ROOT / "metrics" / "speed")
    parser.add_argument("--peer", choices=["gliner"], help="needs `gliner` installed")
    parser.add_argument("--repeats", type=int, help="rounds, default 5, quick 3")
    parser.add_argument("--benchmarks", type=Path, default=BENCHMARKS)
    parser.add_argument("--seeds", type=int, default=0, help="compare final F1")
    parser.add_argument("--steps", type=int, default=400, help="of each seed")
    parser.add_argument("--cpu-time", action="store_true", help="see above")
    args = parser.parse_args()
    args.clock, args.budget = time.perf_counter, 30 if args.quick else 3600
    if args.cpu_time:
        args.clock = time.process_time
        torch.set_num_threads(1)
    args.repeats = args.repeats or (3 if args.quick else 5)
    started = time.perf_counter()
    machine = describe_machine()
    print(json.dumps(machine))
    path, origin = find_pipeline(args.pipeline, 60 if args.quick else 200)
    texts, gold, name = read_texts(args.benchmarks)
    print(f"pipeline: {origin}\ntexts: {name}, {len(texts)}")
    nlps = {variant: load_variant(path, variant) for variant in VARIANTS}
    f1 = {
        variant: entity_f1(nlp, gold[:200] if args.quick else gold)
        for variant, nlp in nlps.items()
    }
    print("entity F1 " + "  ".join(f"{key} {value:.2f}" for key, value in f1.items()))
    some = texts[:256] if args.quick else texts
    rates = {"prediction": run_prediction(nlps, some, args)}
    print_rates("prediction", rates["prediction"])
    growth = run_growth(nlps["bf16"], texts, args)
    print_growth(growth)
    rates["training"] = run_training(path, 32 if args.quick else 160, args)
    print_rates("training", rates["training"])
    milliseconds = time_relations(200)
    print(f"200 entities in a document: {milliseconds['ms']:.0f} ms, relations alone")
    seeds = compare_training(args.seeds, args.steps, gold) if args.seeds else []
    if seeds:
        print_seeds(seeds)
    sentences = [row for row in growth if row["kind"] == "sentences"]
    result = {
        "predict_ratio_bf16": ratio(rates["prediction"], "bf16", "stock"),
        "predict_ratio_int8": ratio(rates["prediction"], "int8", "stock"),
        "train_ratio": ratio(rates["training"], "bf16", "stock"),
        "share_of_limit": ratio(rates["prediction"], "bf16", "bare encoder bf16"),
        "f1_delta_bf16": f1["bf16"] - f1["stock"],
        "f1_delta_int8": f1["int8"] - f1["stock"],
        "growth_exponent": exponent(
            [row["size"] for row in sentences], [row["seconds"] for row in sentences]
        ),
    }
    for key, value in result.items():
        print(f"{key:20} {value:8.3f}")
    plot(args.plot, rates, growth)
    print(f"plots in {args.plot}; {time.perf_counter() - started:.0f} s in all")
    if args.json:
        report = {**result, "machine": machine, "pipeline": origin, "texts": name}
        report |= {"relations_200": milliseconds, "seeds": seeds}
        report |= {"f1": f1, "words_per_second": rates, "growth": growth}
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
