"""Documents in blocks, each finished whole or not at all, and what is left to do."""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from phantom.documents.sources import Columns, Item, list_files, read_items
from phantom.jsonl import write_json

# What a block writes. Its documents come last: where they are, the block is done.
FOLDERS = ("entities", "relations", "concept_relations", "docbin", "bad", "documents")
RUN = "run.json"


@dataclass(frozen=True)
class Size:
    """Of a block. documents (int): At most. bytes (int): More end it."""

    documents: int = 256
    bytes: int = 4_000_000


@dataclass(frozen=True)
class Block:
    """Documents that are read together. number (int): Its place; names its files."""

    number: int
    items: tuple[Item, ...]

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return sum(item.size for item in self.items)


def make_blocks(
    inputs: Iterable[Path], columns: Columns, size: Size
) -> Iterator[Block]:
    """Cut the documents into blocks; the same inputs give the same ones."""
    number, items, total = 0, [], 0
    for item in read_items(inputs, columns):
        items.append(item)
        total += item.size
        if len(items) >= size.documents or total >= size.bytes:
            yield Block(number, tuple(items))
            number, items, total = number + 1, [], 0
    if items:
        yield Block(number, tuple(items))


def part_path(output: Path, folder: str, number: int) -> Path:
    """Where a block writes: folder/000/000123.suffix, a thousand files to a folder."""
    suffix = {"docbin": "spacy", "documents": "jsonl", "bad": "jsonl"}
    name = f"{number:07}.{suffix.get(folder, 'parquet')}"
    return output / folder / f"{number // 1000:04}" / name


def is_done(output: Path, number: int) -> bool:
    """Whether a block is finished."""
    return part_path(output, "documents", number).is_file()


def read_parts(output: Path, folder: str) -> Iterator[Path]:
    """The files of a folder of the output, in the order of the documents."""
    yield from sorted((output / folder).glob("*/*.*"))


def open_run(output: Path, inputs: list[Path], settings: dict[str, Any]) -> int:
    """Begin a run, or go on with it, and clear what was cut off.

    RETURNS (int): Bytes of all inputs.
    RAISES: ValueError if the run that is there had other inputs or settings.
    """
    digest, total, files = blake2b(digest_size=16), 0, 0
    for name, path in list_files(inputs):
        size = path.stat().st_size
        digest.update(f"{name}\0{size}\0".encode())
        total, files = total + size, files + 1
    if not files:
        raise ValueError(f"{', '.join(map(str, inputs))}: no file of documents there")
    run = {"files": files, "bytes": total, "digest": digest.hexdigest(), **settings}
    path = output / RUN
    if path.is_file():
        known = json.loads(path.read_text(encoding="utf-8"))
        changed = [key for key in {**run, **known} if run.get(key) != known.get(key)]
        if {"files", "bytes", "digest"} & {*changed}:
            raise ValueError(
                f"{path}: the documents are others than in that run (then "
                f"{known.get('files')} files of {known.get('bytes'):,} bytes, now "
                f"{files} files of {total:,}); name another folder for the output"
            )
        if changed:
            raise ValueError(
                f"{path}: that run had other {', '.join(changed)}; go on with what it "
                "had, or name another folder for the output"
            )
    elif output.is_dir() and any(output.iterdir()):
        raise ValueError(f"{output}: is not empty and no output of apply; name another")
    for folder in FOLDERS:
        for torn in (output / folder).glob("*/*.tmp*"):
            torn.unlink()
    write_json(path, run)
    return total


def join_bad(output: Path) -> int:
    """Join what could not be read into bad.jsonl. RETURNS (int): How many."""
    count, path = 0, output / "bad.jsonl"
    temporary = path.with_name("bad.jsonl.tmp")
    with temporary.open("wb") as file:
        for part in read_parts(output, "bad"):
            with part.open("rb") as lines:
                for line in lines:
                    file.write(line)
                    count += 1
    if count:
        temporary.replace(path)
    else:
        temporary.unlink()
        path.unlink(missing_ok=True)
        shutil.rmtree(output / "bad", ignore_errors=True)
    return count
