"""What a scan costs: F1 of a pipeline on text that Tesseract read, labels carried.

    python measurements/scanned.py PIPELINE [--data PATH] [--limit N] [--level N]
        [--json PATH]

The first sentences of NCBI-Disease's dev split (default ../shared/data/ncbi_disease),
ten to a page, rendered, degraded (scans.py) and read. A mention that could not be
carried to the text that was read counts as missed. Sentences stand as in the file.
"""

import argparse
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import spacy
from rapidfuzz.distance import Levenshtein
from scans import LEVELS, scan
from spacy.language import Language

from phantom.jsonl import read_jsonl
from phantom.passages.carried import carry_labels
from phantom.records import Entity, Example
from phantom.runtime import register_components

DATA = Path("../shared/data/ncbi_disease/dev.jsonl")
PER_PAGE = 10


def join(examples: Iterable[Example]) -> Example:
    """Sentences as one text, white space as single blanks."""
    text, entities = "", list[Entity]()
    for example in examples:
        for entity in example.entities:
            entities.append(entity.moved(len(text)))
        text += f"{example.text} "
    assert text.split(" ")[:-1] == text.split()
    return Example(id="page", text=text[:-1], entities=tuple(entities))


def score(
    nlp: Language, pages: list[Example], lost: int, labels: set[str]
) -> dict[str, float]:
    """Strict precision, recall and F1 in percent. lost (int): Gold mentions more."""
    right = found = gold = 0
    for doc, page in zip(nlp.pipe(x.text for x in pages), pages, strict=True):
        own = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        own = {x for x in own if x[2] in labels}
        true = {(e.start, e.end, e.label) for e in page.entities}
        right, found = right + len(own & true), found + len(own)
        gold += len(true)
    gold += lost
    rates = (right / max(found, 1), right / max(gold, 1), 2 * right / (found + gold))
    return dict(zip("prf", (round(100 * x, 1) for x in rates), strict=True))


def main() -> None:
    """Print the character error rate, what was lost, and F1 on both texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--level", type=int, choices=LEVELS, default=2)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    register_components()
    nlp = spacy.load(args.pipeline, exclude=["relation_extractor"])
    sentences = list(islice(read_jsonl(args.data, Example), args.limit))
    labels = {entity.label for x in sentences for entity in x.entities}
    starts = range(0, len(sentences), PER_PAGE)
    pages = [join(sentences[i : i + PER_PAGE]) for i in starts]
    carried: list[Example] = []
    lost: list[Entity] = []
    edits = 0
    texts = [page.text for page in pages]
    scanned = scan(texts, LEVELS[args.level], seed=0)
    for page, (written, read) in zip(pages, scanned, strict=True):
        assert written == page.text
        edits += Levenshtein.distance(written, read)
        example, gone = carry_labels(page, read)
        carried.append(example)
        lost += gone
    mentions = sum(len(page.entities) for page in pages)
    assert sum(len(x.entities) for x in carried) + len(lost) == mentions
    figures: dict[str, Any] = {
        "sentences": len(sentences),
        "mentions": mentions,
        "lost": len(lost),
        "character error rate": round(100 * edits / sum(map(len, texts)), 2),
        "as written": score(nlp, pages, 0, labels),
        "as read": score(nlp, carried, len(lost), labels),
        "as read, of what was carried": score(nlp, carried, 0, labels),
    }
    for name, value in figures.items():
        print(f"{name}: {value}")
    print("lost:", ", ".join(entity.text for entity in lost))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
