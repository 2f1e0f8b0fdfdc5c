"""A project like the user's own, its private folders full of markers."""

import hashlib
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from phantom.privacy.egress.markers import Markers, plant

LINKED = ("scripts", "configs", "assets/domains")
PRIVATE = ("assets/private_text", "assets/real_text")
RECORDS = "assets/private_text/notes.jsonl"


def stage(project: Path, folder: Path, packs: Path, markers: Markers) -> list[Path]:
    """Lay a project out beside the user's: its code and packs, none of its text.

    packs (Path): Folder of the domain packs.
    RETURNS (List[Path]): The planted files.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in LINKED:
        source = packs if name == "assets/domains" else project / name
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(source.resolve())
    shutil.copy(project / "project.yml", folder / "project.yml")
    return plant([folder / name for name in PRIVATE], markers)


def road(
    domain: str, llm: Path, examples: int, more: int, whole: bool
) -> list[list[str]]:
    """The commands by which private text could reach a prompt, one after another.

    A round from the recording, whose `check` compares with the private text; a round
    with the hints of that check, and one with the profile of private records: their
    new specs are sent to the model.

    examples (int): In the first plan. more (int): In each further round, none of them
        recorded, so that they are sent.
    whole (bool): Train and evaluate as well.
    """
    corpus = f"corpus/{domain}"
    first = {"examples": str(examples)}
    made = [
        (name, first) for name in ("plan", "generate", "curate", "check", "convert")
    ]
    if whole:
        small = {**first, "config": "configs/smoke.cfg"}
        made += [("train", small), ("evaluate", small)]
    second = {
        "round": "2",
        "examples": str(examples + more),
        "hints": f"{corpus}/round-1/hints.json",
        "llm": str(llm),
    }
    third = {"round": "3", "refill": f"{corpus}/round-3/refill.yml", "llm": str(llm)}
    profile = {"round": "2", "private_records": RECORDS, "refill_examples": str(more)}
    made += [("plan", second), ("generate", second)]
    made += [("private-profile", profile), ("plan", third), ("generate", third)]
    return [command(name, domain, variables) for name, variables in made]


def command(name: str, domain: str, variables: dict[str, str]) -> list[str]:
    """A command of project.yml as a user calls it."""
    more = [
        part
        for key, value in {"domain": domain, **variables}.items()
        for part in (f"--vars.{key}", value)
    ]
    return [sys.executable, "-m", "spacy", "project", "run", name, ".", *more]


def digest_inputs(folder: Path, commands: Sequence[Sequence[str]]) -> str:
    """SHA-256 of all that a run depends on: code, packs, settings, text, commands."""
    whole = hashlib.sha256()
    for path in sorted(_files(folder)):
        whole.update(str(path.relative_to(folder)).encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    for line in commands:
        # The place of Python differs by machine; what it runs does not.
        whole.update("\0".join(line[1:]).encode() + b"\n")
    return whole.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for name in (*LINKED, *PRIVATE, "project.yml"):
        top = folder / name
        for path in [top] if top.is_file() else top.resolve().rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield top / path.relative_to(top.resolve()) if path != top else top
