"""Which paths hold private text, as project.yml lists them under vars.private."""

from pathlib import Path
from typing import Any

import yaml


def private_roots(project: Path) -> list[Path]:
    """The private files and folders of a project.

    project (Path): A project.yml, whose `vars.private` is a list of paths or one
        text with commas between them; paths are relative to it.
    RETURNS (List[Path]): Absolute; empty if there is no such entry.
    RAISES: ValueError if the entry is neither, or there is no such file.
    """
    if not project.is_file():
        raise ValueError(
            f"{project}: no such file. It says which paths are private; name the "
            "project's with --project."
        )
    data: Any = yaml.safe_load(project.read_text(encoding="utf-8")) or {}
    listed = (data.get("vars") or {}).get("private") or []
    if isinstance(listed, str):
        listed = [part for part in listed.split(",") if part.strip()]
    if not isinstance(listed, list) or not all(isinstance(p, str) for p in listed):
        raise ValueError(f"{project}: vars.private: expected a list of paths")
    return [(project.parent / part.strip()).resolve() for part in listed]


def is_private(path: Path, roots: list[Path]) -> bool:
    """Whether a path is one of the roots or under one, links followed."""
    real = path.resolve()
    return any(real == root or root in real.parents for root in roots)
