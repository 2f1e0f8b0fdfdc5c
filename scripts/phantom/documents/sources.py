"""Documents as they lie in files: plain text, tables of many, PDF and images."""

import csv
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phantom.scans.files import IMAGES, read_image, read_pdf

TEXTS = (".txt", ".md", ".text")


@dataclass(frozen=True)
class Columns:
    """Where tables have a document's text and its id; "" takes its number."""

    text: str = "text"
    id: str = "id"


@dataclass(frozen=True)
class Item:
    """A document that is to be read.

    key (str): Its file, and where a file has many its number, such as notes.csv:17.
    size (int): Bytes, roughly.
    path (Optional[Path]): A file that is one document; None if `text` is it.
    id (str): The id that its table gives it.
    problem (str): Why there is no text.
    """

    key: str
    size: int
    path: Path | None = None
    text: str = ""
    id: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    def read(self, lang: str = "en") -> str:
        """The text. RAISES: ValueError or OSError that says why there is none.

        lang (str): Language that images of pages are read in.
        """
        if self.problem:
            raise ValueError(self.problem)
        text = read_file(self.path, lang) if self.path else self.text
        if not text.strip():
            raise ValueError("no text in it")
        return text


def list_files(inputs: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """All files in the order of their names; hidden ones are passed over.

    YIELDS (Tuple[str, Path]): What the output calls it, and where it is.
    RAISES: ValueError for an input that is not there.
    """
    for given in inputs:
        if given.is_dir():
            for path in _walk(given):
                yield f"{given.name}/{path.relative_to(given).as_posix()}", path
        elif given.is_file():
            yield given.name, given
        else:
            raise ValueError(f"{given}: no such file or folder of documents")


def read_items(inputs: Iterable[Path], columns: Columns) -> Iterator[Item]:
    """The documents of files and folders; what can't be read is one with a problem."""
    for name, path in list_files(inputs):
        kind = _kind(path)
        if kind in READERS:
            yield from _read_table(name, path, READERS[kind], columns)
        elif kind in FILES or kind in SCANS:
            yield Item(name, path.stat().st_size, path)
        else:
            known = ", ".join([*FILES, *SCANS, *READERS])
            problem = f"no reader for such a file, save it as one of {known}"
            yield _bad(name, path, problem)


def read_file(path: Path, lang: str = "en") -> str:
    """The text of a file that is one document.

    lang (str): Language that images of pages are read in.
    RAISES: ValueError or OSError that says why there is none.
    """
    kind = _kind(path)
    return SCANS[kind](path, lang) if kind in SCANS else FILES[kind](path)


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    return Path(path.stem).suffix.lower() + kind if kind == ".gz" else kind


def _read_table(
    name: str, path: Path, reader: Callable, columns: Columns
) -> Iterator[Item]:
    number = 0
    try:
        for number, (row, size) in enumerate(reader(path), start=1):
            yield _item(f"{name}:{number}", row, size, columns)
    except Exception as error:  # readers of Parquet and gzip have many kinds
        yield _bad(f"{name}:{number + 1}", path, f"unreadable from here on: {error}")


def _item(key: str, row: dict[str, Any] | str, size: int, columns: Columns) -> Item:
    if isinstance(row, str):
        return Item(key, size, problem=row)
    text, own = row.get(columns.text), row.get(columns.id)
    own = "" if own is None else str(own)
    if text is not None and not isinstance(text, str):
        problem = f"no text under {columns.text!r}, but {type(text).__name__}"
        return Item(key, size, id=own, problem=problem)
    if text is None and columns.text in row:
        return Item(key, size, id=own, problem=f"nothing under {columns.text!r}")
    if text is None:
        has = ", ".join(map(str, row)) or "nothing"
        problem = f"no text under {columns.text!r}; there is {has}"
        return Item(key, size, id=own, problem=problem)
    meta = {k: v for k, v in row.items() if k not in (columns.text, columns.id)}
    return Item(key, size, text=text, id=own, meta=meta)


def _bad(key: str, path: Path, problem: str) -> Item:
    return Item(key, path.stat().st_size, problem=problem)


def _walk(folder: Path) -> Iterator[Path]:
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path)


def _open(path: Path) -> Any:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _text(path: Path) -> str:
    with _open(path) as file:
        return _decode(file.read())


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 ({error}); save it as UTF-8") from None


def _jsonl(path: Path) -> Iterator[tuple[dict[str, Any] | str, int]]:
    with _open(path) as file:
        for line in file:
            if not line.strip():
                continue
            try:
                row = json.loads(_decode(line))
            except ValueError as error:
                row = f"no JSON: {error}"
            if not isinstance(row, (dict, str)):
                row = "no JSON object"
            yield row, len(line)


def _csv(path: Path) -> Iterator[tuple[dict[str, Any] | str, int]]:
    # Documents are longer than the 128 kB that Python takes for a cell.
    csv.field_size_limit(2**31 - 1)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        # Spreadsheets write semicolons where the comma is in numbers.
        head = file.readline()
        marks = "\t" if ".tsv" in path.suffixes else ",;\t"
        mark = max(marks, key=head.count)
        file.seek(0)
        rows = csv.reader(file, delimiter=mark, strict=True)
        header = next(rows, [])
        for cells in rows:
            size = sum(map(len, cells)) + len(cells)
            if len(cells) != len(header):
                problem = f"{len(cells)} cells, the header has {len(header)}"
                if len(cells) > len(header):
                    problem += f"; a text with {mark!r} in it must stand in quotes"
                yield problem, size
            else:
                yield dict(zip(header, cells, strict=True)), size


def _parquet(path: Path) -> Iterator[tuple[dict[str, Any] | str, int]]:
    from phantom.documents.tables import import_pyarrow

    file = import_pyarrow("parquet").ParquetFile(path)
    each = path.stat().st_size // max(file.metadata.num_rows, 1)
    for batch in file.iter_batches(batch_size=256):
        for row in batch.to_pylist():
            yield row, each


FILES: dict[str, Callable[[Path], str]] = {
    f"{kind}{packed}": _text for kind in TEXTS for packed in ("", ".gz")
}
# Read with a language, as Tesseract needs one.
SCANS: dict[str, Callable[[Path, str], str]] = {
    ".pdf": read_pdf,
    **dict.fromkeys(IMAGES, read_image),
}
READERS: dict[str, Callable] = {
    ".jsonl": _jsonl,
    ".jsonl.gz": _jsonl,
    ".ndjson": _jsonl,
    ".csv": _csv,
    ".csv.gz": _csv,
    ".tsv": _csv,
    ".tsv.gz": _csv,
    ".parquet": _parquet,
}
