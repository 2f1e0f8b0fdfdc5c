"""How far documents and single passages can be told from public text, in one run.

    python measurements/realism.py CORPUS TEXTS [--pack PACK] [--json FILE]

CORPUS is the folder of a round, with checked.jsonl; TEXTS are public sentences (.jsonl
with `text`). From each side as many sentences are drawn by seed: single passages of the
corpus, sentences of its documents by when they were recorded, sentences of TEXTS. A
classifier on word and letter n-grams (`check`'s own, cross-validated) tells each from
TEXTS; 0.5 is chance. The first is what a corpus without documents would score.

It does so twice: by all words, and by form alone, where each word that is no stop word
is its shape (Xx, xx, X, 00), since no niche is about what other public text is about.
"""

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import numpy as np
from speed_machine import describe_machine

from phantom.checks.models.adversarial import cross_validate
from phantom.checks.models.statistics import auc
from phantom.corpora.windows import is_document
from phantom.jsonl import read_jsonl, write_json
from phantom.packs.language import stop_words
from phantom.packs.pack import Pack, load_pack
from phantom.passages.sentences import split_sentences
from phantom.records import Example

ROOT = Path(__file__).parents[1]


def sentences_by_group(pack: Pack, corpus: Path) -> dict[str, list[str]]:
    """Sentences of the corpus: of single passages, and of documents by their date."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for example in read_jsonl(corpus / "checked.jsonl", Example):
        group = "passages"
        if is_document(pack, example):
            found["documents"] += (own := cut(pack, example))
            dates = re.findall(r"\d{8}", example.id)
            group = f"documents of {dates[0]}" if dates else "documents without a date"
        else:
            own = cut(pack, example)
        found[group] += own
    return dict(found)


def cut(pack: Pack, example: Example) -> list[str]:
    """Sentences of four words and more."""
    spans = split_sentences(example.text, pack.domain.lang, example.entities)
    texts = (example.text[start:end] for start, end in spans)
    return [text for text in texts if len(text.split()) > 3]


def form(text: str, stops: Collection[str]) -> str:
    """A text with nothing but its stop words, punctuation and shapes of the rest."""

    def shape(found: re.Match[str]) -> str:
        word = found[0]
        if word.lower() in stops:
            return word
        if word.isdigit():
            return "0" * min(len(word), 4)
        if any(character.isdigit() for character in word):
            return "X0"
        if word.isupper():
            return "X"
        return "Xx" if word[0].isupper() else "xx"

    return re.sub(r"\w+", shape, text)


def main() -> None:
    """Print the area under the curve of each group; write the figures with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument(
        "--pack", type=Path, default=ROOT / "assets" / "domains" / "medicine"
    )
    parser.add_argument("--sample", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pack, rng = load_pack(args.pack), random.Random(args.seed)
    stops = stop_words(pack.domain.lang)
    lines = args.texts.read_text(encoding="utf-8").splitlines()
    theirs = [text for line in lines if len((text := json.loads(line)["text"])) > 20]
    theirs = rng.sample(theirs, min(args.sample, len(theirs)))
    rows: dict[str, dict[str, float]] = {}
    theirs_words = median(len(text.split()) for text in theirs)
    print(f"public text: {len(theirs)} sentences, median of words {theirs_words:g}")
    for group, texts in sentences_by_group(pack, args.corpus).items():
        ours = rng.sample(texts, min(args.sample, len(texts)))
        is_ours = np.arange(len(ours) + len(theirs)) < len(ours)
        words = [len(text.split()) for text in ours]
        row: dict[str, float] = {"sentences": len(ours), "words": median(words)}
        line = f"{group:24}"
        both = [*ours, *theirs]
        for key, data in (("words", both), ("form", [form(x, stops) for x in both])):
            scores = cross_validate(data, is_ours, 5, args.seed)
            value, low, high = auc(scores, is_ours)
            row |= {f"auc_{key}": value, f"low_{key}": low, f"high_{key}": high}
            line += f" by {key} {value:.3f} ({low:.3f} to {high:.3f}),"
        rows[group] = row
        print(f"{line} {len(ours)} sentences, median of words {row['words']:g}")
    if args.json:
        write_json(args.json, {"machine": describe_machine(), "groups": rows})


if __name__ == "__main__":
    main()
