"""A domain pack: a folder of data that says what to write, mark and relate."""

import csv
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import Field, ValidationError, field_validator

from phantom.records import Attribute, Record

ModelT = TypeVar("ModelT", bound=Record)


class Label(Record):
    """An entity label. not_marked (List[str]): what looks like one and is not."""

    definition: str
    not_marked: list[str] = []
    examples: list[str] = []


class RelationRule(Record):
    """A relation label and the entity labels that it may join.

    head, tail (List[str]): Allowed entity labels on each side.
    symmetric (bool): Whether (a, b) says the same as (b, a).
    """

    definition: str
    head: list[str] = Field(min_length=1)
    tail: list[str] = Field(min_length=1)
    symmetric: bool = False


class Kind(Record):
    """A kind of example, with its share of the plan.

    weight (float): Share, relative to the other kinds.
    entities (Dict[str, int]): Largest number of seeds by entity label.
    open (float): Probability that a label's term is left to the writer.
    relation (Optional[str]): Must be stated at least once.
    forbids (List[str]): Relations that must not be stated; "*" is all of them.
    empty (bool): The passage holds no entity at all.
    pairs (Optional[str]): Knowledge table that the seeds are drawn from.
    """

    weight: float = Field(ge=0)
    entities: dict[str, int] = {}
    open: float = Field(default=0.0, ge=0, le=1)
    relation: str | None = None
    forbids: list[str] = []
    empty: bool = False
    pairs: str | None = None


class AttributeGrid(Record):
    """One attribute of a spec. values: weight by value; kinds: where it applies."""

    values: dict[Attribute, float] = Field(min_length=1)
    kinds: list[str] | None = None
    except_kinds: list[str] = []

    def applies_to(self, kind: str) -> bool:
        """Whether specs of this kind carry the attribute."""
        if kind in self.except_kinds:
            return False
        return self.kinds is None or kind in self.kinds


class Lexicon(Record):
    """A table of names. file (str): .tsv with a header and a `name` column.

    weight (float): Share of the label's seeds drawn from it.
    baseline (bool): Whether the dictionary baseline uses it.
    """

    file: str
    weight: float = Field(default=1.0, ge=0)
    baseline: bool = True
    licence: str
    source: str


class PairTable(Record):
    """Pairs known to hold. head, tail: entity label and column of the .tsv.

    where (Dict[str, List[str]]): Keep rows whose column holds one of the values.
    """

    file: str
    head: tuple[str, str]
    tail: tuple[str, str]
    where: dict[str, list[str]] = {}
    licence: str
    source: str


class Domain(Record):
    """The content of domain.yml."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    lang: str = "en"
    title: str
    licence: str
    sources: list[dict[str, str]] = []
    labels: dict[str, Label] = Field(min_length=1)
    relations: dict[str, RelationRule] = {}
    kinds: dict[str, Kind] = Field(min_length=1)
    attributes: dict[str, AttributeGrid] = {}
    excludes: list[dict[str, list[Attribute]]] = []
    lexicons: dict[str, list[Lexicon]] = {}
    pairs: dict[str, PairTable] = {}
    sample: str = ""

    @field_validator("excludes", mode="before")
    @classmethod
    def _listify(cls, rules: Any) -> Any:
        if not isinstance(rules, list):
            return rules
        return [
            {k: v if isinstance(v, list) else [v] for k, v in rule.items()}
            if isinstance(rule, dict)
            else rule
            for rule in rules
        ]


class Pack:
    """A loaded domain pack.

    path (Path): The pack's folder.
    domain (Domain): The content of its domain.yml, checked.
    """

    def __init__(self, path: Path, domain: Domain) -> None:
        self.path = path
        self.domain = domain
        self.name = domain.name
        self.labels = domain.labels
        self.relations = domain.relations
        self.kinds = domain.kinds
        self.attributes = domain.attributes

    @cached_property
    def guidelines(self) -> str:
        """The annotation guidelines that stand in the prompt."""
        return read_text(self.path / "guidelines.md")

    @property
    def recording(self) -> Path:
        """Folder of the recorded specs and completions; it need not exist."""
        return self.path / "recording"

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
    RAISES: ValueError that names file, key and mend.
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
    _check_references(file, path, domain)
    return Pack(path, domain)


def read_text(path: Path) -> str:
    """Read a file of the pack. RAISES: ValueError if it is missing."""
    if not path.is_file():
        raise ValueError(f"{path}: missing; a domain pack needs this file.")
    return path.read_text(encoding="utf-8")


def read_yaml(path: Path, model: type[ModelT]) -> ModelT:
    """Read a YAML file into a model. RAISES: ValueError naming file and key."""
    try:
        data = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: expected keys and values at the top level.")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = []
        for item in error.errors():
            key = ".".join(str(part) for part in item["loc"]) or "(top level)"
            mend = ""
            if item["type"] == "extra_forbidden":
                mend = f"; remove it or use one of: {', '.join(model.model_fields)}"
                if len(item["loc"]) > 1:
                    mend = "; remove it or mend the spelling"
            lines.append(f"{path}: {key}: {item['msg']}{mend}")
        raise ValueError("\n".join(lines)) from None


def read_table(path: Path, columns: list[str]) -> list[dict[str, str]]:
    """Read a tab-separated table with a header.

    columns (List[str]): Must all be there.
    RETURNS (List[Dict[str, str]]): One per row.
    RAISES: ValueError with `path:line`.
    """
    rows = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        cells = next(csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE), [])
        if number == 1:
            header = cells
            missing = [column for column in columns if column not in header]
            if missing:
                raise ValueError(
                    f"{path}:1: no column {', '.join(missing)}; the header has "
                    f"{', '.join(header)}."
                )
        elif len(cells) != len(header):
            raise ValueError(
                f"{path}:{number}: {len(cells)} cells, the header has {len(header)}."
            )
        else:
            rows.append(dict(zip(header, cells, strict=True)))
    return rows


def _check_references(file: Path, path: Path, domain: Domain) -> None:
    """Names that one key uses must be defined by another."""
    problems = []

    def need(key: str, used: list[str], known: Mapping[Any, Any], what: str) -> None:
        for name in used:
            if name not in known:
                problems.append(
                    f"{file}: {key}: {name!r} is no {what}; "
                    f"define it or use one of: {', '.join(map(str, known)) or '-'}"
                )

    for name, rule in domain.relations.items():
        need(f"relations.{name}.head", rule.head, domain.labels, "label")
        need(f"relations.{name}.tail", rule.tail, domain.labels, "label")
        if rule.symmetric and set(rule.head) != set(rule.tail):
            problems.append(
                f"{file}: relations.{name}: symmetric, but head and tail differ"
            )
    for name, kind in domain.kinds.items():
        need(f"kinds.{name}.entities", [*kind.entities], domain.labels, "label")
        need(
            f"kinds.{name}.relation",
            [kind.relation] if kind.relation else [],
            domain.relations,
            "relation",
        )
        forbidden = [label for label in kind.forbids if label != "*"]
        need(f"kinds.{name}.forbids", forbidden, domain.relations, "relation")
        pairs = [kind.pairs] if kind.pairs else []
        need(f"kinds.{name}.pairs", pairs, domain.pairs, "pair table")
    for name, grid in domain.attributes.items():
        kinds = [*(grid.kinds or []), *grid.except_kinds]
        need(f"attributes.{name}.kinds", kinds, domain.kinds, "kind")
    for i, rule_out in enumerate(domain.excludes):
        for key, values in rule_out.items():
            if key == "kind":
                need(f"excludes.{i}.kind", list(map(str, values)), domain.kinds, "kind")
                continue
            need(f"excludes.{i}", [key], domain.attributes, "attribute")
            if key in domain.attributes:
                grid_values = domain.attributes[key].values
                for value in values:
                    if value not in grid_values:
                        problems.append(
                            f"{file}: excludes.{i}.{key}: {value!r} is no value of it"
                        )
    need("lexicons", [*domain.lexicons], domain.labels, "label")
    for name, table in domain.pairs.items():
        need(f"pairs.{name}", [table.head[0], table.tail[0]], domain.labels, "label")
    files = [lexicon.file for entry in domain.lexicons.values() for lexicon in entry]
    for name in [*files, *(table.file for table in domain.pairs.values())]:
        if not (path / name).is_file():
            problems.append(f"{file}: {name}: no such file in {path}")
    if problems:
        raise ValueError("\n".join(problems))
