"""Which paths hold private text, by vars.private of project.yml, and which public."""

from collections.abc import Sequence
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


def all_public(
    paths: Sequence[Path], declared: Sequence[Path], private: list[Path]
) -> bool:
    """Whether every path is, or is under, one that a person declared public.

    private (List[Path]): Absolute files and folders that are not.
    RAISES: ValueError if a path is declared both.
    """
    roots = [path.resolve() for path in declared]
    public = [path for path in paths if is_private(path, roots)]
    for path in public:
        if is_private(path, private):
            raise ValueError(
                f"{path}: declared public (vars.public_text), yet private by "
                "vars.private or vars.private_text of project.yml; nothing was "
                "exported. Take it out of one of them."
            )
    return bool(paths) and len(public) == len(paths)


def is_private(path: Path, roots: list[Path]) -> bool:
    """Whether a path is one of the roots or under one.

    Links are followed at every step: a file that lies elsewhere is under a private
    folder that has a link to it, too, if that is how it is named.
    """
    named, real = path.absolute(), path.resolve()
    steps = {step.resolve() for step in (named, *named.parents)}
    return not steps.union(real.parents).isdisjoint(roots)
