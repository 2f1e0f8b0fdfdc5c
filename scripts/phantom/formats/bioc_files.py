"""BioC on disk: documents of an XML or JSON file in one form, and back."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from phantom.jsonl import load_json, open_text

Element = ElementTree.Element
# What XML 1.0 can't hold, however it is written.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<collection><source>phantom</source><date/><key/>\n"
)
END = "</collection>\n"


def read_documents(path: Path) -> Iterator[dict[str, Any]]:
    """Stream documents as BioC's JSON has them, whatever the file is.

    RAISES: ValueError with `path:line` if it is neither.
    """
    with open_text(path) as file:
        start = file.read(1000).lstrip()
    if start[:1] not in ("{", "["):
        yield from _stream_xml(path)
        return
    data = load_json(path)
    # PubTator Central gives collections under a key of its own.
    data = data.get("PubTator3", data) if isinstance(data, dict) else data
    for item in data if isinstance(data, list) else [data]:
        known = isinstance(item, dict) and {"documents", "passages"} & item.keys()
        if not known:
            raise ValueError(f"{path}:1: no BioC, which has `documents` or `passages`")
        yield from item["documents"] if "documents" in item else [item]


def _stream_xml(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") if path.suffix != ".gz" else gzip.open(path) as file:
            for _, element in ElementTree.iterparse(file):
                if element.tag == "document":
                    yield _from_document(element)
                    element.clear()
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise ValueError(f"{path}:{line}: no XML ({error})") from None


def _from_document(element: Element) -> dict[str, Any]:
    return {
        "id": element.findtext("id") or "",
        "infons": _infons(element),
        "passages": [
            _from_level(x)
            | {"sentences": [_from_level(y) for y in x.findall("sentence")]}
            for x in element.findall("passage")
        ],
        **_marks(element),
    }


def _from_level(element: Element) -> dict[str, Any]:
    return {
        "offset": element.findtext("offset") or 0,
        "text": element.findtext("text"),
        "infons": _infons(element),
        **_marks(element),
    }


def _marks(element: Element) -> dict[str, Any]:
    return {
        "annotations": [
            {
                "id": x.get("id") or "",
                "infons": _infons(x),
                "text": x.findtext("text"),
                "locations": [dict(y.items()) for y in x.findall("location")],
            }
            for x in element.findall("annotation")
        ],
        "relations": [
            {
                "id": x.get("id") or "",
                "infons": _infons(x),
                "nodes": [dict(y.items()) for y in x.findall("node")],
            }
            for x in element.findall("relation")
        ],
    }


def _infons(element: Element) -> dict[str, str]:
    return {
        x.get("key") or "": (x.text or "").strip() for x in element.findall("infon")
    }


def to_xml(document: dict[str, Any]) -> str:
    """A document as XML, on a line of its own.

    Carriage returns are written as references; a parser would make line feeds of them.
    """
    root = ElementTree.Element("document")
    ElementTree.SubElement(root, "id").text = document["id"]
    for passage in document["passages"]:
        level = ElementTree.SubElement(root, "passage")
        _add_infons(level, passage["infons"])
        ElementTree.SubElement(level, "offset").text = str(passage["offset"])
        ElementTree.SubElement(level, "text").text = passage["text"]
        for mark in passage["annotations"]:
            node = ElementTree.SubElement(level, "annotation", id=mark["id"])
            _add_infons(node, mark["infons"])
            for x in mark["locations"]:
                values = {key: str(value) for key, value in x.items()}
                ElementTree.SubElement(node, "location", values)
            ElementTree.SubElement(node, "text").text = mark["text"]
    for relation in document["relations"]:
        node = ElementTree.SubElement(root, "relation", id=relation["id"])
        _add_infons(node, relation["infons"])
        for x in relation["nodes"]:
            ElementTree.SubElement(node, "node", x)
    return ElementTree.tostring(root, "unicode").replace("\r", "&#13;") + "\n"


def _add_infons(element: Element, infons: dict[str, str]) -> None:
    for key, value in infons.items():
        ElementTree.SubElement(element, "infon", key=key).text = value
