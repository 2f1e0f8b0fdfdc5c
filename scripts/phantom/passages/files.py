"""Files of passages that a user has: JSON lines, or text in lines or paragraphs."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from phantom.jsonl import read_jsonl, read_lines
from phantom.passages.wrapped import loosen, read_passages
from phantom.records import Example, Origin

SUFFIXES = (".txt", ".jsonl", ".jsonl.gz")


def find_texts(paths: Iterable[Path]) -> list[Path]:
    """The files of passages at or under these paths; hidden ones are passed over.

    RAISES: ValueError for a file of another kind: what nobody reads, nobody checks.
    """
    found: list[Path] = []
    for path in paths:
        inside = [path] if path.is_file() else list_files(path)
        found += [p for p in inside if not _is_hidden(p, path)]
    others = [path for path in found if not path.name.endswith(SUFFIXES)]
    if others:
        raise ValueError(
            f"{others[0]}: neither .txt (UTF-8, passages in lines or paragraphs) nor "
            f'.jsonl (records with "id" and "text"); {len(others)} such file(s). '
            "Convert them, or take them out of the folder."
        )
    return found


def list_files(folder: Path) -> list[Path]:
    """All files under a folder, linked folders too, in order."""
    walk = os.walk(folder, followlinks=True)
    return sorted(Path(root, name) for root, _, names in walk for name in names)


def read_texts(path: Path, origin: Origin = "private") -> Iterator[Example]:
    """Passages of one file; lines of .txt that were wrapped are put together.

    origin (str): Of those that don't say theirs.

    RAISES: ValueError with `path:line` and what is wrong.
    """
    if not path.name.endswith(".txt"):
        for example in read_jsonl(path, Example):
            yield example.from_people(origin, path.name)
        return
    for number, text in read_passages(_read_lines(path)):
        passage = Example(id=f"{path.name}:{number}", text=text)
        yield passage.from_people(origin, path.name)


def read_loosely(path: Path) -> list[list[tuple[str, str]]]:
    """The whole file in the ways of `loosen`, for finding what was copied.

    RETURNS (List[List[Tuple[str, str]]]): Lines in order, each with the name of the
        passage or with `file:line`.
    """
    if path.name.endswith(".txt"):
        lines = _read_lines(path)
        names = [f"{path.name}:{i}" for i in range(1, len(lines) + 1)]
    else:
        found = [
            (example.id, line)
            for example in read_jsonl(path, Example)
            for line in example.text.splitlines()
        ]
        names, lines = [name for name, _ in found], [line for _, line in found]
    return [
        [(names[line.number - 1], line.text) for line in way] for way in loosen(lines)
    ]


def _read_lines(path: Path) -> list[str]:
    return "".join(read_lines(path)).splitlines()


def _is_hidden(path: Path, root: Path) -> bool:
    return path != root and any(p.startswith(".") for p in path.relative_to(root).parts)
