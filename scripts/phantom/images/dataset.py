"""Images with their reports as a data set: a Hugging Face image folder, WebDataset."""

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from PIL import Image

from phantom.jsonl import replace_file
from phantom.records import Example, Record, Spec

# Names that Hugging Face's loaders know.
SPLITS = ("train", "validation")
METADATA = "metadata.jsonl"
# Images in one shard of WebDataset.
SHARD = 1000


class FailedImage(Record):
    """An image that is not there. id (str): Of its example."""

    id: str
    reason: str


def describe(example: Example, spec: Spec, name: str, generator: str) -> dict[str, Any]:
    """The row of an image.

    name (str): Of its file. generator (str): Who drew it.
    RETURNS (Dict[str, Any]): Facts and attributes as one text of JSON each: columns of
        such a data set must have one type, and facts have many.
    """
    facts = spec.facts.told() if spec.facts else {}
    return {
        "file_name": name,
        "id": example.id,
        "text": example.text,
        "entities": [
            {"start": e.start, "end": e.end, "label": e.label, "text": e.text}
            for e in example.entities
        ],
        "relations": [relation.model_dump() for relation in example.relations],
        "kind": spec.kind,
        "attributes": json.dumps(spec.attributes, ensure_ascii=False),
        "facts": json.dumps(facts, ensure_ascii=False),
        "origin": example.origin,
        "model": example.model or "",
        "generator": generator,
    }


class ImageFolder:
    """Files of images with a line each in metadata.jsonl, as `load_dataset` reads them.

    folder (Path): Of one split.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()
        self.lines: TextIO | None = None

    def __enter__(self) -> "ImageFolder":
        self.lines = self.stack.enter_context(_open(self.folder / METADATA))
        return self

    def __exit__(self, *error: Any) -> None:
        self.stack.__exit__(*error)

    def add(self, image: Image.Image, row: dict[str, Any]) -> None:
        """Write an image and its row."""
        assert self.lines is not None
        with replace_file(self.folder / row["file_name"]) as temporary:
            image.save(temporary, "PNG")
        self.lines.write(json.dumps(row, ensure_ascii=False) + "\n")


class Shards:
    """Tar files of WebDataset: .png, .txt and .json of each under one key.

    folder (Path): Where they go. split (str): Begins their names.
    """

    def __init__(self, folder: Path, split: str) -> None:
        self.folder, self.split = folder, split
        self.stack = ExitStack()
        self.tar: tarfile.TarFile | None = None
        self.count = 0

    def __enter__(self) -> "Shards":
        return self

    def __exit__(self, *error: Any) -> None:
        self.stack.__exit__(*error)

    def add(self, image: Image.Image, row: dict[str, Any]) -> None:
        """Write an image, its report and its row."""
        if self.count % SHARD == 0:
            self.stack.close()
            name = f"{self.split}-{self.count // SHARD:06}.tar"
            self.tar = self.stack.enter_context(_open_tar(self.folder / name))
        stream = io.BytesIO()
        image.save(stream, "PNG")
        # A key ends at the first dot.
        key = f"{self.count:09}"
        self.count += 1
        row = {name: value for name, value in row.items() if name != "file_name"}
        self._write(f"{key}.png", stream.getvalue())
        self._write(f"{key}.txt", row["text"].encode())
        self._write(f"{key}.json", json.dumps(row, ensure_ascii=False).encode())

    def _write(self, name: str, data: bytes) -> None:
        assert self.tar is not None
        member = tarfile.TarInfo(name)
        member.size = len(data)
        self.tar.addfile(member, io.BytesIO(data))


def clear(output: Path) -> None:
    """Take away an earlier data set. RAISES: ValueError if other files are there."""
    made = list(_made(output)) if output.is_dir() else []
    others = {*(p for p in output.rglob("*") if p.is_file())} - {*made}
    if others:
        raise ValueError(f"{min(others)}: is none of this step's files; move it")
    for path in made:
        path.unlink()


def _made(output: Path) -> Iterable[Path]:
    yield from output.glob("failed.jsonl")
    for split in SPLITS:
        yield from output.glob(f"{split}/*.png")
        yield from output.glob(f"{split}/{METADATA}")
        yield from output.glob(f"{split}-??????.tar")


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    with replace_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            yield file


@contextmanager
def _open_tar(path: Path) -> Iterator[tarfile.TarFile]:
    with replace_file(path) as temporary:
        with tarfile.open(temporary, "w") as tar:
            yield tar
