"""A domain pack: a folder of data that says what to write, mark and relate."""

import copy
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from types import UnionType
from typing import Any, Self, TypeVar, get_args

import yaml
from pydantic import ValidationError

from phantom.jsonl import read_lines
from phantom.packs.domain import Domain
from phantom.packs.mappings import load_yaml
from phantom.packs.references import find_problems
from phantom.records import Record

ModelT = TypeVar("ModelT", bound=Record)
# Guidelines that people picked; they go before guidelines.md.
GUIDELINES = Path("prompts") / "guidelines.md"


class Pack:
    """A loaded domain pack.

    path (Path): The pack's folder.
    domain (Domain): The content of its domain.yml, checked.
    templates (Mapping[str, str]): Templates that go before those in files, by name.
    recorded (str): A folder inside its recording/; "" for that itself.
    """

    def __init__(self, path: Path, domain: Domain) -> None:
        self.path = path
        self.domain = domain
        self.name = domain.name
        self.labels = domain.labels
        self.relations = domain.relations
        self.kinds = domain.kinds
        self.attributes = domain.attributes
        self.templates: Mapping[str, str] = {}
        self.recorded = ""

    @cached_property
    def guidelines(self) -> str:
        """The annotation guidelines that stand in the prompt; picked ones first."""
        picked = self.path / GUIDELINES
        file = picked if picked.is_file() else self.path / "guidelines.md"
        text = read_text(file)
        if not text.strip():
            raise ValueError(f"{file}: empty; say what is marked, and what is not")
        return text

    @property
    def known(self) -> list[str]:
        """Labels of entities and of relations."""
        return [*self.labels, *self.relations]

    @property
    def recording(self) -> Path:
        """Folder of the recorded specs and completions; it need not exist."""
        return self.path / "recording" / self.recorded

    def with_guidelines(self, guidelines: str) -> Self:
        """The pack with other guidelines; its files stay as they are."""
        other = copy.copy(self)
        # In the place of what the property would read.
        other.__dict__["guidelines"] = guidelines
        return other

    def with_weights(self, text: str) -> Self:
        """The pack with other shares of some kinds; its files stay as they are.

        text (str): Such as "clinical note=30, none=0"; "" changes nothing.
        RAISES: ValueError for a kind that it has not, or what is no weight.
        """
        weights = read_weights(text)
        unknown = [name for name in weights if name not in self.kinds]
        if unknown:
            raise ValueError(
                f"kinds: {self.path} has no {unknown[0]!r}; use one of: "
                f"{', '.join(self.kinds)}"
            )
        other = copy.copy(self)
        other.kinds = {
            name: kind.model_copy(update={"weight": weights.get(name, kind.weight)})
            for name, kind in self.kinds.items()
        }
        other.domain = self.domain.model_copy(update={"kinds": other.kinds})
        return other

    def with_recording(self, name: str) -> Self:
        """The pack with a folder of its recording in the place of the recording."""
        other = copy.copy(self)
        other.recorded = name
        return other

    def with_templates(self, templates: Mapping[str, str]) -> Self:
        """The pack with these templates before its own; its files stay as they are."""
        other = copy.copy(self)
        other.templates = templates
        return other

    def schema(self) -> dict[str, dict[str, Any]]:
        """The relation schema as the relation_extractor takes it."""
        return {
            label: {
                "head": rule.head,
                "tail": rule.tail,
                "symmetric": rule.symmetric,
            }
            for label, rule in self.relations.items()
        }


def load_pack(path: Path) -> Pack:
    """Read and check a domain pack.

    path (Path): A folder with domain.yml and guidelines.md.
    RAISES: ValueError that names file, key and remedy.
    """
    file = path / "domain.yml"
    if not file.is_file():
        raise ValueError(
            f"{path}: no domain.yml here. A domain is a folder with domain.yml and "
            "guidelines.md; see assets/domains/ for those that exist."
        )
    domain = read_yaml(file, Domain)
    if domain.name != path.resolve().name:
        raise ValueError(
            f"{file}: name: {domain.name!r} differs from the folder's name "
            f"{path.resolve().name!r}; make them the same."
        )
    problems = find_problems(domain, path)
    if problems:
        raise ValueError("\n".join(f"{file}: {problem}" for problem in problems))
    return Pack(path, domain)


def read_weights(text: str) -> dict[str, float]:
    """Weights by kind. RAISES: ValueError for a part without one of 0 or more."""
    weights: dict[str, float] = {}
    for part in filter(str.strip, text.split(",")):
        name, _, said = part.rpartition("=")
        try:
            weight = float(said)
        except ValueError:
            weight = -1.0
        if not name.strip() or not 0 <= weight < float("inf"):
            raise ValueError(
                f"kinds: {part.strip()!r}: write a kind and its weight, such as "
                "'clinical note=30'"
            )
        weights[name.strip()] = weight
    return weights


def read_text(path: Path) -> str:
    """Read a file of the pack. RAISES: ValueError if it is missing or no UTF-8."""
    if not path.is_file():
        raise ValueError(f"{path}: missing; a domain pack needs this file.")
    return "".join(read_lines(path))


def read_yaml(path: Path, model: type[ModelT]) -> ModelT:
    """Read a YAML file into a model. RAISES: ValueError naming file and key."""
    try:
        return model.model_validate(read_mapping(path))
    except ValidationError as error:
        raise ValueError(explain(error, model, path)) from None


def read_mapping(path: Path) -> dict[str, Any]:
    """Read keys and values from a YAML file; an empty one has none.

    RAISES: ValueError naming the file.
    """
    text = read_text(path)
    try:
        data = load_yaml(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(data, dict | None):
        raise ValueError(f"{path}: expected keys and values at the top level.")
    return data or {}


@cache
def read_shipped(path: Path) -> Mapping[str, Any]:
    """A mapping of our own data, read once; empty if there is no such file."""
    return read_mapping(path) if path.is_file() else {}


def explain(error: ValidationError, model: type[Record], path: Path) -> str:
    """What is wrong with the content of a file, a line each: path, key and remedy."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"]) or "(top level)"
        remedy = ""
        if item["type"] == "extra_forbidden":
            known = _keys(model, item["loc"][:-1])
            near = get_close_matches(str(item["loc"][-1]), known, 1)
            meant = f"did you mean {near[0]}? " if near else ""
            remedy = f"; {meant}remove it or use one of: {', '.join(known)}"
        elif item["type"] == "string_type" and isinstance(item["input"], bool):
            remedy = '; YAML reads yes, no, on and off so: put it in quotes, as "no"'
        lines.append(f"{path}: {key}: {item['msg']}{remedy}")
    return "\n".join(lines)


def _keys(model: type[Record], parts: Sequence[int | str]) -> list[str]:
    """The keys that the model takes at a place inside it."""
    kind: Any = model
    for part in parts:
        fields = getattr(kind, "model_fields", None)
        # A field's type; else the values of a dict or the items of a list.
        kind = fields[part].annotation if fields else get_args(kind)[-1]
        if isinstance(kind, UnionType):
            kind = get_args(kind)[0]
    return list(kind.model_fields)
