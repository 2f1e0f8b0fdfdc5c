"""What a document read as one is worth to relations: F1 of pairs of concepts.

    python measurements/consistency_concepts.py PIPELINE [--pack PATH] [--data PATH]
        [--limit N] [--json PATH]

INDUCES in BC5CDR's abstracts, dev (default ../shared/data/bc5cdr_cid/dev.jsonl), end to
end: mentions, relations and ids are the pipeline's own. An id is that of the pack's
lexicons (any of a name's), or, to see the relations alone, that of the gold mention
which has the same place. A pair whose mentions have no id is wrong. What is read whole
is read as `apply` does; "joined" scores its relations between concepts, else a pair of
concepts is related if any two of their mentions are.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from abbreviations import DATA
from concepts import PACK, strip
from spacy.language import Language
from spacy.tokens import Doc

from phantom.documents.applier import Setup
from phantom.documents.rows import to_row
from phantom.jsonl import read_jsonl, write_json
from phantom.passages.sentences import split_sentences
from phantom.records import Example

LABEL = "INDUCES"
Ids = Callable[[dict[str, Any], int, int], frozenset[str]]
Pair = tuple[frozenset[str], frozenset[str]]


def find_pairs(docs: list[tuple[Doc, int]], ids: Ids, joined: bool) -> set[Pair]:
    """Pairs of concepts that the docs of one abstract relate.

    docs (List[Tuple[Doc, int]]): With where their text begins in the abstract.
    joined (bool): Whether to take relations between concepts, not between mentions.
    """
    pairs = set()
    for doc, start in docs:
        row = to_row(doc)
        mentions = defaultdict(list)
        for number, entity in enumerate(row["entities"]):
            mentions[entity["concept"]].append(ids(row, number, start))
        # A concept is what most of its mentions are.
        means = {n: Counter(own).most_common(1)[0][0] for n, own in mentions.items()}
        for relation in row["concept_relations" if joined else "relations"]:
            if relation["label"] == LABEL:
                ends = (relation["head"], relation["tail"])
                head, tail = (means[x] if joined else ids(row, x, start) for x in ends)
                pairs.add((head, tail))
    return pairs


def by_lexicon(row: dict[str, Any], number: int, start: int) -> frozenset[str]:
    """MeSH ids of a mention's concept; where it has none, its words."""
    entity = row["entities"][number]
    concept = row["concepts"][entity["concept"]]
    found = (strip(i) for i in concept["ids"])
    known = frozenset(i for i in found if i[:1] in "CD")
    return known or frozenset([concept["name"].lower()])


def by_gold(example: Example) -> Ids:
    """Ids of the gold mentions of an abstract."""
    golds = {(e.start, e.end): e.id for e in example.entities}

    def find(row: dict[str, Any], number: int, start: int) -> frozenset[str]:
        entity = row["entities"][number]
        own = golds.get((entity["start"] + start, entity["end"] + start))
        return frozenset((own or entity["text"].lower()).split("|"))

    return find


def read_parts(nlp: Language, text: str, whole: bool) -> Iterator[tuple[str, int]]:
    """An abstract, or its sentences, with where they begin."""
    if whole:
        yield text, 0
        return
    for start, end in split_sentences(text, nlp.lang or "en"):
        yield text[start:end], start


def score(examples: list[Example], found: list[set[Pair]]) -> dict[str, float]:
    """Precision, recall and F1 in percent; a pair is right by any of its ids."""
    right = guessed = hit = gold = 0
    for example, pairs in zip(examples, found, strict=True):
        wanted = {(a, b) for a, b in example.meta["cid"]}
        told = [{(a, b) for a in head for b in tail} & wanted for head, tail in pairs]
        right, guessed = right + sum(map(bool, told)), guessed + len(pairs)
        hit, gold = hit + len(set().union(*told)), gold + len(wanted)
    p, r = right / max(guessed, 1), hit / max(gold, 1)
    rates = (p, r, 2 * p * r / max(p + r, 1e-9))
    return dict(zip("prf", (round(100 * x, 2) for x in rates), strict=True))


def main() -> None:
    """Score the ways and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline")
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--limit", type=int, help="no more than so many")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    examples = list(islice(read_jsonl(args.data, Example), args.limit))
    figures: dict[str, Any] = {"abstracts": len(examples)}
    bare, both = ("abbreviations", "context"), ("context",)
    setup = partial(Setup, args.pipeline, args.pack)
    ways = {
        "sentence by sentence": (False, setup(bare, alone=False), False),
        "whole, abbreviations unified": (True, setup(both), False),
        "whole, joined": (True, None, True),
        "whole": (True, setup(bare), False),
    }
    for way, (whole, made, joined) in ways.items():
        if made:
            nlp = made.load()
            parts = [list(read_parts(nlp, x.text, whole)) for x in examples]
            docs = nlp.pipe(text for own in parts for text, _ in own)
            read = [[(next(docs), start) for _, start in own] for own in parts]
        ids = {"lexicon": [by_lexicon] * len(examples), "gold": map(by_gold, examples)}
        for name, finders in ids.items():
            found = [
                find_pairs(own, finder, joined)
                for own, finder in zip(read, finders, strict=True)
            ]
            figures[f"{way}, ids of the {name}"] = score(examples, found)
            print(f"{way}, ids of the {name}: {score(examples, found)}", flush=True)
    if args.json:
        write_json(args.json, figures)


if __name__ == "__main__":
    main()
