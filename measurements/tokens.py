"""Gold mentions that tokens can't express: spaCy's tokenizer beside ours.

Usage: python measurements/tokens.py [--benchmarks FOLDER] [--json PATH] [--lang en]
       [--show N]

Reads every FOLDER/<data set>/<split>.jsonl with labelled mentions (default
assets/benchmarks). A mention that begins or ends within a token can be neither taught
nor found; "growth" is how many more tokens ours makes of the same texts.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts")]

import spacy  # noqa: E402
from spacy.language import Language  # noqa: E402

from phantom.evaluation.testsets import read_records  # noqa: E402
from phantom.records import Example  # noqa: E402
from phantom.runtime import blank_pipeline  # noqa: E402


def inexpressible(nlp: Language, example: Example) -> tuple[list[str], int]:
    """Mentions of an example that do not begin and end with a token.

    Where names were replaced by placeholders, the text is that of before.

    RETURNS (Tuple[List[str], int]): Each with its surroundings, and how many tokens
        the text has.
    """
    if example.orig:
        fields = {"id": example.id, **example.orig, "model": example.model}
        example = Example.model_validate({**fields, "origin": example.origin})
    doc, text = nlp.make_doc(example.text), example.text
    lost = [
        f"{text[max(0, e.start - 12) : e.start]}[{e.text}]{text[e.end : e.end + 12]}"
        for e in example.entities
        if doc.char_span(e.start, e.end) is None
    ]
    return lost, len(doc)


def count(tokenizers: dict[str, Language], examples: Iterable[Example]) -> dict:
    """Lost mentions and tokens of each tokenizer, on the same examples.

    RETURNS (Dict[str, Any]): `mentions`, and by tokenizer `lost`, `share` (percent),
        `tokens` and `shown`, the lost ones.
    """
    figures: dict[str, Any] = {"mentions": 0}
    figures |= {name: {"tokens": 0, "shown": []} for name in tokenizers}
    for example in examples:
        figures["mentions"] += len(example.entities)
        for name, nlp in tokenizers.items():
            lost, tokens = inexpressible(nlp, example)
            figures[name]["tokens"] += tokens
            figures[name]["shown"] += lost
    for name in tokenizers:
        lost = len(figures[name]["shown"])
        share = round(100 * lost / max(figures["mentions"], 1), 2)
        figures[name] |= {"lost": lost, "share": share}
    return figures


def main() -> None:
    """Count each split, print a line for each and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = ROOT / "assets" / "benchmarks"
    parser.add_argument("--benchmarks", type=Path, default=default)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--lang", default="en")
    parser.add_argument("--show", type=int, default=0, help="lost mentions to print")
    args = parser.parse_args()
    paths = sorted(args.benchmarks.glob("*/*.jsonl"))
    if not paths:
        parser.error(f"{args.benchmarks}: no <data set>/<split>.jsonl there")
    tokenizers = {"stock": spacy.blank(args.lang), "ours": blank_pipeline(args.lang)}
    found: dict[str, Any] = {}
    for path in paths:
        name = f"{path.parent.name}/{path.stem}"
        figures = count(tokenizers, read_records(path))
        if not figures["mentions"]:
            print(f"{name}: no mentions")
            continue
        stock, ours = figures["stock"], figures["ours"]
        growth = round(100 * (ours["tokens"] / stock["tokens"] - 1), 1)
        found[name] = {**figures, "growth": growth}
        print(
            f"{name}: {figures['mentions']} mentions; stock loses {stock['lost']} "
            f"({stock['share']}%), ours {ours['lost']} ({ours['share']}%); "
            f"tokens {growth:+}%"
        )
        for text in ours["shown"][: args.show]:
            print(f"    {text!r}")
        for tokenizer in tokenizers:
            del figures[tokenizer]["shown"]
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
