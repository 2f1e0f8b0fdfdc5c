"""Examples as a folder of pages, with what is known of each and what was read."""

import multiprocessing
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from phantom.jsonl import replace_file, to_line
from phantom.records import Example
from phantom.scans.records import LostMention, ScanTruth
from phantom.scans.render import Look, read_scan, render

PAGES, TRUTH = "pages", "pages.jsonl"
SCANNED, LOST = "scanned.jsonl", "lost.jsonl"


class Done(NamedTuple):
    """What became of one example."""

    truth: ScanTruth
    example: Example
    lost: list[LostMention]


@dataclass
class Rendered:
    """What became of all. characters, errors (Counter[int]): By level."""

    examples: int = 0
    pages: int = 0
    mentions: int = 0
    lost: int = 0
    characters: Counter[int] = field(default_factory=Counter)
    errors: Counter[int] = field(default_factory=Counter)

    def add(self, done: Done) -> None:
        """Count an example."""
        self.examples += 1
        self.pages += len(done.truth.pages)
        self.mentions += len(done.example.entities) + len(done.lost)
        self.lost += len(done.lost)
        level = done.truth.level
        self.characters[level] += len(" ".join(done.truth.text.split()))
        self.errors[level] += done.truth.errors


def render_folder(
    examples: Iterable[Example],
    look: Look,
    output: Path,
    workers: int,
    tell: Callable[[], None],
) -> Rendered:
    """Write pages, what is known of them, what was read, and what was lost.

    workers (int): Processes.
    tell (Callable): Called after each example.
    RAISES: ValueError if a package or Tesseract is missing, or the folder has other
        files.
    """
    _clear(output)
    rendered = Rendered()
    with ExitStack() as stack:
        truths, scanned, lost = (
            stack.enter_context(_open(output / name)) for name in (TRUTH, SCANNED, LOST)
        )
        for done in _run(enumerate(examples), partial(_one, look, output), workers):
            truths.write(to_line(done.truth))
            scanned.write(to_line(done.example))
            lost.writelines(map(to_line, done.lost))
            rendered.add(done)
            tell()
    return rendered


def _run(
    items: Iterable[tuple[int, Example]],
    one: Callable[[tuple[int, Example]], Done],
    workers: int,
) -> Iterator[Done]:
    if workers == 1:
        yield from map(one, items)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as pool:
        # No more are handed out than the workers need.
        waiting = iter(items)
        while some := list(islice(waiting, 8 * workers)):
            yield from pool.map(one, some)


def _one(look: Look, output: Path, item: tuple[int, Example]) -> Done:
    number, example = item
    scan = render(example, look)
    names = []
    for page, worn in enumerate(scan.pages, start=1):
        name = f"{PAGES}/{number // 1000:04}/{number:07}-{page}{worn.suffix}"
        with replace_file(output / name) as temporary:
            temporary.write_bytes(worn.data)
        names.append(name)
    read = read_scan(scan, look.lang)
    truth = scan.truth(names, read.example.text)
    lost = [
        LostMention(
            example=example.id,
            label=entity.label,
            text=entity.text,
            level=truth.level,
            device=truth.device,
        )
        for entity in read.lost
    ]
    return Done(truth, read.example, lost)


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    """A file of JSON lines, written whole or not at all."""
    with replace_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            yield file


def _clear(output: Path) -> None:
    """Take away what an earlier run wrote. RAISES: ValueError for anything else."""
    if not output.is_dir():
        return
    own = {PAGES, TRUTH, SCANNED, LOST}
    other = sorted(path.name for path in output.iterdir() if path.name not in own)
    if other:
        raise ValueError(
            f"{output}: has {other[0]}, which is none of render's; move it"
        )
    shutil.rmtree(output / PAGES, ignore_errors=True)
