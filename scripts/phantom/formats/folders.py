"""Formats with a file for each document."""

import re
from collections.abc import Iterator
from pathlib import Path

from phantom.formats.base import Report


def new_file(folder: Path, name: str, suffix: str, report: Report) -> Path | None:
    """A file for a document, named by its id; None if the name is taken.

    What can't stand in the name of a file becomes `_`, and is counted.
    """
    stem = re.sub(r"[^\w.-]+", "_", name)
    path = folder / f"{stem}{suffix}"
    if path.exists():
        report.fail(name, f"{path.name} is there already; ids must differ")
        return None
    report.leave_out("id that is no name of a file", name, int(stem != name))
    return path


def list_files(path: Path, *suffixes: str) -> Iterator[tuple[str, Path]]:
    """The files below a folder, or the file itself, each with its name as an id.

    RAISES: ValueError if there is no such file.
    """
    if path.is_file():
        yield path.stem, path
        return
    found = sorted(x for x in path.rglob("*") if x.suffix in suffixes)
    if not found:
        raise ValueError(f"{path}: no file that ends in {' or '.join(suffixes)}")
    for file in found:
        yield file.relative_to(path).with_suffix("").as_posix(), file
