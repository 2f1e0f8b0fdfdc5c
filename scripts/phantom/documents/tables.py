"""Entities and relations as tables, a Parquet file for each block."""

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from phantom.jsonl import replace_file

ENTITY = ("start", "end", "label", "text", "section")
ENDS = ("head", "tail")
CONCEPT = ("id", "name", "score")
NUMBERS = {
    **dict.fromkeys(("start", "end", "concept", "pairs"), "int64"),
    "score": "float64",
}


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
    names = [*ENTITY, *attributes, "concept", *(f"concept_{x}" for x in CONCEPT)]
    columns = _schema(names)
    found = []
    for row in rows:
        for entity in row["entities"]:
            flat = {"document": row["key"], "document_id": row["id"]}
            flat |= {name: entity.get(name) for name in ENTITY}
            flat |= entity.get("context", {})
            found.append(flat | _concept(row, entity, ""))
    return _table(found, columns)


def relation_table(rows: Iterable[dict[str, Any]]) -> Any:
    """A row per relation, with both mentions."""
    found = []
    for row in rows:
        for relation in row["relations"]:
            flat = {"document": row["key"], "document_id": row["id"]}
            flat |= {"label": relation["label"], "score": relation["score"]}
            for end in ENDS:
                entity = row["entities"][relation[end]]
                flat |= {f"{end}_{name}": entity[name] for name in ENTITY[:4]}
                flat |= _concept(row, entity, f"{end}_")
            found.append(flat)
    names = (*ENTITY[:4], "concept", "concept_id")
    return _table(found, _schema(["label", "score", *_both(names)]))


def concept_relation_table(rows: Iterable[dict[str, Any]]) -> Any:
    """A row per relation between concepts, with the mentions that say it surest."""
    found = []
    for row in rows:
        for relation in row["concept_relations"]:
            flat = {"document": row["key"], "document_id": row["id"]}
            flat |= {name: relation[name] for name in ("label", "score", "pairs")}
            surest = row["relations"][relation["surest"]]
            for end in ENDS:
                entity = row["entities"][surest[end]]
                flat |= {f"{end}_{name}": entity[name] for name in ENTITY[:3]}
                flat |= _concept(row, entity, f"{end}_")
            found.append(flat)
    names = ("concept", "concept_id", "concept_name", *ENTITY[:3])
    return _table(found, _schema(["label", "score", "pairs", *_both(names)]))


# What is written, by its folder.
TABLES = {"relations": relation_table, "concept_relations": concept_relation_table}


def write_table(table: Any, path: Path) -> None:
    """Write a Parquet file, whole or not at all."""
    with replace_file(path) as temporary:
        import_pyarrow("parquet").write_table(table, temporary)


def _concept(row: dict[str, Any], entity: dict[str, Any], to: str) -> dict[str, Any]:
    if "concept" not in entity:
        return {}
    place = entity["concept"]
    concept = row["concepts"][place]
    return {
        f"{to}concept": place,
        **{f"{to}concept_{name}": concept[name] for name in CONCEPT},
    }


def _both(names: Iterable[str]) -> list[str]:
    return [f"{end}_{name}" for end in ENDS for name in names]


def _schema(names: list[str]) -> Any:
    arrow = import_pyarrow("lib")
    kinds = {"int64": arrow.int64(), "float64": arrow.float64(), "": arrow.string()}
    fields = [("document", arrow.string()), ("document_id", arrow.string())]
    for name in names:
        fields.append((name, kinds[NUMBERS.get(name.rsplit("_", 1)[-1], "")]))
    return arrow.schema(fields)


def _table(rows: list[dict[str, Any]], schema: Any) -> Any:
    return import_pyarrow("lib").Table.from_pylist(rows, schema=schema)
