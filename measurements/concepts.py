"""Names of mentions by id: which similarity is enough, on gold mentions of BC5CDR dev.

    python measurements/concepts.py [--pack PATH] [--data PATH] [--json PATH]

A mention is right if one of its ids is the annotators' MeSH id. Mentions whose id no
lexicon of the pack has are left out of recall, yet count as wrong where they are named.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from phantom.jsonl import read_jsonl
from phantom.packs.document import read_ids, read_settings
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.passages.abbreviations import find_uses, short_forms
from phantom.records import Example
from phantom.runtime import load_component

DATA = Path("../shared/data/bc5cdr_cid/dev.jsonl")
PACK = Path("assets/domains/medicine")
THRESHOLDS = (1.01, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)


def strip(identifier: str) -> str:
    """An id without the name of its vocabulary."""
    return identifier.rpartition(":")[2]


def main() -> None:
    """Print precision and recall for each threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    pack = load_pack(args.pack)
    rows = {label: read_ids(pack, label) for label in pack.domain.lexicons}
    language = load_language(pack.domain.lang, pack.path)
    found = load_component("document_names")
    fold = found.make_fold(**read_settings(pack)["concepts"]["inflections"])
    names = {label: found.Names(own, fold) for label, own in rows.items()}
    mesh = {strip(i) for own in rows.values() for _, i in own if strip(i)[:1] in "CD"}
    mentions = []
    for example in read_jsonl(args.data, Example):
        longs = {
            (use.start, use.end): example.text[slice(*use.definition.long)]
            for use in find_uses(example.text, short_forms(language))
        }
        for entity in example.entities:
            text = longs.get((entity.start, entity.end), entity.text)
            mentions.append((entity.label, text, entity.id))
    figures: dict[str, Any] = {"mentions": len(mentions)}
    for threshold in THRESHOLDS:
        right = named = possible = 0
        for label, text, gold in mentions:
            golds = set((gold or "").split("|"))
            possible += bool(golds & mesh)
            match = names[label].find(text, threshold)
            ids = {strip(i) for i in match.ids if strip(i)[:1] in "CD"} if match else ()
            # A name of another vocabulary alone says nothing about MeSH.
            named += bool(ids)
            right += bool(golds & set(ids))
        precision, recall = right / max(named, 1), right / max(possible, 1)
        f = 2 * precision * recall / (precision + recall)
        line = [round(100 * x, 1) for x in (precision, recall, f)]
        figures[str(threshold)] = dict(zip("prf", line, strict=True))
        print(threshold, figures[str(threshold)], f"{named:,} named", flush=True)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
