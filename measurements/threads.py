"""Texts from many threads at once: do they get what one thread gives?

Usage: python measurements/threads.py [--pipeline PATH] [--families bert roberta ...]
       [--texts N] [--words N] [--threads N] [--quick] [--json PATH]

Small encoders with much dropout stand for their families: from random weights they are
taught the recording for some steps, entities and relations. A trained pipeline may be
added. Counted are texts whose entities or relations differ, and those whose states of
the encoder or scores of relations differ by more than rounding.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import numpy  # noqa: E402
import spacy  # noqa: E402
from encoders import FAMILIES, LISTENER, RECOGNIZER, build_encoder  # noqa: E402
from recorded import read_recorded  # noqa: E402
from spacy.language import Language  # noqa: E402
from spacy.training import Example  # noqa: E402
from speed_pipelines import load_variant  # noqa: E402

from phantom.formats.docs import to_doc  # noqa: E402
from phantom.records import Example as Passage  # noqa: E402

TOLERANCE = 1e-4
STEPS, BATCH, THRESHOLD = 150, 24, 0.2
ENTITIES = {"sorafenib": "CHEMICAL", "hypertension": "DISEASE"}
SCHEMA = {"INDUCES": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False}}


def pipeline(encoder: Path, taught: Sequence[Passage] = ()) -> Language:
    """An encoder, entities and relations from random weights.

    taught (Sequence[Passage]): What entities and relations are taught for some steps;
        without it entities come from a list, and relations are as they fall.
    """
    nlp = spacy.blank("en")
    spans = {
        "@span_getters": "spacy-transformers.strided_spans.v1",
        "window": 128,
        "stride": 96,
    }
    model: dict[str, Any] = {
        "@architectures": "phantom.TransformerModel.v1",
        "name": str(encoder),
        "get_spans": spans,
        "precision": "fp32",
    }
    nlp.add_pipe("transformer", config={"model": model})
    ruler = nlp.add_pipe("entity_ruler")
    if taught:
        nlp.add_pipe("entity_recognizer", config={"model": RECOGNIZER})
    relations = {
        "@architectures": "phantom.RelationModel.v1",
        "tok2vec": LISTENER,
        "pair_tensor": {"@architectures": "phantom.PairTensor.v1", "dropout": 0.5},
    }
    config: dict[str, Any] = {"model": relations, "threshold": THRESHOLD}
    if not taught:
        config |= {"threshold": 0.0, "relation_schema": SCHEMA}
    nlp.add_pipe("relation_extractor", config=config)
    text = "Sorafenib induced hypertension."
    gold = {"entities": [(0, 9, "CHEMICAL"), (18, 30, "DISEASE")]}
    example = Example.from_dict(nlp.make_doc(text), gold)
    example.reference._.relations = []
    docs = [to_doc(nlp, passage) for passage in taught]
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs] or [example]
    optimizer = nlp.initialize(lambda: examples)
    if taught:
        optimizer.learn_rate = 0.001
        for step in range(STEPS):
            start = step * BATCH % len(examples)
            nlp.update(examples[start : start + BATCH], sgd=optimizer, drop=0.1)
    ruler.add_patterns(  # type: ignore[attr-defined]
        [
            {"pattern": [{"LOWER": text}], "label": label}
            for text, label in ENTITIES.items()
        ]
    )
    return nlp


@dataclass
class Reading:
    """What a pipeline makes of one text.

    states (ndarray): The encoder's, those of padding left out (wordpieces, width).
    entities (List[Tuple]): First and end token, label.
    relations (List[Tuple]): Head, tail, label.
    scores (List[float]): Of the relations.
    """

    states: numpy.ndarray
    entities: list[tuple[int, int, str]]
    relations: list[tuple[Any, Any, str]]
    scores: list[float]


def read(nlp: Language, text: str) -> Reading:
    """Send a text through the pipeline."""
    doc = nlp(text)
    data = doc._.trf_data
    states = data.model_output.last_hidden_state.reshape(-1, data.width)
    found = doc._.relations
    return Reading(
        states[data.align.dataXd.ravel()],
        [(ent.start, ent.end, ent.label_) for ent in doc.ents],
        [(r["head"], r["tail"], r["label"]) for r in found],
        [r["score"] for r in found],
    )


def together(
    nlp: Language,
    texts: list[str],
    threads: int,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, int]:
    """Read texts one after the other, then from threads.

    meanwhile (Optional[Callable]): What another thread does again and again.
    RETURNS (Dict[str, int]): Texts that differ in "entities", "relations", "scores" and
        "states".
    RAISES: ValueError if no text has a relation, so that nothing would be compared.
    """
    alone = [read(nlp, text) for text in texts]
    if not any(one.scores for one in alone):
        raise ValueError("no relation in any text: nothing to compare")
    stop = False

    def keep_on() -> None:
        while meanwhile and not stop:
            meanwhile()

    with ThreadPoolExecutor(threads + 1) as pool:
        other = pool.submit(keep_on)
        try:
            found = list(pool.map(lambda text: read(nlp, text), texts))
        finally:
            stop = True
        other.result()
    pairs = list(zip(alone, found, strict=True))
    return {
        "entities": sum(one.entities != two.entities for one, two in pairs),
        "relations": sum(one.relations != two.relations for one, two in pairs),
        "scores": sum(_differ(one.scores, two.scores) for one, two in pairs),
        "states": sum(_differ(one.states, two.states) for one, two in pairs),
    }


def _differ(left: Any, right: Any) -> bool:
    if len(left) != len(right):
        return True
    return bool(len(left)) and not numpy.allclose(left, right, atol=TOLERANCE)


def main() -> None:
    """Compare for each family, print and write the counts; 1 if any differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipeline", type=Path, help="a trained pipeline, as well")
    parser.add_argument("--families", nargs="*", default=["bert", "roberta", "xlnet"])
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--words", type=int, help="of each text, at most")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--quick", action="store_true", help="200 texts")
    parser.add_argument("--json", type=Path, help="where to write the counts")
    args = parser.parse_args()
    unknown = sorted(set(args.families) - set(FAMILIES))
    if unknown:
        parser.error(f"no such family: {unknown}; there are {list(FAMILIES)}")
    count = 200 if args.quick else args.texts
    passages = read_recorded()
    texts = [" ".join(x.text.split()[: args.words]) for x in passages]
    texts = (texts * (-(-count // len(texts))))[:count]
    figures: dict[str, dict[str, int]] = {}
    if args.pipeline:
        nlp = load_variant(args.pipeline, "auto")
        figures[str(args.pipeline)] = together(nlp, texts, args.threads)
    # Entities for the relations of encoders that find none.
    texts = [f"{text} Sorafenib induced hypertension." for text in texts]
    for family in args.families:
        with TemporaryDirectory() as folder:
            taught = [passage for passage in passages if passage.relations]
            nlp = pipeline(build_encoder(family, Path(folder)), taught)
            figures[family] = together(nlp, texts, args.threads)
    for name, found in figures.items():
        differing = ", ".join(f"{key} {number}" for key, number in found.items())
        print(f"{name}: of {count} texts, {args.threads} threads, differ: {differing}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    if any(sum(found.values()) for found in figures.values()):
        raise SystemExit("threads give something else than one thread")


if __name__ == "__main__":
    main()
