"""Plant identifiers in made-up notes; count which `pseudonymise` leaves in the text.

Names are drawn half from the table of given names, half from words that stand in no
table; each identifier is written with a cue before it or bare. "word_surname" and
"word_place" are names that are words of the language as well. Recall is by category of
Safe Harbor; false alarms are counted on passages of the recording, which name nobody.
With --ordinary, the words of its other passages are what is no name.
"""

import argparse
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from recorded import read_recorded  # noqa: E402

from phantom.jsonl import write_jsonl  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.pseudonyms import (  # noqa: E402
    Finder,
    Surrogates,
    make_finder,
    pseudonymise,
)
from phantom.records import Example  # noqa: E402

PACK = ROOT / "assets" / "domains" / "medicine"
GIVEN = ["Mary", "James", "Helen", "Daniel", "Anna", "Zorbina", "Quillan", "Ymbert"]
SURNAMES = ["Vumpish", "Okorandi", "Brelthwaite", "Szandor", "Tillquist", "Marchetto"]
WORD_SURNAMES = ["Young", "Brown", "Price", "Hunt", "Stone", "Field", "Cook"]
WORD_PLACES = ["Reading", "Bath", "Mobile", "Orange"]
PLACES = ["Dorfenberg", "Springvale", "Korvally", "Eastmarch"]
MONTHS = ["January", "March", "Sept.", "December"]
# By category: how it is written, with a cue and bare; {} is the identifier.
WRITTEN = {
    "name": (["Mrs {}", "seen by Dr. {}", "Patient: {}"], ["{}", "as told by {}"]),
    "surname": (["Mr {}", "Dr {}"], ["{} was unsure", "we called {}"]),
    "place": (["lives in {}", "was born in {}"], ["{} is far away"]),
    "word_surname": (["Mr {}", "Dr {}"], ["{} was unsure", "we called {}"]),
    "word_place": (["lives in {}", "was born in {}"], ["{} is far away"]),
    "address": (["at {}"], ["{}"]),
    "date": (["on {}", "since {}"], ["{}"]),
    "age": (["aged {}", "a {} year-old"], []),
    "phone": (["phone: {}", "call {}"], ["{}"]),
    "fax": (["fax: {}"], []),
    "email": (["e-mail {}"], ["{}"]),
    "social_security": (["SSN {}"], ["{}"]),
    "record_number": (["MRN: {}", "record number {}"], []),
    "health_plan": (["policy number {}", "member ID {}"], []),
    "account": (["account number {}"], []),
    "licence": (["licence number {}"], []),
    "vehicle": (["licence plate {}"], []),
    "device": (["serial number {}", "pacemaker no. {}"], []),
    "url": (["see {}"], []),
    "ip_address": (["from {}"], []),
    "other": (["accession number {}"], []),
}


@dataclass
class Notes:
    """Made-up notes. planted: (unit, category, cue, identifier), in order of notes."""

    examples: list[Example] = field(default_factory=list)
    planted: list[tuple[str, str, bool, str]] = field(default_factory=list)


def make_notes(units: int, seed: int = 0) -> Notes:
    """One note for each category and way of writing, of each unit."""
    rng = random.Random(seed)
    notes = Notes()
    for number in range(units):
        unit = f"p{number}"
        for category, ways in WRITTEN.items():
            for way, cue in [(x, i == 0) for i, xs in enumerate(ways) for x in xs]:
                value = identifier(category, rng)
                said = way.format(value)
                text = f"{said[:1].upper()}{said[1:]}, and the rash faded within days."
                notes.examples.append(
                    Example(
                        id=f"{unit}-{len(notes.examples)}",
                        text=text,
                        origin="private",
                        meta={"patient": f"{unit}-{len(notes.examples)}"},
                    )
                )
                notes.planted.append((unit, category, cue, value))
    return notes


def identifier(category: str, rng: random.Random) -> str:
    """A made-up identifier of a category."""

    def digits(shape: str) -> str:
        return "".join(str(rng.randint(2, 9)) if x == "9" else x for x in shape)

    surname = rng.choice(SURNAMES)
    year = rng.randint(1990, 2024)
    day, month = rng.randint(10, 28), rng.choice(MONTHS)
    made = {
        "name": f"{rng.choice(GIVEN)} {surname}",
        "surname": surname,
        "place": rng.choice(PLACES),
        "word_surname": rng.choice(WORD_SURNAMES),
        "word_place": rng.choice(WORD_PLACES),
        "address": f"{rng.randint(1, 99)} {rng.choice(PLACES)} Road",
        "date": rng.choice(
            [
                f"{month} {day}, {year}",
                f"{day} {month} {year}",
                f"0{rng.randint(1, 9)}/{day}/{year}",
                f"{year}-0{rng.randint(1, 9)}-{day}",
            ]
        ),
        "age": str(rng.randint(91, 104)),
        "phone": digits(rng.choice(["(999) 999-9999", "999-999-9999"])),
        "fax": digits("999-999-9999"),
        "email": f"{surname.lower()}{digits('99')}@clinic.org",
        "social_security": digits("499-99-9999"),
        "record_number": digits("9999999"),
        "health_plan": digits("XGH99999999"),
        "account": digits("99999999"),
        "licence": digits("D9999999"),
        "vehicle": digits("KRV 9999"),
        "device": digits("SN-999999"),
        "url": f"https://www.{surname.lower()}.org/me",
        "ip_address": digits("99.99.99.99"),
        "other": digits("A99-99999"),
    }
    return made[category]


def recall(
    notes: Notes, finder: Finder, surrogates: Surrogates
) -> dict[tuple[str, bool], tuple[int, int]]:
    """By category and cue: identifiers of which nothing is left, and all of them."""
    gone: Counter[tuple[str, bool]] = Counter()
    all_: Counter[tuple[str, bool]] = Counter()
    for example, (_, category, cue, value) in zip(
        notes.examples, notes.planted, strict=True
    ):
        unit = example.meta["patient"]
        (made,), _, _ = pseudonymise(unit, [example], finder, surrogates, "patient")
        # Of a name, neither part may be left.
        parts = value.split() if category == "name" else [value]
        all_[category, cue] += 1
        gone[category, cue] += not any(part in made.text for part in parts)
    return {key: (gone[key], all_[key]) for key in all_}


def false_alarms(finder: Finder, passages: list[Example]) -> tuple[Counter[str], int]:
    """What is taken for an identifier in passages that name nobody, and in how many."""
    found: Counter[str] = Counter()
    touched = 0
    for example in passages:
        for hits in finder.unit([example]):
            found.update(f"{hit.category}, {hit.how}" for hit in hits)
            touched += bool(hits)
    return found, touched


def main() -> None:
    """Print recall by category, and false alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=40)
    parser.add_argument("--clean", type=int, default=1000)
    parser.add_argument("--no-presidio", action="store_true")
    parser.add_argument("--ordinary", action="store_true")
    parser.add_argument("--ner", default="", help="a spaCy pipeline")
    options = parser.parse_args()
    recorded = list(read_recorded())
    clean, others = recorded[: options.clean], recorded[options.clean :]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ordinary.jsonl"
        write_jsonl(path, others)
        finder, given = make_finder(
            load_pack(PACK),
            presidio=not options.no_presidio,
            ordinary=[path] if options.ordinary else (),
            ner=options.ner,
        )
    surrogates = Surrogates(b"a secret of measurements", given)
    counts = recall(make_notes(options.units), finder, surrogates)
    print("| category | with a cue | bare |\n|---|---|---|")
    for category in WRITTEN:
        cells = [counts.get((category, cue)) for cue in (True, False)]
        shown = [
            f"{a} of {b}" if (a, b) else "" for a, b in [c or (0, 0) for c in cells]
        ]
        print(f"| {category} | {' | '.join(shown)} |".replace("0 of 0", "-"))
    found, touched = false_alarms(finder, clean)
    print(f"false alarms in {touched} of {len(clean)} passages: {dict(found)}")


if __name__ == "__main__":
    main()
