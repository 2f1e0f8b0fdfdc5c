"""What a scan costs: F1 of a pipeline on text that Tesseract read, labels carried.

    python measurements/scanned.py PIPELINE [--data PATH] [--limit N] [--level N]
        [--kept PATH] [--json PATH]

The first sentences of NCBI-Disease's dev split (default ../shared/data/ncbi_disease),
ten to a page, rendered, worn out and read (`phantom.scans`). A mention that could not
be carried to the text that was read counts as missed. Sentences stand as in the file.
`--kept` names a folder for what was read, so that the same pages are not read again.
"""

import argparse
import json
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from pydantic import TypeAdapter
from scans import join_all
from spacy.language import Language

from phantom.jsonl import read_jsonl, write_json
from phantom.records import Entity, Example
from phantom.runtime import register_components
from phantom.scans.render import Look, read_scan, render
from phantom.scans.tesseract import count_errors
from phantom.scans.wear import LEVELS, WEAR

DATA = Path("../shared/data/ncbi_disease/dev.jsonl")
PER_PAGE = 10


class OnPaper(NamedTuple):
    """Pages as they were written and as they were read.

    lost (List[Entity]): Mentions that could not be carried.
    rate (float): Characters misread, in percent.
    """

    written: list[Example]
    read: list[Example]
    lost: list[Entity]
    rate: float


def print_and_read(
    sentences: list[Example], level: int, kept: Path | None = None
) -> OnPaper:
    """Set sentences on pages of a level, and read them.

    kept (Optional[Path]): Folder of what was read before, by sentences, level and wear.
    """
    worn = [str(levels[level - 1]) for levels in WEAR.values()]
    said = json.dumps([level, worn, *(x.model_dump_json() for x in sentences)])
    name = blake2b(said.encode(), digest_size=8).hexdigest()
    path = kept and kept / f"{name}.json"
    if path and path.is_file():
        return TypeAdapter(OnPaper).validate_json(path.read_bytes())
    paper = _print_and_read(sentences, level)
    if path:
        write_json(path, TypeAdapter(OnPaper).dump_python(paper, mode="json"))
    return paper


def _print_and_read(sentences: list[Example], level: int) -> OnPaper:
    look = Look(levels=(level,), handwritten=0.0, stamped=0.0)
    pages = list(join_all(sentences, PER_PAGE))
    carried: list[Example] = []
    lost: list[Entity] = []
    errors = characters = 0
    for page in pages:
        scan = render(page, look)
        read = read_scan(scan, look.lang)
        errors += count_errors(scan.written.text, read.example.text)
        characters += len(" ".join(scan.written.text.split()))
        carried.append(read.example)
        lost += read.lost
    mentions = sum(len(page.entities) for page in pages)
    assert sum(len(x.entities) for x in carried) + len(lost) == mentions
    return OnPaper(pages, carried, lost, round(100 * errors / characters, 2))


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


def count_misread(nlp: Language, paper: OnPaper) -> dict[str, int]:
    """Mentions that were carried but misread, line ends aside, and those found."""
    misread = found = 0
    docs = nlp.pipe(page.text for page in paper.read)
    for doc, page, read in zip(docs, paper.written, paper.read, strict=True):
        own = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        names = {" ".join(e.text.split()) for e in page.entities}
        for entity in read.entities:
            if " ".join(entity.text.split()) not in names:
                misread += 1
                found += (entity.start, entity.end, entity.label) in own
    return {"misread": misread, "found": found}


def main() -> None:
    """Print the character error rate, what was lost, and F1 on both texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--level", type=int, choices=LEVELS, default=2)
    parser.add_argument("--kept", type=Path, help="folder for what was read")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    args = parser.parse_args()
    register_components()
    nlp = spacy.load(args.pipeline, exclude=["relation_extractor"])
    sentences = list(islice(read_jsonl(args.data, Example), args.limit))
    labels = {entity.label for x in sentences for entity in x.entities}
    paper = print_and_read(sentences, args.level, args.kept)
    pages, carried, lost, rate = paper
    figures: dict[str, Any] = {
        "sentences": len(sentences),
        "mentions": sum(len(page.entities) for page in pages),
        "lost": len(lost),
        "character error rate": rate,
        "as written": score(nlp, pages, 0, labels),
        "as read": score(nlp, carried, len(lost), labels),
        "as read, of what was carried": score(nlp, carried, 0, labels),
        "of what was carried": count_misread(nlp, paper),
    }
    for name, value in figures.items():
        print(f"{name}: {value}")
    print("lost:", ", ".join(entity.text for entity in lost))
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
