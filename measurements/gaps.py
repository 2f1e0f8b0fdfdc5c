"""Whether a diagnosis names a gap that trained pipelines show, and refill asks for it.

    python measurements/gaps.py --json figures.json [--count N] [--steps N] [--gap NAME]

From recorded text of medicine what holds one kind of thing is taken away; the rest
trains a small pipeline (configs/smoke.cfg), and its errors on text that it never saw
are diagnosed. Printed for each of eight gaps: the place of the first finding
that names it, the first three findings, and what `refill` asks for of what is missing.
"""

import argparse
import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import spacy  # noqa: E402
from recorded import PACK, read_documents, read_recorded  # noqa: E402
from run_steps import shorten  # noqa: E402
from spacy.language import Language  # noqa: E402

from phantom.corpora.docbin import to_doc, write_docbin  # noqa: E402
from phantom.corpora.split import split_examples  # noqa: E402
from phantom.corpora.windows import (  # noqa: E402
    cut_windows,
    part_documents,
)
from phantom.evaluation.cases import make_cases, make_requests  # noqa: E402
from phantom.evaluation.diagnosis.asks import make_asks  # noqa: E402
from phantom.evaluation.diagnosis.diagnose import Diagnoser  # noqa: E402
from phantom.evaluation.diagnosis.records import Diagnosis  # noqa: E402
from phantom.evaluation.evaluator import synthetic_dataset  # noqa: E402
from phantom.evaluation.predictions import predict  # noqa: E402
from phantom.feedback.refill import Ask  # noqa: E402
from phantom.jsonl import write_json  # noqa: E402
from phantom.packs.language import load_language  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import blank_pipeline, register_components  # noqa: E402
from phantom.training import loop  # noqa: E402
from phantom.training.overrides import make_overrides  # noqa: E402

GENRE = "inherited disease: mutation analysis in families"


class Gap(NamedTuple):
    """What is taken away.

    holds (Callable): Whether a passage has it.
    names (Set[Tuple[str, str]]): Facets by which a finding names it, values by their
        start.
    asks (Callable): Whether an entry of refill.yml asks for it.
    documents (bool): Of whole documents; else of passages.
    """

    holds: Callable[[Example], bool]
    names: set[tuple[str, str]]
    asks: Callable[[Ask], bool]
    documents: bool = False


def asked(name: str, *parts: str) -> Gap:
    """Text that was asked for with a value that begins so."""
    return Gap(
        lambda x: str(x.meta["attributes"].get(name, "")).startswith(parts),
        {(f"asked {name}", part) for part in parts},
        lambda ask: str(ask.attributes.get(name, "")).startswith(parts),
    )


def of_kinds(*parts: str) -> Callable[[Ask], bool]:
    """Entries that ask for kinds with these words, and for no others."""
    return lambda ask: (
        bool(ask.kinds)
        and all(any(part in kind for part in parts) for kind in ask.kinds)
    )


def make_gaps() -> dict[str, Gap]:
    """The eight gaps."""
    short = asked("form", "abbreviation alone", "long form followed")
    modifier = asked("form", "as a modifier")
    coordinated = asked("form", "two coordinated")
    relation = "INDUCES"
    looks = {("form", "abbreviation"), ("form", "before its abb"), ("casing", "CAP")}
    return {
        "abbreviations": short._replace(names=short.names | looks),
        "modifiers": modifier._replace(names=modifier.names | {("form", "modifier")}),
        "coordination": coordinated._replace(
            names=coordinated.names | {("form", "coordination")}
        ),
        "a label": Gap(
            lambda x: any(e.label == "GENE" for e in x.entities),
            {("label", "GENE"), ("kind", "gene")},
            of_kinds("gene"),
        ),
        "a section": asked("section", "title"),
        "a genre": asked("genre", GENRE)._replace(documents=True),
        "a relation": Gap(
            lambda x: any(r.label == relation for r in x.relations),
            {("label", relation), ("kind", "chemical induces disease")},
            of_kinds("chemical induces disease"),
        ),
        "negatives": Gap(
            lambda x: not x.entities,
            {("kind", "none"), ("mentions", "none")},
            lambda ask: ask.kinds == ["none"],
        ),
    }


def split_pool(pool: list[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """Recorded text for training and for dev, documents in windows."""
    pack = load_pack(PACK)
    feeding, lang = pack.domain.feeding, pack.domain.lang
    rng = random.Random(seed)
    sides = []
    for side in split_examples(pool, 0.3, seed=seed):
        short, whole = part_documents(pack, side)
        windows = (cut_windows(x, feeding, lang, rng) for x in whole)
        sides.append([*short, *chain.from_iterable(windows)])
    return sides[0], sides[1]


def train(corpus: list[Example], folder: Path, steps: int) -> Language:
    """A small pipeline of these texts, without what `convert` adds to them."""
    pack = load_pack(PACK)
    nlp = blank_pipeline(pack.domain.lang)
    docs = [to_doc(nlp, x) for x in corpus]
    write_docbin(folder / "train.spacy", docs, nlp.vocab)
    # The last pipeline is taken, so that what it is scored on does not matter.
    write_docbin(folder / "dev.spacy", docs[:20], nlp.vocab)
    write_json(folder / "labels" / "relation_extractor.json", pack.schema())
    config = shorten(ROOT / "configs" / "smoke.cfg", folder / "train.cfg", steps)
    best = loop.train(
        config,
        folder / "training",
        make_overrides(config, folder, "", 0),
        resume=False,
        use_gpu=-1,
        curve_path=folder / "curve.jsonl",
        tracker=None,
        stdout=io.StringIO(),
        stderr=io.StringIO(),
    )
    return spacy.load(best.with_name("model-last"))


def measure(
    gap: Gap, corpus: list[Example], dev: list[Example], folder: Path, steps: int
) -> dict[str, Any]:
    """One gap: train without it, diagnose, find its name among the findings."""
    pack = load_pack(PACK)
    left = [x for x in corpus if not gap.holds(x)]
    nlp = train(left, folder, steps)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    requests = make_requests(dataset, dev, pack.relations)
    cases = make_cases(dataset, dev, requests, predict(nlp, requests))
    language = load_language(pack.domain.lang, PACK)
    diagnosis = Diagnoser(pack, dataset, language, left)(cases, "dev")
    surfaces = {e.text.casefold() for x in left for e in x.entities}
    asks = make_asks(pack, diagnosis, language, [], surfaces, 200, 6, Counter())
    return {
        "trained on": len(left),
        "taken away": len(corpus) - len(left),
        "dev": len(dev),
        "of the gap": sum(map(gap.holds, dev)),
        "wrong": diagnosis.families,
        "place": place(gap, diagnosis),
        "first": [w.name for w in diagnosis.weaknesses[:3]],
        "asks": sum(ask.count for ask in asks if gap.asks(ask)),
        "asks in all": sum(ask.count for ask in asks),
    }


def place(gap: Gap, diagnosis: Diagnosis) -> int | None:
    """The place of the first finding that names a gap, from 1; None if none does."""
    return next(
        (
            i
            for i, w in enumerate(diagnosis.weaknesses, start=1)
            if any(w.facet == f and w.value.startswith(v) for f, v in gap.names)
        ),
        None,
    )


def main() -> None:
    gaps = make_gaps()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--count", type=int, default=2000, help="Passages in all")
    parser.add_argument("--documents", type=int, default=300, help="Likewise")
    parser.add_argument("--steps", type=int, default=400, help="Of each training")
    parser.add_argument("--seed", type=int, default=1, help="Of the split")
    parser.add_argument("--gap", choices=gaps, action="append")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    register_components()
    for name in options.gap or gaps:
        start = time.process_time()
        pool = read_recorded()[: options.count]
        if gaps[name].documents:
            pool = read_documents()[: options.documents]
        corpus, dev = split_pool(pool, options.seed)
        with tempfile.TemporaryDirectory() as folder:
            steps = options.steps
            found = measure(gaps[name], corpus, dev, Path(folder), steps)
        found["processor seconds"] = round(time.process_time() - start)
        figures[name] = found
        write_json(options.json, figures)
        print(name, json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
