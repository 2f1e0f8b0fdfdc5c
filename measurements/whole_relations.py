"""Relations between names: over whole documents, and in the windows cut from them.

Usage: python measurements/whole_relations.py PIPELINE [PIPELINE ...] --corpus FOLDER
       [--steep N ...] [--apart X ...] [--json PATH]

FOLDER is what `check` and `convert` fill: checked.jsonl, of which the documents with a
window in dev.jsonl are read whole, and dev.jsonl itself. Gold entities are given; what
a pipeline relates at its own threshold is counted once for each pair of names, and once
more those whose names never share a sentence. --steep reads the same weights with other
powers by which pairs far apart count for less; --apart with other thresholds for
names that share no sentence (`threshold_apart`).
"""

import argparse
import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts")]

from spacy.language import Language  # noqa: E402

from phantom.evaluation.cases import mentions_of  # noqa: E402
from phantom.evaluation.predictions import predict  # noqa: E402
from phantom.evaluation.types import Request  # noqa: E402
from phantom.jsonl import read_jsonl  # noqa: E402
from phantom.passages.sentences import split_sentences  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import load_pipeline, register_components  # noqa: E402

MODULES = register_components()
NAMES: Any = MODULES["relation_names"]
Triple = tuple[str, str, str]


def read_parts(corpus: Path) -> dict[str, list[Example]]:
    """Dev text of a corpus. RETURNS (Dict): Documents as wholes, and what dev holds."""
    cut = list(read_jsonl(corpus / "dev.jsonl", Example))
    ids = {source for example in cut for source in example.derived_from}
    ids -= {example.id for example in cut}
    checked = read_jsonl(corpus / "checked.jsonl", Example)
    return {"whole": [x for x in checked if x.id in ids], "dev": cut}


def sentences_of_names(example: Example, lang: str) -> dict[str, set[int]]:
    """The sentences, by number, in which each name of an example stands."""
    starts = [start for start, _ in split_sentences(example.text, lang)]
    found: dict[str, set[int]] = {}
    for entity in example.entities:
        place = bisect_right(starts, entity.start)
        found.setdefault(NAMES.bare_name(entity.text), set()).add(place)
    return found


class Related(NamedTuple):
    """What is stated and found between the names of one text.

    wanted (Set): Head, label and tail. found (Dict): The same, with the best score.
    apart (Set): Those of either whose names never share a sentence.
    """

    wanted: set[Triple]
    found: dict[Triple, float]
    apart: set[Triple]


def relate(nlp: Language, examples: Sequence[Example]) -> list[Related]:
    """Relate the gold entities of each text."""
    mentions = [mentions_of(example) for example in examples]
    requests = [
        Request(example.text, given, [given], relate=False)
        for example, given in zip(examples, mentions, strict=True)
    ]
    related = []
    for example, prediction in zip(examples, predict(nlp, requests, 32), strict=True):
        names = {(e.start, e.end): NAMES.bare_name(e.text) for e in example.entities}
        of = list(names.values())
        wanted = {(of[r.head], r.label, of[r.tail]) for r in example.relations}
        found: dict[Triple, float] = {}
        for link in prediction.given[0]:
            triple = names[link.head], link.label, names[link.tail]
            found[triple] = max(link.score, found.get(triple, 0.0))
        places = sentences_of_names(example, nlp.lang)
        apart = {x for x in {*wanted, *found} if not places[x[0]] & places[x[2]]}
        related.append(Related(wanted, found, apart))
    return related


def count(
    related: Iterable[Related], least: float = 0.0, apart: bool = False
) -> tuple[int, int, int]:
    """RETURNS (Tuple): Relations that are right, predicted, gold.

    least (float): Score of what counts as predicted.
    apart (bool): Count just what joins names that never share a sentence.
    """
    right = predicted = gold = 0
    for text in related:
        found = {triple for triple, score in text.found.items() if score >= least}
        wanted = text.wanted
        if apart:
            wanted, found = wanted & text.apart, found & text.apart
        right += len(wanted & found)
        predicted += len(found)
        gold += len(wanted)
    return right, predicted, gold


def measure(
    path: Path,
    parts: dict[str, list[Example]],
    powers: Iterable[float] | None,
    apart: Iterable[float] | None = None,
) -> list[dict[str, Any]]:
    """Figures of a pipeline.

    RETURNS (List): `steep`, `threshold_apart`, `text`, `p`, `r` and `f`, and of the
        names that never share a sentence `apart`: right, predicted, gold.
    """
    nlp = load_pipeline(path)
    settings = nlp.get_pipe_config("relation_extractor")["model"]
    pooling = settings.get("name_pooling", "mean")
    rows = []
    cfg: Any = nlp.get_pipe("relation_extractor").cfg  # type: ignore[attr-defined]
    ways = product(
        powers or [NAMES.STEEP[pooling]], apart or [cfg.get("threshold_apart")]
    )
    for power, least in ways:
        NAMES.STEEP[pooling], cfg["threshold_apart"] = power, least
        for text, examples in parts.items():
            related = relate(nlp, examples)
            right, predicted, gold = count(related)
            p, r = right / max(predicted, 1), right / max(gold, 1)
            f = 2 * right / max(predicted + gold, 1)
            row: dict[str, Any] = {
                "steep": power,
                "threshold_apart": least,
                "text": text,
            }
            row |= {"p": p, "r": r, "f": f}
            rows.append({**row, "apart": count(related, apart=True)})
    return rows


def main() -> None:
    """Print and write the figures of each pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipelines", type=Path, nargs="+")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--steep", type=float, nargs="+")
    parser.add_argument("--apart", type=float, nargs="+")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    parts = read_parts(args.corpus)
    print(", ".join(f"{text}: {len(x):,} texts" for text, x in parts.items()))
    figures = {}
    for path in args.pipelines:
        figures[str(path)] = rows = measure(path, parts, args.steep, args.apart)
        print(path)
        for row in rows:
            p, r, f = (100 * row[key] for key in ("p", "r", "f"))
            right, predicted, gold = row["apart"]
            print(
                f"  steep {row['steep']:g}, apart {row['threshold_apart']}, "
                f"{row['text']:5} {p:5.1f} {r:5.1f} {f:5.1f}"
                f"; in no sentence together: {right} right of {predicted} predicted, "
                f"{gold} gold"
            )
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
