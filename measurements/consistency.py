"""What one label for an abbreviation over a document is worth: F1 of mentions.

    python measurements/consistency.py PIPELINE [--data PATH] [--skip N] [--limit N]
        [--json PATH]

Whole abstracts of BC5CDR's dev split (default ../shared/data/bc5cdr_cid/dev.jsonl),
read sentence by sentence and at once, each as found and with
`phantom.passages.consistency.unify_abbreviations`.
"""

import argparse
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import spacy
from abbreviations import DATA
from spacy.language import Language

from phantom.jsonl import read_jsonl, write_json
from phantom.packs.language import load_language
from phantom.passages.abbreviations import short_forms
from phantom.passages.consistency import unify_abbreviations
from phantom.passages.sentences import split_sentences
from phantom.records import Entity, Example
from phantom.runtime import register_components

Found = list[list[Entity]]


def predict(nlp: Language, examples: list[Example], *, whole: bool) -> Found:
    """The pipeline's mentions in each text. whole (bool): Not sentence by sentence."""
    parts = [
        (i, start, end)
        for i, example in enumerate(examples)
        for start, end in (
            [(0, len(example.text))]
            if whole
            else split_sentences(example.text, nlp.lang)
        )
    ]
    found: Found = [[] for _ in examples]
    docs = nlp.pipe(examples[i].text[start:end] for i, start, end in parts)
    for doc, (i, start, _) in zip(docs, parts, strict=True):
        for ent in doc.ents:
            first, last = ent.start_char + start, ent.end_char + start
            words = examples[i].text[first:last]
            found[i].append(Entity(start=first, end=last, label=ent.label_, text=words))
    return found


def score(examples: Iterable[Example], found: Found) -> dict[str, float]:
    """Precision, recall and F1 in percent, of the labels that the gold has."""
    right = guessed = gold = 0
    examples = list(examples)
    scored = {entity.label for x in examples for entity in x.entities}
    for example, entities in zip(examples, found, strict=True):
        own = {(e.start, e.end, e.label) for e in entities if e.label in scored}
        true = {(e.start, e.end, e.label) for e in example.entities}
        right, guessed, gold = (
            right + len(own & true),
            guessed + len(own),
            gold + len(true),
        )
    f = 200 * right / max(guessed + gold, 1)
    rates = (100 * right / max(guessed, 1), 100 * right / max(gold, 1), f)
    return dict(zip("prf", (round(rate, 2) for rate in rates), strict=True))


def main() -> None:
    """Score the four ways and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--skip", type=int, default=0, help="the first so many")
    parser.add_argument("--limit", type=int, help="no more than so many")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    register_components()
    nlp = spacy.load(args.pipeline, exclude=["relation_extractor"])
    forms = short_forms(load_language(nlp.lang))
    stop = args.skip + args.limit if args.limit else None
    examples = list(islice(read_jsonl(args.data, Example), args.skip, stop))
    figures: dict[str, Any] = {"abstracts": len(examples)}
    for way, whole in (("sentence by sentence", False), ("whole", True)):
        found = predict(nlp, examples, whole=whole)
        figures[way] = score(examples, found)
        unified = [
            unify_abbreviations(x.text, own, forms)
            for x, own in zip(examples, found, strict=True)
        ]
        figures[f"{way}, abbreviations unified"] = score(examples, unified)
    for name, value in figures.items():
        print(f"{name}: {value}")
    if args.json:
        write_json(args.json, figures)


if __name__ == "__main__":
    main()
