"""Speed of prediction and training on this machine: what `precision = "auto"` picks,
against stock spacy-transformers, the bare encoder and what a user would pick instead.

Usage: python measurements/speed.py [--json FILE] [--quick] [--pipeline PATH]
       [--plot DIR] [--peer gliner] [--cpu-time] [--benchmarks DIR] [--emulated]
       [--seeds N --steps M] [--road FILE]

With --cpu-time, one thread is used and its CPU time counted, for a busy machine.
Precisions that the CPU would emulate are left out, unless --emulated asks for them.
ONEDNN_MAX_CPU_ISA and ATEN_CPU_CAPABILITY let a better CPU stand in for a lesser one;
speed_classes.py does so for each class. --road takes figures of road.py along.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import relations  # noqa: E402
import torch  # noqa: E402
from recorded import read_recorded  # noqa: E402
from speed_machine import describe_machine, find_precisions  # noqa: E402
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
from speed_report import plot, print_figures, print_growth, print_rates  # noqa: E402
from speed_training import compare_training, print_seeds  # noqa: E402

from phantom.corpora.docbin import to_doc  # noqa: E402

FROZEN = "embeddings frozen"
# Of relations between 200 entities: no limit, and that of configs/train.cfg.
LIMITS = {"": None, "_within_100": 100}


def run_prediction(
    nlps: dict[str, Any], texts: list[str], picked: str, args: argparse.Namespace
) -> Timings:
    """Words per second of the variants, the bare encoder and the peers."""
    runs: dict[str, Callable[[], int]] = {
        name: (lambda nlp=nlp: pipe_words(nlp, texts)) for name, nlp in nlps.items()
    }
    runs[f"bare encoder {picked}"] = bare_encoder(nlps["stock"], texts, 2048, picked)
    # Slow ones, of which a few texts tell as much.
    few = texts[:32] if args.quick else texts
    runs["HF token-classification"] = token_classifier(nlps["stock"], few)
    if args.peer == "gliner":
        from speed_gliner import gliner

        runs["GLiNER small, random weights"] = gliner(nlps["stock"], few)
    return interleave(runs, args.repeats, args.budget, args.clock)


def run_training(
    path: Path, precisions: list[str], args: argparse.Namespace
) -> Timings:
    """Words per second in training, from the same weights and batches.

    precisions (List[str]): Of ours; each is run with all weights trained, and as
        configs/train.cfg has it, with embeddings frozen.
    """
    gold = read_recorded()[: 32 if args.quick else 160]
    runs: dict[str, Callable[[], int]] = {}
    variants = [(p, frozen) for p in precisions for frozen in (False, True)]
    for variant, frozen in [("stock", False), *variants]:
        nlp = load_variant(path, variant)
        name = f"{variant}, {FROZEN}" if frozen else variant
        if variant != "stock":
            model = nlp.get_pipe("transformer").model  # type: ignore[attr-defined]
            model.settings["freeze_embeddings"] = frozen
        runs[name] = trainer(nlp, [to_doc(nlp, example) for example in gold], 16)
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


def time_relations(entities: int, max_distance: int | None) -> dict[str, float]:
    """relation_extractor alone on one document, with all pairs that the types allow.

    max_distance (Optional[int]): Most tokens between two mentions.
    """
    nlp = relations.build(relations.TYPED, max_distance)
    return relations.measure(nlp, [relations.make_doc(nlp, entities)], 15)


def has_unlimited_pairs(nlp: Any) -> bool:
    """Whether pairs grow with the square of a document's entities, by config."""
    if "relation_extractor" not in nlp.pipe_names:
        return False
    text = nlp.config["components"]["relation_extractor"]
    return "'max_distance': None" in str(text)


def key_figures(
    rates: dict[str, Timings],
    f1: dict[str, float],
    growth: list[dict[str, Any]],
    picked: str,
) -> dict[str, Any]:
    """The figures that are compared between machines; None where not measured."""
    predict, train = rates["prediction"], rates["training"]
    sentences = [row for row in growth if row["kind"] == "sentences"]
    figures: dict[str, Any] = {"precision": picked}
    figures["predict_ratio_auto"] = ratio(predict, picked, "stock")
    for name in ("bf16", "int8"):
        known = name in predict
        figures[f"predict_ratio_{name}"] = known and ratio(predict, name, "stock")
        figures[f"f1_delta_{name}"] = known and f1[name] - f1["stock"]
    figures["train_ratio"] = "bf16" in train and ratio(train, "bf16", "stock")
    figures["train_ratio_auto"] = ratio(train, f"{picked}, {FROZEN}", "stock")
    bare = f"bare encoder {picked}"
    figures["share_of_limit"] = ratio(predict, picked, bare)
    figures["growth_exponent"] = exponent(
        [row["size"] for row in sentences], [row["seconds"] for row in sentences]
    )
    return {key: None if value is False else value for key, value in figures.items()}


def read_arguments() -> argparse.Namespace:
    """The command line, with the clock and the time that each table may take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for the key figures")
    parser.add_argument("--quick", action="store_true", help="under three minutes")
    parser.add_argument("--pipeline", type=Path, help="trained pipeline to use")
    parser.add_argument("--plot", type=Path, default=ROOT / "metrics" / "speed")
    parser.add_argument("--peer", choices=["gliner"], help="needs `gliner` installed")
    parser.add_argument("--repeats", type=int, help="rounds, default 5")
    parser.add_argument("--benchmarks", type=Path, default=BENCHMARKS)
    parser.add_argument("--seeds", type=int, default=0, help="compare final F1")
    parser.add_argument("--steps", type=int, default=400, help="of each seed")
    parser.add_argument("--cpu-time", action="store_true", help="see above")
    parser.add_argument("--emulated", action="store_true", help="see above")
    parser.add_argument("--road", type=Path, help="figures of road.py")
    args = parser.parse_args()
    args.clock, args.budget = time.perf_counter, 30 if args.quick else 3600
    if args.cpu_time:
        args.clock = time.process_time
        torch.set_num_threads(1)
    args.repeats = args.repeats or 5
    return args


def main() -> None:
    """Measure, print, and write what was asked for."""
    args = read_arguments()
    started = time.perf_counter()
    machine = describe_machine()
    print(json.dumps(machine))
    picked, precisions = find_precisions(args.emulated)
    path, origin = find_pipeline(args.pipeline, 20 if args.quick else 200)
    texts, gold, name = read_texts(args.benchmarks)
    print(f"pipeline: {origin}\ntexts: {name}, {len(texts)}; auto picks {picked}")
    nlps = {variant: load_variant(path, variant) for variant in ("stock", *precisions)}
    scored = gold[:200] if args.quick else gold
    f1 = {variant: entity_f1(nlp, scored) for variant, nlp in nlps.items()}
    print("entity F1 " + "  ".join(f"{key} {value:.2f}" for key, value in f1.items()))
    some = texts[:128] if args.quick else texts
    rates = {"prediction": run_prediction(nlps, some, picked, args)}
    print_rates("prediction", rates["prediction"])
    growth = run_growth(nlps[picked], texts, args)
    print_growth(growth)
    trained = precisions if args.emulated else [picked]
    trained = [precision for precision in trained if precision != "int8"]
    rates["training"] = run_training(path, trained, args)
    print_rates("training", rates["training"])
    pairs = {f"relations_200{end}": time_relations(200, n) for end, n in LIMITS.items()}
    for name, figures in pairs.items():
        print(f"{name}: {figures['ms']:.0f} ms for {figures['pairs']:,} pairs")
    seeds = compare_training(args.seeds, args.steps, gold) if args.seeds else []
    if seeds:
        print_seeds(seeds)
    result = key_figures(rates, f1, growth, picked)
    road = json.loads(args.road.read_text(encoding="utf-8")) if args.road else {}
    result["road_ratio"] = road.get("road_ratio")
    print_figures(result)
    plot(args.plot, rates, growth)
    print(f"plots in {args.plot}; {time.perf_counter() - started:.0f} s in all")
    if args.json:
        report = {**result, "machine": machine, "pipeline": origin, "texts": name}
        report |= {**pairs, "seeds": seeds}
        report |= {"f1": f1, "words_per_second": rates, "growth": growth}
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
