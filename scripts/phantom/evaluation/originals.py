"""Converters from public originals to the form of `phantom.records.Example`."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from phantom.formats.pairs import convert_biobert, convert_core
from phantom.formats.pubtator import convert_abstracts, convert_sentences
from phantom.formats.tagged import Files, convert_conll, convert_finer, convert_iob
from phantom.packs.benchmarks import Dataset, Original
from phantom.records import Example

CONVERTERS: dict[str, Callable[[Files, str], Iterator[Example]]] = {
    "mtl_iob": convert_iob,
    "conll": convert_conll,
    "finer_csv": convert_finer,
    "bc5cdr_abstracts": convert_abstracts,
    "bc5cdr_sentences": convert_sentences,
    "biobert_pairs": convert_biobert,
    "core_json": convert_core,
}


def missing_files(original: Original, raw: Path) -> list[Path]:
    """The originals of a split that have not been fetched."""
    paths = [raw / source.path for source in original.files.values()]
    return [path for path in paths if not path.is_file()]


def convert_split(
    name: str, dataset: Dataset, split: str, raw: Path
) -> Iterator[Example]:
    """Convert the originals of one split, once their checksums are right.

    raw (Path): Folder of the fetched originals.
    RAISES: ValueError if a checksum differs, the format has no converter, or a file
        is not in that format.
    """
    original = dataset.splits[split].original
    if original is None or original.format not in CONVERTERS:
        known = ", ".join(CONVERTERS)
        raise ValueError(
            f"{name} {split}: no converter for {original and original.format!r}; "
            f"benchmarks.yml can name one of: {known}"
        )
    for source in original.files.values():
        check_sha256(raw / source.path, source.sha256, source.url)
    files = {role: raw / source.path for role, source in original.files.items()}
    prefix = f"{name.replace('_', '-')}-{split}"
    return CONVERTERS[original.format](files, prefix)


def check_sha256(path: Path, expected: str, url: str) -> None:
    """RAISES: ValueError if the file is not the one that the map names."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ValueError(
            f"{path}: its SHA-256 is {found}, expected {expected}. Delete it and "
            f"fetch it again from {url}"
        )
