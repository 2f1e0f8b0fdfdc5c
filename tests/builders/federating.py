"""Sites of a federation with a few made-up sentences each, and their tiny pipeline."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import srsly
from tests.builders import ROOT
from tests.builders.private import make_records

from phantom.corpora.docbin import to_doc, write_docbin
from phantom.records import Example
from phantom.runtime import blank_pipeline

SCHEMA = {"EATS": {"head": ["ANIMAL"], "tail": ["FOOD"], "symmetric": False}}
CONFIG = ROOT / "configs" / "smoke.cfg"


def write_site(folder: Path, examples: list[Example]) -> Path:
    """A folder as `convert` fills it; its dev corpus is its training text."""
    nlp = blank_pipeline("en")
    (folder / "labels").mkdir(parents=True, exist_ok=True)
    for name in ("train", "dev"):
        docs = (to_doc(nlp, each) for each in examples)
        write_docbin(folder / f"{name}.spacy", docs, nlp.vocab)
    found = {r.label for x in examples for r in x.relations}
    schema = {label: rule for label, rule in SCHEMA.items() if label in found}
    srsly.write_json(folder / "labels" / "relation_extractor.json", schema)
    return folder


def only(examples: list[Example], label: str) -> list[Example]:
    """The same texts with the entities of one label marked, and no relation."""
    return [
        each.model_copy(
            update={
                "entities": tuple(x for x in each.entities if x.label == label),
                "relations": (),
            }
        )
        for each in examples
    ]


def write_sites(folder: Path, sites: int = 3, each: int = 16) -> list[Path]:
    """Folders of sites, and "synthetic" at last, which lacks some of their names."""
    made = [
        write_site(folder / f"site-{i + 1}", synthetic(each, i)) for i in range(sites)
    ]
    return [*made, write_site(folder / "synthetic", synthetic(each, sites, 1))]


def synthetic(count: int, seed: int, known: int | None = None) -> list[Example]:
    """Sentences of animals and foods that may train; see `make_records`."""
    made = make_records(count, seed=seed, known=known)
    return [
        x.model_copy(update={"origin": "synthetic", "model": "m", "meta": {}})
        for x in made
    ]


def start(step: str, *arguments: Any, log: Path) -> "subprocess.Popen[bytes]":
    """A step as a process of its own; what it says goes to a file."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "scripts"),
        "OMP_NUM_THREADS": "1",
        "WASABI_LOG_FRIENDLY": "1",
        "COLUMNS": "300",
    }
    command = [sys.executable, str(ROOT / "scripts" / f"{step}.py")]
    with log.open("ab") as file:
        return subprocess.Popen(
            [*command, *map(str, arguments)],
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=ROOT,
        )
