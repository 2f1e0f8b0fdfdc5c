"""Entities and relations as tables, a Parquet file for each block."""

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from phantom.jsonl import replace_file

ENTITY = ("start", "end", "label", "text", "section")
CONCEPT = ("id", "name", "score")
NUMBERS = {"start": "int64", "end": "int64", "score": "float64"}


def import_pyarrow(module: str) -> Any:
    """A module of pyarrow. RAISES: ValueError if it is not installed."""
    try:
        return importlib.import_module(f"pyarrow.{module}")
    except ImportError as error:
        raise ValueError(
            f"pyarrow is missing ({error}): pip install 'spacy-phantom[tables]'"
        ) from None


def entity_table(rows: Iterable[dict[str, Any]], attributes: list[str]) -> Any:
    """A row per mention. attributes (List[str]): What `context` may say of one."""
    columns = _schema([*ENTITY, *attributes, *(f"concept_{x}" for x in CONCEPT)])
    found = []
    for row in rows:
        for entity in row["entities"]:
            flat = {"document": row["key"], "document_id": row["id"]}
            flat |= {name: entity.get(name) for name in ENTITY}
            flat |= entity.get("context", {})
            found.append(flat | _concept(row, entity, "concept_"))
    return _table(found, columns)


def relation_table(rows: Iterable[dict[str, Any]]) -> Any:
    """A row per relation, with both mentions."""
    ends = [
        f"{end}_{name}"
        for end in ("head", "tail")
        for name in ("start", "end", "label", "text", "concept_id")
    ]
    found = []
    for row in rows:
        for relation in row["relations"]:
            flat = {"document": row["key"], "document_id": row["id"]}
            flat |= {"label": relation["label"], "score": relation["score"]}
            for end in ("head", "tail"):
                entity = row["entities"][relation[end]]
                flat |= {f"{end}_{name}": entity[name] for name in ENTITY[:4]}
                flat |= _concept(row, entity, f"{end}_concept_")
            found.append(flat)
    return _table(found, _schema(["label", "score", *ends]))


def write_table(table: Any, path: Path) -> None:
    """Write a Parquet file, whole or not at all."""
    with replace_file(path) as temporary:
        import_pyarrow("parquet").write_table(table, temporary)


def _concept(row: dict[str, Any], entity: dict[str, Any], to: str) -> dict[str, Any]:
    if "concept" not in entity:
        return {}
    concept = row["concepts"][entity["concept"]]
    return {f"{to}{name}": concept[name] for name in CONCEPT}


def _schema(names: list[str]) -> Any:
    arrow = import_pyarrow("lib")
    kinds = {"int64": arrow.int64(), "float64": arrow.float64(), "": arrow.string()}
    fields = [("document", arrow.string()), ("document_id", arrow.string())]
    for name in names:
        fields.append((name, kinds[NUMBERS.get(name.rsplit("_", 1)[-1], "")]))
    return arrow.schema(fields)


def _table(rows: list[dict[str, Any]], schema: Any) -> Any:
    return import_pyarrow("lib").Table.from_pylist(rows, schema=schema)
