"""References inside a domain pack: what one key names, another defines."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from phantom.packs.domain import Domain
from phantom.registry import phantom_registry


def find_problems(domain: Domain, path: Path) -> list[str]:
    """Dangling names, impossible rules and missing files.

    path (Path): The pack's folder, for the files that domain.yml names.
    RETURNS (List[str]): One sentence each, beginning with the key.
    """
    return [
        *_relations(domain),
        *_kinds(domain),
        *_attributes(domain),
        *_tables(domain, path),
        *_augmenters(domain, path),
    ]


def _relations(domain: Domain) -> Iterator[str]:
    for name, rule in domain.relations.items():
        yield from _unknown(f"relations.{name}.head", rule.head, domain.labels)
        yield from _unknown(f"relations.{name}.tail", rule.tail, domain.labels)
        if rule.symmetric and set(rule.head) != set(rule.tail):
            yield f"relations.{name}: symmetric, but head and tail labels differ"


def _kinds(domain: Domain) -> Iterator[str]:
    for name, kind in domain.kinds.items():
        key = f"kinds.{name}"
        relation = [kind.relation] if kind.relation else []
        forbids = [label for label in kind.forbids if label != "*"]
        pairs = [kind.pairs] if kind.pairs else []
        yield from _unknown(f"{key}.entities", kind.entities, domain.labels)
        yield from _unknown(f"{key}.relation", relation, domain.relations)
        yield from _unknown(f"{key}.forbids", forbids, domain.relations)
        yield from _unknown(f"{key}.pairs", pairs, domain.pairs)
        if kind.empty and (kind.entities or kind.relation):
            yield f"{key}: empty, yet it names entities or a relation; drop one"
        if kind.relation and {kind.relation, "*"} & set(kind.forbids):
            yield f"{key}: {kind.relation} is asked for and forbidden; drop one"
    if domain.kinds and not any(kind.weight for kind in domain.kinds.values()):
        yield "kinds: all weights are 0; nothing would be planned"


def _attributes(domain: Domain) -> Iterator[str]:
    for name, grid in domain.attributes.items():
        kinds = [*(grid.kinds or []), *grid.except_kinds]
        yield from _unknown(f"attributes.{name}.kinds", kinds, domain.kinds)
        if not any(grid.values.values()):
            yield f"attributes.{name}.values: all weights are 0; drop the attribute"
    for i, rule in enumerate(domain.excludes):
        for key, values in rule.items():
            where = f"excludes.{i}.{key}"
            if key == "kind":
                yield from _unknown(where, values, domain.kinds)
            elif key not in domain.attributes:
                yield from _unknown(f"excludes.{i}", [key], domain.attributes)
            else:
                yield from _unknown(where, values, domain.attributes[key].values)


def _tables(domain: Domain, path: Path) -> Iterator[str]:
    yield from _unknown("lexicons", domain.lexicons, domain.labels)
    yield from _unknown("feeding.nominal", domain.feeding.nominal, domain.labels)
    files = [lexicon.file for entry in domain.lexicons.values() for lexicon in entry]
    for name, table in domain.pairs.items():
        labels = [table.head[0], table.tail[0]]
        yield from _unknown(f"pairs.{name}", labels, domain.labels)
        files.append(table.file)
    for file in files:
        if not (path / file).is_file():
            yield f"{file}: no such file in {path}"


def _augmenters(domain: Domain, path: Path) -> Iterator[str]:
    """Names and settings by the catalogue; labels and tables in them by the pack."""
    for where, asked in (
        ("augment", domain.augment),
        ("feeding.vary", domain.feeding.vary),
    ):
        try:
            entries = phantom_registry.phantom_augmenters.read(asked, where)
        except ValueError as error:
            yield from str(error).splitlines()
            continue
        for name, settings in entries:
            yield from _settings(f"{where}.{name}", settings, domain, path)


def _settings(
    where: str, settings: Mapping[str, Any], domain: Domain, path: Path
) -> Iterator[str]:
    for key, value in settings.items():
        if key == "table" and value and not (path / value).is_file():
            yield f"{where}.table: no such file as {value} in {path}"
            continue
        names = [value] if key == "label" else value
        if (key in ("label", "labels") and value) or isinstance(value, Mapping):
            yield from _unknown(f"{where}.{key}", names, domain.labels)
        elif key == "relations":
            yield from _unknown(f"{where}.{key}", names, domain.relations)


def _unknown(key: str, names: Iterable[Any], known: Mapping[Any, Any]) -> Iterator[str]:
    for name in names:
        if name not in known:
            choices = ", ".join(map(str, known)) or "none is defined"
            yield f"{key}: {name!r} is not defined; use one of: {choices}"
