"""How long the relation extractor takes, by the number of entities in a document.

    python measurements/relations.py [--quick] [--json FILE]

Random weights of the default sizes on token vectors as wide as MiniLM's: what is
timed is the component alone (candidates, pair tensor, scores, annotation).
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc, Span
from thinc.api import Model, fix_random_seed

from phantom.runtime import register_components

WIDTH, TOKENS_PER_ENTITY = 384, 8
TYPES = ("CHEMICAL", "DISEASE", "GENE")
TYPED = {
    "ASSOCIATED_WITH": {"head": ["GENE"], "tail": ["DISEASE"]},
    "INDUCES": {"head": ["CHEMICAL"], "tail": ["DISEASE"]},
    "TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE"]},
}
ANY = {"RELATED": {"head": [], "tail": []}}


@spacy.registry.architectures("benchmark.RandomVectors.v1")
def random_vectors() -> Model[list[Doc], list]:
    """Token vectors that cost nothing, in place of an encoder."""

    def forward(model: Model, docs: list[Doc], is_train: bool) -> tuple:
        return [doc.tensor for doc in docs], lambda d: []

    return Model("random_vectors", forward, dims={"nO": WIDTH})


def build(schema: dict, max_distance: int | None) -> Language:
    """A pipeline with the relation extractor only."""
    fix_random_seed(0)
    nlp = spacy.blank("en")
    model = {
        "@architectures": "phantom.RelationModel.v1",
        "tok2vec": {"@architectures": "benchmark.RandomVectors.v1"},
        "pair_tensor": {"@architectures": "phantom.PairTensor.v1"},
    }
    candidates = {"@misc": "phantom.TypedPairs.v1", "max_distance": max_distance}
    config = {"model": model, "candidates": candidates, "relation_schema": schema}
    nlp.add_pipe("relation_extractor", config=config)
    nlp.initialize()
    return nlp


def make_doc(nlp: Language, entities: int, offset: int = 0) -> Doc:
    """A document with an entity of two tokens in every eight tokens."""
    doc = Doc(nlp.vocab, words=["word"] * (entities * TOKENS_PER_ENTITY))
    starts = [i * TOKENS_PER_ENTITY + 3 for i in range(entities)]
    doc.ents = [
        Span(doc, start, start + 2, TYPES[(i + offset) % 3])
        for i, start in enumerate(starts)
    ]
    doc.tensor = torch.randn(len(doc), WIDTH).numpy()
    return doc


def measure(nlp: Language, docs: list[Doc], repeats: int) -> dict[str, float]:
    """Median milliseconds of the component, of processor time too, and the pairs.

    Processor time is what counts on a machine that others use as well.
    """
    pipe = nlp.get_pipe("relation_extractor")
    times, busy = [], []
    for _ in range(repeats + 1):
        start, before = time.perf_counter(), time.process_time()
        scores = pipe.predict(docs)
        pipe.set_annotations(docs, scores)
        times.append(1000 * (time.perf_counter() - start))
        busy.append(1000 * (time.process_time() - before))
    pairs = len(scores[2]["heads"])
    median = statistics.median(times[1:])
    cpu = statistics.median(busy[1:])
    return {"ms": median, "best_ms": min(times[1:]), "cpu_ms": cpu, "pairs": pairs}


def main() -> None:
    """Print a table; write the figures with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    register_components()
    repeats = 5 if args.quick else 15
    sizes = (25, 50, 100, 200) if args.quick else (25, 50, 100, 200, 400, 800)
    flags = ("avx512_bf16", "amx_bf16")
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, {torch.get_num_threads()} "
        f"threads, load {os.getloadavg()[0]:.1f}, {[f for f in flags if f in info]}"
    )
    figures: dict[str, dict[str, float]] = {}
    for name, schema, distance in (
        ("typed", TYPED, None),
        ("typed, 100 tokens", TYPED, 100),
        ("any", ANY, None),
    ):
        nlp = build(schema, distance)
        for size in sizes if name != "any" else (25, 50, 100, 200):
            figures[f"{name} / {size}"] = measure(nlp, [make_doc(nlp, size)], repeats)
    nlp = build(TYPED, None)
    docs = [make_doc(nlp, 4, offset=i) for i in range(128)]
    figures["typed / 128 docs of 4"] = measure(nlp, docs, repeats)
    print(f"{'schema / entities':24}{'pairs':>8}{'ms':>9}{'best ms':>9}{'cpu ms':>9}")
    for name, row in figures.items():
        times = "".join(f"{row[key]:9.1f}" for key in ("ms", "best_ms", "cpu_ms"))
        print(f"{name:24}{row['pairs']:8d}{times}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
