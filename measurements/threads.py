"""Texts from many threads at once: do they get what one thread gives?

Usage: python measurements/threads.py [--pipeline PATH] [--families bert roberta ...]
       [--texts N] [--words N] [--threads N] [--quick] [--json PATH]

Small encoders with random weights and much dropout stand for their families; a trained
pipeline may be added. Counted are texts whose states of the encoder, and whose scores
of relations, differ by more than rounding.
"""

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

import numpy  # noqa: E402
import spacy  # noqa: E402
from encoders import FAMILIES, build_encoder  # noqa: E402
from recorded import read_recorded  # noqa: E402
from spacy.language import Language  # noqa: E402
from spacy.training import Example  # noqa: E402
from speed_pipelines import load_variant  # noqa: E402

TOLERANCE = 1e-4
LISTENER = {
    "@architectures": "spacy-transformers.TransformerListener.v1",
    "pooling": {"@layers": "reduce_mean.v1"},
}
ENTITIES = {"sorafenib": "CHEMICAL", "hypertension": "DISEASE"}
SCHEMA = {"INDUCES": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False}}


def pipeline(encoder: Path) -> Language:
    """An encoder, entities by list and relations from random weights, all written."""
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
    relations = {
        "@architectures": "phantom.RelationModel.v1",
        "tok2vec": LISTENER,
        "pair_tensor": {"@architectures": "phantom.PairTensor.v1", "dropout": 0.5},
    }
    config = {"threshold": 0.0, "relation_schema": SCHEMA, "model": relations}
    nlp.add_pipe("relation_extractor", config=config)
    text = "Sorafenib induced hypertension."
    gold = {"entities": [(0, 9, "CHEMICAL"), (18, 30, "DISEASE")]}
    example = Example.from_dict(nlp.make_doc(text), gold)
    example.reference._.relations = []
    nlp.initialize(lambda: [example])
    ruler.add_patterns(  # type: ignore[attr-defined]
        [
            {"pattern": [{"LOWER": text}], "label": label}
            for text, label in ENTITIES.items()
        ]
    )
    return nlp


def read(nlp: Language, text: str) -> tuple[numpy.ndarray, list[float]]:
    """States of a text's wordpieces, those of padding left out, and its scores."""
    doc = nlp(text)
    data = doc._.trf_data
    states = data.model_output.last_hidden_state.reshape(-1, data.width)
    return states[data.align.dataXd.ravel()], [r["score"] for r in doc._.relations]


def together(
    nlp: Language,
    texts: list[str],
    threads: int,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, int]:
    """Read texts one after the other, then from threads.

    meanwhile (Optional[Callable]): What another thread does again and again.
    RETURNS (Dict[str, int]): Texts whose "states" and whose "scores" differ.
    RAISES: ValueError if no text has a relation, so that nothing would be compared.
    """
    alone = [read(nlp, text) for text in texts]
    if not any(scores for _, scores in alone):
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
        "states": sum(_differ(left[0], right[0]) for left, right in pairs),
        "scores": sum(_differ(left[1], right[1]) for left, right in pairs),
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
    texts = [" ".join(x.text.split()[: args.words]) for x in read_recorded()]
    texts = (texts * (-(-count // len(texts))))[:count]
    figures: dict[str, dict[str, int]] = {}
    if args.pipeline:
        nlp = load_variant(args.pipeline, "auto")
        figures[str(args.pipeline)] = together(nlp, texts, args.threads)
    # Entities for the relations of encoders that find none.
    texts = [f"{text} Sorafenib induced hypertension." for text in texts]
    for family in args.families:
        with TemporaryDirectory() as folder:
            nlp = pipeline(build_encoder(family, Path(folder)))
            figures[family] = together(nlp, texts, args.threads)
    for name, found in figures.items():
        print(f"{name}: of {count} texts differ in states {found['states']}, ", end="")
        print(f"in scores {found['scores']} ({args.threads} threads)")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    if any(sum(found.values()) for found in figures.values()):
        raise SystemExit("threads give something else than one thread")


if __name__ == "__main__":
    main()
