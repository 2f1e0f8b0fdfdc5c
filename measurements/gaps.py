"""Whether a diagnosis names a gap that a trained pipeline shows, not a stand-in.

    python measurements/gaps.py --json figures.json [--count N] [--gap NAME]

From recorded passages of medicine those that hold one kind of thing are taken away; the
rest trains spaCy's small recognizer of entities, and its errors on passages that were
never trained on are diagnosed. Of relations such a recognizer knows nothing, so that a
missing relation can't be planted here (`measurements/loop.py` does that). Printed: the
place of the first finding that names the gap, and the first three findings.
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

from recorded import PACK, read_recorded  # noqa: E402

from phantom.corpora.split import split_examples  # noqa: E402
from phantom.evaluation.cases import make_cases, make_requests  # noqa: E402
from phantom.evaluation.diagnosis.diagnose import Diagnoser  # noqa: E402
from phantom.evaluation.evaluator import synthetic_dataset  # noqa: E402
from phantom.evaluation.types import Prediction  # noqa: E402
from phantom.jsonl import write_json  # noqa: E402
from phantom.packs.language import load_language  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.reports.prompts.quick import train_quick  # noqa: E402

Facets = set[tuple[str, str]]


def asked(name: str, part: str) -> Callable[[Example], bool]:
    """Passages that were asked for with a value that begins so."""
    return lambda x: str(x.meta["attributes"].get(name, "")).startswith(part)


# What is taken away, and the facets by which a finding names it; values by their start.
GAPS: dict[str, tuple[Callable[[Example], bool], Facets]] = {
    "abbreviations": (
        asked("form", "abbreviation alone"),
        {("form", "abbreviation"), ("asked form", "abbr"), ("casing", "CAPITALS")},
    ),
    "modifiers": (
        asked("form", "as a modifier"),
        {("form", "modifier"), ("asked form", "as a modifier")},
    ),
    "coordination": (
        asked("form", "two coordinated"),
        {("form", "coordination"), ("asked form", "two coordinated")},
    ),
    "a label": (
        lambda x: any(e.label == "GENE" for e in x.entities),
        {("label", "GENE"), ("kind", "gene")},
    ),
    "a section": (asked("section", "title"), {("asked section", "title")}),
    "negatives": (
        lambda x: not x.entities,
        {("kind", "none"), ("mentions", "none")},
    ),
}


def measure(name: str, count: int) -> dict[str, Any]:
    """One gap: train without it, diagnose, find its name among the findings."""
    holds, names = GAPS[name]
    pack = load_pack(PACK)
    corpus, dev = split_examples(read_recorded()[:count], 0.3, seed=1)
    left = [x for x in corpus if not holds(x)]
    nlp = train_quick(left, pack.domain.lang)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    requests = make_requests(dataset, dev, pack.relations)
    found = []
    for doc in nlp.pipe(x.text for x in dev):
        ends = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
        found.append(Prediction(ends, [], [[]]))
    cases = make_cases(dataset, dev, requests, found)
    language = load_language(pack.domain.lang, PACK)
    diagnosis = Diagnoser(pack, dataset, language, left)(cases, "dev")
    of_mentions = [
        w for w in diagnosis.weaknesses if w.family in ("mentions", "passages")
    ]
    place = next(
        (
            i
            for i, w in enumerate(of_mentions, start=1)
            if any(w.facet == f and w.value.startswith(v) for f, v in names)
        ),
        None,
    )
    return {
        "trained on": len(left),
        "taken away": len(corpus) - len(left),
        "dev": len(dev),
        "errors": sum(m.family == "mentions" for m in diagnosis.mistakes),
        "place": place,
        "first": [w.name for w in of_mentions[:3]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--count", type=int, default=900, help="Passages in all")
    parser.add_argument("--gap", choices=GAPS, action="append")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    for name in options.gap or GAPS:
        start = time.process_time()
        figures[name] = measure(name, options.count)
        figures[name]["processor_seconds"] = round(time.process_time() - start)
        write_json(options.json, figures)
        print(name, json.dumps(figures[name]), flush=True)


if __name__ == "__main__":
    main()
