"""How far the augmenters for notes bring text to what is published of real notes.

    python measurements/notes.py PASSAGES [--notes PATH] [--pack PATH] [--json PATH]

PASSAGES are examples (.jsonl), such as corpus/medicine/round-1/checked.jsonl; each
augmenter makes a copy of every one of them, with the settings of docs/notes.md but for
the share. --notes are recorded notes, to be counted beside them.

Counted are, in percent of words: short forms (of the pack's table, or two to five
letters in capitals that are no heading), articles, auxiliaries and pronouns
(`notes.left_out` of the language), and misspelled words (those that `typo` changed).
"""

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from phantom.augmenters.base import augment
from phantom.jsonl import read_jsonl, write_json
from phantom.packs.language import load_language
from phantom.packs.pack import Pack, load_pack
from phantom.packs.tables import read_table
from phantom.records import Example

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / "docs" / "notes.md"
_CAPITALS = re.compile(r"[^\W\d_a-z]{2,5}s?")
_EDGE = ".,;:()[]\"'?!"


class Words(NamedTuple):
    """What words are counted as."""

    short: frozenset[str]
    headings: frozenset[str]
    left_out: frozenset[str]

    def count(self, texts: Iterable[str]) -> dict[str, float]:
        """Shares in percent, and how many words there are."""
        words = [
            bare
            for text in texts
            for word in text.split()
            if (bare := word.strip(_EDGE))
        ]
        short = sum(map(self.is_short, words))
        left_out = sum(word.lower() in self.left_out for word in words)
        return {
            "words": len(words),
            "short": round(100 * short / max(len(words), 1), 1),
            "left out": round(100 * left_out / max(len(words), 1), 1),
        }

    def is_short(self, word: str) -> bool:
        """Whether a word is a short form."""
        if word in self.short:
            return True
        return bool(_CAPITALS.fullmatch(word)) and word.lower() not in self.headings


def read_words(pack: Pack, table: str) -> Words:
    """The words of a pack and its language."""
    language = load_language(pack.domain.lang, pack.path)
    rows = read_table(pack.path / table, *[("long", "short")] * 2)
    forms = (form for own in language.headings.values() for form in own)
    return Words(
        frozenset(x["short"] for x in rows if any(map(str.isalpha, x["short"]))),
        frozenset(word for form in forms for word in form.split()),
        frozenset(x for x in language.notes.left_out if " " not in x),
    )


def read_settings(path: Path) -> list[dict[str, dict[str, Any]]]:
    """The augmenters that the page on notes lists."""
    (block,) = re.findall(r"```yaml\n(augment:.*?)```", path.read_text("utf-8"), re.S)
    found: list[dict[str, dict[str, Any]]] = yaml.safe_load(block)["augment"]
    return found


def vary(
    pack: Pack, examples: Sequence[Example], settings: list[dict[str, dict[str, Any]]]
) -> list[tuple[Example, Example]]:
    """Each passage beside the copy that some augmenters make of it, one by one."""
    made = {example.id: (example, example) for example in examples}
    for setting in settings:
        asked = [{name: {**own, "share": 1.0} for name, own in setting.items()}]
        domain = pack.domain.model_copy(update={"augment": asked})
        last = {new.id: old.id for old, new in made.values()}
        found = augment(
            Pack(pack.path, domain), [new for _, new in made.values()], seed=0
        )
        for variant in found:
            if variant.derived_from and variant.derived_from[0] in last:
                first = last[variant.derived_from[0]]
                made[first] = (made[first][0], variant)
    return list(made.values())


def misspelled(pairs: Iterable[tuple[Example, Example]]) -> float:
    """Percent of words that differ, of passages with as many words as before."""
    changed = words = 0
    for old, new in pairs:
        before, after = old.text.split(), new.text.split()
        if len(before) == len(after):
            changed += sum(a != b for a, b in zip(before, after, strict=True))
            words += len(before)
    return round(100 * changed / max(words, 1), 1)


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--notes", type=Path, help="recorded notes")
    parser.add_argument("--pack", type=Path, default=ROOT / "assets/domains/medicine")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    pack = load_pack(args.pack)
    settings = read_settings(NOTES)
    table = next(x["shorthand"]["table"] for x in settings if "shorthand" in x)
    words = read_words(pack, table)
    examples = list(read_jsonl(args.passages, Example))
    figures = {"passages": words.count(x.text for x in examples)}
    ways = {next(iter(setting)): [setting] for setting in settings}
    ways["shorthand, telegram"] = [
        x for x in settings if next(iter(x)) in ("shorthand", "telegram")
    ]
    for way, own in ways.items():
        pairs = vary(pack, examples, own)
        figures[way] = words.count(new.text for _, new in pairs)
        if way == "typo":
            figures[way]["misspelled"] = misspelled(pairs)
    if args.notes:
        notes = read_jsonl(args.notes, Example)
        figures["recorded notes"] = words.count(x.text for x in notes)
    for way, found in figures.items():
        print(f"{way}: {found}")
    if args.json:
        write_json(args.json, figures)


if __name__ == "__main__":
    main()
