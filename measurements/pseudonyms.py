"""Plant identifiers in made-up notes; count which `pseudonymise` leaves in the text.

What is planted lies in identifiers_<lang>.yml: names drawn half from the table of given
names, half from words that stand in no table, each identifier with a cue before it or
bare. "word_surname" and "word_place" are names that are words of the language as well.
Recall is by category; false alarms are counted on passages of the pack's recording,
which name nobody. With --ordinary, the words of its other passages are what is no name.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from recorded import PACK, read_recorded  # noqa: E402

from phantom.jsonl import write_jsonl  # noqa: E402
from phantom.packs.pack import load_pack, read_mapping  # noqa: E402
from phantom.pseudonyms import (  # noqa: E402
    Finder,
    Surrogates,
    make_finder,
    make_surrogates,
    pseudonymise,
)
from phantom.records import Example  # noqa: E402

NAMES = {"name", "noble"}


@dataclass
class Notes:
    """Made-up notes. planted: (category, cue, identifier), in order of notes."""

    examples: list[Example] = field(default_factory=list)
    planted: list[tuple[str, bool, str]] = field(default_factory=list)


def read_planted(lang: str) -> dict[str, Any]:
    """What is planted in notes of a language."""
    return read_mapping(ROOT / "measurements" / f"identifiers_{lang}.yml")


def make_notes(units: int, table: Mapping[str, Any], seed: int = 0) -> Notes:
    """One note for each category and way of writing, of each unit."""
    rng = random.Random(seed)
    notes = Notes()
    for number in range(units):
        for category, ways in table["planted"].items():
            for way, cue in [(x, c) for c in ("cue", "bare") for x in ways[c]]:
                value = identifier(ways["values"], table["lists"], rng)
                said = way.replace("{}", value)
                id = f"p{number}-{len(notes.examples)}"
                notes.examples.append(
                    Example(
                        id=id,
                        text=f"{said[:1].upper()}{said[1:]}{table['after']}",
                        origin="private",
                        meta={"patient": id},
                    )
                )
                notes.planted.append((category, cue == "cue", value))
    return notes


def identifier(
    forms: Sequence[str], lists: Mapping[str, Sequence[str]], rng: random.Random
) -> str:
    """A made-up identifier in one of the forms."""
    drawn = {name: rng.choice(values) for name, values in lists.items()}
    year = rng.randint(1990, 2024)
    made = rng.choice(forms).format(
        **drawn,
        lower=drawn["surname"].lower().encode("ascii", "ignore").decode(),
        full=drawn["month"].rstrip("."),
        year=year,
        yy=f"{year % 100:02}",
        day=rng.randint(10, 28),
        number=rng.randint(1, 9),
        old=rng.randint(91, 104),
        house=rng.randint(1, 99),
    )
    return "".join(str(rng.randint(2, 9)) if x == "#" else x for x in made)


def recall(
    notes: Notes, finder: Finder, surrogates: Surrogates, show: bool = False
) -> dict[tuple[str, bool], tuple[int, int]]:
    """By category and cue: identifiers of which nothing is left, and all of them."""
    gone: Counter[tuple[str, bool]] = Counter()
    all_: Counter[tuple[str, bool]] = Counter()
    for example, (category, cue, value) in zip(
        notes.examples, notes.planted, strict=True
    ):
        unit = example.meta["patient"]
        (made,), _, _ = pseudonymise(unit, [example], finder, surrogates, "patient")
        # Of a name, no part may be left.
        names = category in NAMES
        parts = [x for x in value.split() if x.istitle()] if names else [value]
        all_[category, cue] += 1
        left = any(
            re.search(rf"(?<!\w){re.escape(part)}(?!\w)", made.text) for part in parts
        )
        gone[category, cue] += not left
        if left and show:
            print(f"left: {category}: {example.text} -> {made.text}")
    return {key: (gone[key], all_[key]) for key in all_}


def false_alarms(
    finder: Finder, passages: list[Example], show: bool = False
) -> tuple[Counter[str], int]:
    """What is taken for an identifier in passages that name nobody, and in how many."""
    found: Counter[str] = Counter()
    touched = 0
    for example in passages:
        for hits in finder.unit([example]):
            found.update(f"{hit.category}, {hit.how}" for hit in hits)
            touched += bool(hits)
            for hit in hits if show else ():
                taken = example.text[hit.start : hit.end]
                print(f"taken: {hit.category}, {hit.how}: {taken!r} in {example.text}")
    return found, touched


def main() -> None:
    """Print recall by category, and false alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--units", type=int, default=40)
    parser.add_argument("--clean", type=int, default=1000)
    parser.add_argument("--show", action="store_true", help="what is left, and taken")
    parser.add_argument("--no-presidio", action="store_true")
    parser.add_argument("--ordinary", action="store_true")
    parser.add_argument("--ner", default="", help="a spaCy pipeline")
    options = parser.parse_args()
    pack = load_pack(options.pack)
    recorded = list(read_recorded(options.pack))
    clean, others = recorded[: options.clean], recorded[options.clean :]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ordinary.jsonl"
        write_jsonl(path, others)
        finder = make_finder(
            pack,
            presidio=not options.no_presidio,
            ordinary=[path] if options.ordinary else (),
            ner=options.ner,
        )
    surrogates = make_surrogates(pack, b"a secret of measurements")
    table = read_planted(pack.domain.lang)
    counts = recall(make_notes(options.units, table), finder, surrogates, options.show)
    print("| category | with a cue | bare |\n|---|---|---|")
    for category in table["planted"]:
        cells = [counts.get((category, cue)) for cue in (True, False)]
        shown = [
            f"{a} of {b}" if (a, b) else "" for a, b in [c or (0, 0) for c in cells]
        ]
        print(f"| {category} | {' | '.join(shown)} |".replace("0 of 0", "-"))
    found, touched = false_alarms(finder, clean, options.show)
    print(f"false alarms in {touched} of {len(clean)} passages: {dict(found)}")


if __name__ == "__main__":
    main()
