"""From public originals to the form of `phantom.records.Example`, by checked steps."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from phantom.formats.base import Report, read_format
from phantom.packs.benchmarks import Dataset, Original
from phantom.records import Example, Origin


def missing_files(original: Original, raw: Path) -> list[Path]:
    """The originals of a split that have not been fetched."""
    paths = [raw / source.path for source in original.files.values()]
    return [path for path in paths if not path.exists()]


def convert_split(
    name: str, dataset: Dataset, split: str, raw: Path, report: Report
) -> Iterator[Example]:
    """Convert the originals of one split, once their checksums are right.

    raw (Path): Folder of the fetched originals.
    report (Report): Told what is left out and what is wrong.
    RAISES: ValueError if a checksum differs, no format has the name, or nothing could
        be read.
    """
    original = dataset.splits[split].original
    if original is None:
        raise ValueError(f"{name} {split}: benchmarks.yml names no `original`")
    for source in original.files.values():
        if source.sha256:
            check_sha256(raw / source.path, source.sha256, source.url)
    files = {role: raw / source.path for role, source in original.files.items()}
    prefix = f"{name.replace('_', '-')}-{split}"
    public = all(source.url for source in original.files.values())
    origin: Origin = "public" if public else "private"
    for example in read_format(
        original.format, files, prefix, report, original.settings
    ):
        yield example.from_people(origin, name)


def check_sha256(path: Path, expected: str, url: str) -> None:
    """RAISES: ValueError if the file is not the one that the map names."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ValueError(
            f"{path}: its SHA-256 is {found}, expected {expected}. Delete it and "
            f"fetch it again from {url}"
        )
