"""The reader: documents with their mentions, concepts and relations, on one page."""

import json
from collections import Counter
from collections.abc import Iterator
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from phantom.documents.blocks import read_parts
from phantom.jsonl import write_text
from phantom.reports.pages import page_environment
from phantom.reports.quality.passages import PALETTE, colors

# Of a text; a browser is slow on more.
SHOWN = 20_000


def write_reader(output: Path, show: int) -> Path:
    """Write reader.html of the first documents into the folder of an output.

    RETURNS (Path): The page, on its own, with nothing to fetch.
    """
    rows = list(islice(_read_rows(output), show))
    samples = [
        {"entities": [[e["start"], e["end"], e["label"]] for e in row["entities"]]}
        for row in rows
    ]
    palette = colors(samples)
    page = page_environment(Path(__file__).parent).get_template("reader.html.jinja")
    documents = [_show(row, palette) for row in rows]
    path = output / "reader.html"
    write_text(path, page.render(documents=documents, palette=palette))
    return path


def _read_rows(output: Path) -> Iterator[dict[str, Any]]:
    for part in read_parts(output, "documents"):
        with part.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _show(row: dict[str, Any], palette: dict[str, str]) -> dict[str, Any]:
    """What the page says of one document."""
    entities = row["entities"]
    counts = Counter(e["concept"] for e in entities if "concept" in e)
    concepts = [
        {**row["concepts"][i], "count": count} for i, count in counts.most_common()
    ]
    relations = Counter(
        (*(_name(row, entities[r[end]]) for end in ("head", "tail")), r["label"])
        for r in row["relations"]
    )
    shown = {a["text"]: a["means"] for a in row["abbreviations"]}
    return {
        "name": row["id"],
        "text": Markup(to_text(row, palette)),
        "left": max(len(row["text"]) - SHOWN, 0),
        "mentions": len(entities),
        "concepts": concepts,
        "relations": [
            {"head": head, "tail": tail, "label": label, "count": count}
            for (head, tail, label), count in relations.most_common()
        ],
        "abbreviations": shown,
    }


def to_text(row: dict[str, Any], palette: dict[str, str]) -> str:
    """The beginning of a text with its mentions marked and its headings in bold.

    RETURNS (str): HTML, escaped.
    """
    text = row["text"][:SHOWN]
    marks: list[tuple[int, int, str, str]] = []
    for entity in row["entities"]:
        if entity["end"] <= len(text):
            said = ", ".join(entity.get("context", {}).values())
            color = palette.get(entity["label"], PALETTE[-1])
            kind = ' class="said"' if said else ""
            tip = f"{entity['label']} ({said})" if said else entity["label"]
            begin = f'<mark{kind} style="background:{color}">'
            end = f"<small>{escape(tip)}</small></mark>"
            marks.append((entity["start"], entity["end"], begin, end))
    taken = [(start, end) for start, end, _, _ in marks]
    for section in row["sections"]:
        stop = section["start"] + len(section["heading"])
        free = all(stop <= a or b <= section["start"] for a, b in taken)
        if stop <= len(text) and free:
            marks.append((section["start"], stop, "<b>", "</b>"))
    parts, last = [], 0
    for start, stop, begin, end in sorted(marks):
        parts += [escape(text[last:start]), begin, escape(text[start:stop]), end]
        last = stop
    return "".join([*parts, escape(text[last:])])


def _name(row: dict[str, Any], entity: dict[str, Any]) -> str:
    if "concept" in entity:
        return str(row["concepts"][entity["concept"]]["name"])
    return " ".join(entity["text"].split())
