"""LLM back-ends: chosen in configs/llm/*.cfg, looked up in a registry."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import catalogue
from confection import Config, ConfigValidationError, registry

from phantom.llms.job import Backend, Job, Summary

__all__ = ["Backend", "Job", "Summary", "load_backend", "phantom_registry"]


class phantom_registry(registry):
    """Registry of back-ends; other packages add theirs as entry points."""

    phantom_llms = catalogue.create("phantom", "llms", entry_points=True)


@phantom_registry.phantom_llms("phantom.Recording.v1")
def _make_recording(path: str | None = None) -> Backend:
    from phantom.llms.recording import Recording

    return Recording(Path(path) if path else None)


def load_backend(path: Path, overrides: Mapping[str, Any] = {}) -> Backend:  # noqa: B006
    """Make the back-end that a config file describes.

    path (Path): A .cfg file with an `[llm]` block that names `@phantom_llms`.
    overrides (Mapping[str, Any]): Settings by dotted key, such as "llm.model".
    RAISES: ValueError that names the file and what is wrong in it.
    """
    if not path.is_file():
        near = sorted(str(p) for p in path.parent.glob("*.cfg"))
        raise ValueError(
            f"{path}: no such file. Back-ends here: {', '.join(near) or 'none'}."
        )
    try:
        config = Config().from_disk(path, overrides=dict(overrides))
        backend: Backend = phantom_registry.resolve(config)["llm"]
    except ConfigValidationError as error:
        raise ValueError(f"{path}: {error}") from None
    except KeyError:
        raise ValueError(f"{path}: no [llm] block with @phantom_llms.") from None
    except catalogue.RegistryError as error:
        raise ValueError(f"{path}: {error}") from None
    return backend


Factory = Callable[..., Backend]
