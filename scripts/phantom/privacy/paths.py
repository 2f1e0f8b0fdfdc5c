"""Which paths hold private text, by vars.private of project.yml, and which public."""

import json
from collections.abc import Sequence
from pathlib import Path


def parse_paths(text: str) -> list[Path]:
    """Read paths that are handed over in one argument.

    text (str): Paths with commas between, or a JSON list, which is what becomes of a
        list in project.yml.
    RETURNS (List[Path]): Absolute, each once.
    RAISES: ValueError if it begins like a list and is none.
    """
    parts: list[str] = text.split(",")
    if text.lstrip().startswith("["):
        try:
            parts = json.loads(text)
        except ValueError:
            parts = []
        if not parts or not all(isinstance(part, str) for part in parts):
            raise ValueError(f"{text}: expected paths with commas between")
    named = [part.strip() for part in parts if part.strip()]
    return list(dict.fromkeys(Path(part).resolve() for part in named))


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
                f"{path}: declared public (--public; vars.public_text), yet private "
                "(--private; vars.private of project.yml); nothing was exported. "
                "Take it out of one of them."
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
