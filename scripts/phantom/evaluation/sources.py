"""What a score depends on, each as a digest: data, config, code, encoder, weights."""

import hashlib
import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spacy.util import load_config

from phantom.passages.files import list_files
from phantom.records import Example, digest
from phantom.runtime import components_path, load_component

PACKAGES = ("spacy-phantom", "spacy", "spacy-transformers", "transformers", "torch")
# What is not the code itself: caches, and pages about it.
_NO_CODE = (".pyc", ".md")


def digest_paths(paths: Iterable[Path], no: tuple[str, ...] = ()) -> str:
    """A digest over names and contents of files, and of all files under folders.

    paths (Iterable[Path]): Those that are not there are passed over.
    no (Tuple[str, ...]): Endings of file names to pass over.
    RETURNS (str): 16 hexadecimal digits; "" if there is no file.
    """
    total, found = hashlib.sha256(), 0
    for root in paths:
        files = [root] if root.is_file() else list_files(root)
        for path in files:
            if path.name.endswith(no):
                continue
            name = path.name if path == root else path.relative_to(root).as_posix()
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            total.update(f"{name}\0{content}\n".encode())
            found += 1
    return total.hexdigest()[:16] if found else ""


def describe_sources(
    pack: Path,
    pipeline: Path | None,
    predictions: Path | None,
    data: dict[str, Path | None],
    training: Sequence[Example],
) -> dict[str, Any]:
    """What a line of the history says of what was evaluated.

    data (Dict[str, Optional[Path]]): Files by what they are, such as "training data".
    training (Sequence[Example]): Synthetic training data, to be counted.
    RETURNS (Dict[str, Any]): digests, versions, training and config.
    """
    return {
        "digests": digest_sources(pack, pipeline, predictions, data),
        "versions": list_versions(),
        "training": count_examples(training) if training else {},
        "config": read_config(pipeline) if pipeline else {},
    }


def digest_sources(
    pack: Path,
    pipeline: Path | None,
    predictions: Path | None,
    data: dict[str, Path | None],
) -> dict[str, str]:
    """Digests of all that an evaluation depends on.

    RETURNS (Dict[str, str]): By what they are of; what there is none of is left out.
    """
    code = [components_path(), Path(__file__).parent.parent]
    found = {name: digest_paths([path]) for name, path in data.items() if path}
    found["pack"] = digest_paths([pack])
    found["code"] = digest_paths(code, _NO_CODE)
    if predictions:
        found["predictions"] = digest_paths([predictions])
    if pipeline:
        config = read_config(pipeline)
        found["config"] = digest("\n".join(f"{k}={v}" for k, v in config.items()))
        found["encoder"] = digest_encoder(config)
        found["weights"] = digest_paths(
            path for path in sorted(pipeline.iterdir()) if path.is_dir()
        )
    return {name: x for name, x in found.items() if x}


def digest_encoder(config: dict[str, str]) -> str:
    """Digest of the encoder that training began with; its name if it is not here."""
    name = config.get("components.transformer.model.name", "").strip('"')
    if not name:
        return ""
    folder = Path(load_component("encoder_place").find_encoder(name))
    return digest_paths([folder]) if folder.is_dir() else name


def read_config(pipeline: Path) -> dict[str, str]:
    """Settings of a pipeline by dotted name; paths are left out, their data is not."""
    config = load_config(pipeline / "config.cfg", interpolate=False)
    return dict(sorted(_flatten(config, "")))


def count_examples(examples: Sequence[Example]) -> dict[str, int]:
    """How many examples, entities and relations there are, by label."""
    counts = Counter({"examples": len(examples)})
    for example in examples:
        counts["examples without a relation"] += not example.relations
        counts["examples without an entity"] += not example.entities
        counts.update(f"entities {entity.label}" for entity in example.entities)
        counts.update(f"relations {relation.label}" for relation in example.relations)
    return dict(sorted(counts.items()))


def list_versions() -> dict[str, str]:
    """Versions of Python and of the packages that scores depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _flatten(value: Any, name: str) -> list[tuple[str, str]]:
    if isinstance(value, dict) and value:
        return [
            row
            for key, inner in value.items()
            if (name, key) != ("", "paths")
            for row in _flatten(inner, f"{name}.{key}".lstrip("."))
        ]
    return [(name, str(value))]
