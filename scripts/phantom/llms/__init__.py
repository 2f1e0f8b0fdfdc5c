"""LLM back-ends: chosen in configs/llm/*.cfg, looked up in a registry."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from confection import Config

from phantom.llms.job import Backend, Job, Summary
from phantom.registry import phantom_registry

__all__ = [
    "Backend",
    "Job",
    "Summary",
    "load_backend",
    "parse_settings",
    "phantom_registry",
]


def load_backend(path: Path, overrides: Mapping[str, Any] | None = None) -> Backend:
    """Make the back-end that a config file describes.

    path (Path): A .cfg file with an `[llm]` block that names `@phantom_llms`.
    overrides (Mapping[str, Any]): Settings by dotted key, such as "llm.model".
    RAISES: ValueError that names the file and what is wrong in it.
    """
    if not path.is_file():
        folder = path if path.is_dir() else path.parent
        near = sorted(str(p) for p in folder.glob("*.cfg"))
        found = "a folder" if path.is_dir() else "no such file"
        raise ValueError(
            f"{path}: {found}. Back-ends here: {', '.join(near) or 'none'}."
        )
    try:
        config = Config().from_disk(path, overrides=dict(overrides or {}))
        backend: Backend = phantom_registry.resolve(config)["llm"]
    except KeyError:
        raise ValueError(f"{path}: no [llm] block with @phantom_llms.") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return backend


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Read "llm.model=NAME" and the like; values are JSON, or else text.

    RAISES: ValueError if one has no "=".
    """
    overrides: dict[str, Any] = {}
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign:
            raise ValueError(f"--set {setting!r}: write it as llm.model=NAME")
        try:
            overrides[key.strip()] = json.loads(value)
        except ValueError:
            overrides[key.strip()] = value
    return overrides
