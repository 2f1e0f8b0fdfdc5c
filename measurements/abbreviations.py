"""Precision and recall of definitions of abbreviations, by hand and by gold concepts.

    python measurements/abbreviations.py [--data PATH] [--show] [--json PATH]

Our own sentences (abbreviations_own.tsv) say what each defines. In BC5CDR's abstracts
(default ../shared/data/bc5cdr_cid/dev.jsonl), a definition is right if its two forms
are mentions of one concept, and wrong if of two; the others were read one by one
(abbreviations_read.tsv). Recall there is that of pairs of mentions of one concept, the
second in brackets beside the first, whose letters stand in the longer one in order
from its first letter on: brand names and codes are no abbreviations.
"""

import argparse
import csv
import json
import re
from pathlib import Path
from typing import Any

from phantom.jsonl import read_jsonl
from phantom.packs.language import load_language
from phantom.passages.abbreviations import Definition, find_definitions, short_forms
from phantom.records import Entity, Example

FOLDER = Path(__file__).parent
DATA = FOLDER.parents[1] / "shared" / "data" / "bc5cdr_cid" / "dev.jsonl"
FORMS = short_forms(load_language("en"))
_OPENS, _CLOSES = re.compile(r"\s*[(\[]\s*"), re.compile(r"[)\],;]")
Pair = tuple[str, str]


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a table beside this file."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def score_own() -> dict[str, Any]:
    """Our own sentences, each with one definition or none."""
    right = found = gold = 0
    wrong: list[str] = []
    for row in read_table("abbreviations_own.tsv"):
        text = row["text"]
        pairs = [show(text, x) for x in find_definitions(text, FORMS)]
        wanted = [(row["long"], row["short"])] if row["short"] else []
        right += len(set(pairs) & set(wanted))
        found, gold = found + len(pairs), gold + len(wanted)
        wrong += [text] if set(pairs) != set(wanted) else []
    return {**rates(right, found, right, gold), "wrong": wrong}


def score_concepts(path: Path) -> dict[str, Any]:
    """Abstracts whose mentions bear concept ids."""
    read = {
        (row["long"], row["short"]): row["right"] == "yes"
        for row in read_table("abbreviations_read.tsv")
    }
    right = found = hit = gold = 0
    unread: list[Pair] = []
    missed: list[Pair] = []
    wrong: list[Pair] = []
    for example in read_jsonl(path, Example):
        definitions = list(find_definitions(example.text, FORMS))
        mentions = {(e.start, e.end): e for e in example.entities}
        for definition in definitions:
            pair = show(example.text, definition)
            long, short = mentions.get(definition.long), mentions.get(definition.short)
            if long and short:
                good: bool | None = long.id == short.id
            else:
                good = read.get(pair)
            if good is None:
                unread.append(pair)
                continue
            found, right = found + 1, right + good
            wrong += [] if good else [pair]
        for long, short in find_reference(example):
            gold += 1
            if any(is_same(x, long, short) for x in definitions):
                hit += 1
            else:
                missed.append((long.text, short.text))
    figures = {**rates(right, found, hit, gold), "unread": len(unread)}
    return {**figures, "wrong": wrong, "missed": missed, "to read": unread}


def find_reference(example: Example) -> list[tuple[Entity, Entity]]:
    """Mentions of one concept side by side, long and short."""
    found = []
    for first, second in zip(example.entities, example.entities[1:], strict=False):
        between = example.text[first.end : second.start]
        after = example.text[second.end : second.end + 1]
        if first.id != second.id or first.id in (None, "-1"):
            continue
        if _OPENS.fullmatch(between) and _CLOSES.fullmatch(after):
            long, short = sorted((first, second), key=lambda e: -len(e.text))
            if abbreviates(short.text, long.text):
                found.append((long, short))
    return found


def abbreviates(short: str, long: str) -> bool:
    """Whether letters stand in order, the first one first; no part of the long form."""
    letters = [c for c in short.removesuffix("s").lower() if c.isalpha()]
    rest = iter(c for c in long.lower() if c.isalpha())
    first = next((c for c in long.lower() if c.isalpha()), "")
    looks = (
        len(short) <= 10 and len(short.split()) <= 2 and any(map(str.isupper, short))
    )
    whole = short.lower() in long.lower()
    return (
        looks
        and not whole
        and letters[:1] == [first]
        and all(c in rest for c in letters)
    )


def is_same(found: Definition, long: Entity, short: Entity) -> bool:
    """Whether a definition has the short mention, and all of the long one.

    Annotators leave modifiers off that the short form stands for.
    """
    same = found.short == (short.start, short.end)
    return same and found.long[0] <= long.start and found.long[1] == long.end


def show(text: str, definition: Definition) -> Pair:
    """Long and short form as they stand in the text."""
    return text[slice(*definition.long)], text[slice(*definition.short)]


def rates(right: int, found: int, hit: int, gold: int) -> dict[str, Any]:
    """Counts, and precision and recall in percent."""
    return {
        "right": right,
        "found": found,
        "precision": round(100 * right / max(found, 1), 1),
        "hit": hit,
        "gold": gold,
        "recall": round(100 * hit / max(gold, 1), 1),
    }


def main() -> None:
    """Print figures for both sets and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--show", action="store_true", help="what is wrong, and missed")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    figures = {"own sentences": score_own()}
    if args.data.is_file():
        figures["BC5CDR abstracts"] = score_concepts(args.data)
    for name, one in figures.items():
        print(
            f"{name}: precision {one['precision']} ({one['right']} of {one['found']}), "
            f"recall {one['recall']} ({one['hit']} of {one['gold']})"
            + (f", {one['unread']} not read" if one.get("unread") else "")
        )
        for key in ("wrong", "missed", "to read") if args.show else ():
            for item in one.get(key, ()):
                print(f"    {key}: {item}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
