"""The reader: documents with their mentions, concepts and relations, on one page."""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from phantom.documents.blocks import read_parts
from phantom.jsonl import write_text
from phantom.reports.documents.text import Text
from phantom.reports.pages import page_environment
from phantom.reports.quality.passages import colors

# Documents that could not be read and are listed.
BAD = 100
ENDS = ("head", "tail")


def write_reader(output: Path, show: int) -> Path:
    """Write reader.html of the first documents into the folder of an output.

    RETURNS (Path): The page, on its own, with nothing to fetch.
    """
    rows = list(islice(_read_rows(output), show + 1))
    more, rows = len(rows) > show, rows[:show]
    samples = [
        {"entities": [[e["start"], e["end"], e["label"]] for e in row["entities"]]}
        for row in rows
    ]
    palette = colors(samples)
    page = page_environment(Path(__file__).parent).get_template("reader.html.jinja")
    documents = [_show(row, number, palette) for number, row in enumerate(rows)]
    bad = list(islice(_read_bad(output), BAD + 1))
    path = output / "reader.html"
    write_text(
        path,
        page.render(
            documents=documents,
            palette=palette,
            more=more,
            bad=bad[:BAD],
            more_bad=len(bad) > BAD,
        ),
    )
    return path


def _read_rows(output: Path) -> Iterator[dict[str, Any]]:
    for part in read_parts(output, "documents"):
        with part.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _read_bad(output: Path) -> Iterator[dict[str, Any]]:
    path = output / "bad.jsonl"
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _show(row: dict[str, Any], number: int, palette: dict[str, str]) -> dict[str, Any]:
    """What the page says of one document."""
    text = Text(row, f"d{number}")
    sure, others = _relations(row, text)
    return {
        "name": row["id"],
        "key": row["key"] if row["key"] != row["id"] else "",
        "meta": row.get("meta", {}),
        "text": Markup(text.mark(palette)),
        "left": text.left,
        "mentions": len(row["entities"]),
        "concepts": _concepts(row, text),
        "relations": sure,
        "others": others,
        "abbreviations": {a["text"]: a["means"] for a in row["abbreviations"]},
    }


def _concepts(row: dict[str, Any], text: Text) -> list[dict[str, Any]]:
    """Concepts by how often they are named, in the words of their first mention."""
    mentions = defaultdict(list)
    for place, entity in enumerate(row["entities"]):
        if "concept" in entity:
            mentions[entity["concept"]].append(place)
    return [
        {
            **row["concepts"][concept],
            "said": _name(row, places[0]),
            "count": len(places),
            "link": text.link(places[0]),
        }
        for concept, places in sorted(mentions.items(), key=lambda x: -len(x[1]))
    ]


def _relations(
    row: dict[str, Any], text: Text
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the document relates, the surest first; and what single mentions do.

    Where nobody joined mentions to concepts, all pairs of names are in the first list.
    """
    found, sure = [], set()
    for relation in row["concept_relations"]:
        best = row["relations"][relation["surest"]]
        sure.add((relation["head"], relation["tail"], relation["label"]))
        found.append(_relation(row, text, best, relation["score"], relation["pairs"]))
    left: dict[tuple, list[dict[str, Any]]] = defaultdict(list)
    for relation in row["relations"]:
        ends = [row["entities"][relation[end]].get("concept") for end in ENDS]
        if (*ends, relation["label"]) not in sure:
            names = (_name(row, relation[end]) for end in ENDS)
            left[(*names, relation["label"])].append(relation)
    others = []
    for relations in left.values():
        best = max(relations, key=lambda x: x["score"])
        others.append(_relation(row, text, best, best["score"], len(relations)))
    found, others = (
        sorted(side, key=lambda x: -x["score"]) for side in (found, others)
    )
    return (found, others) if row["concepts"] else (others, [])


def _relation(
    row: dict[str, Any], text: Text, best: dict[str, Any], score: float, pairs: int
) -> dict[str, Any]:
    head, tail = (best[end] for end in ENDS)
    return {
        "head": _name(row, head),
        "tail": _name(row, tail),
        "label": best["label"],
        "score": score,
        "pairs": pairs,
        "quote": Markup(text.quote(head, tail)),
        "link": text.link(min(head, tail)),
        "said": [_said(row["entities"][place]) for place in (head, tail)],
    }


def _said(entity: dict[str, Any]) -> str:
    return ", ".join(entity.get("context", {}).values())


def _name(row: dict[str, Any], place: int) -> str:
    """A mention as the document has it; a short form as what it stands for."""
    entity = row["entities"][place]
    for form in row["abbreviations"]:
        if form["short"] == [entity["start"], entity["end"]]:
            return str(form["means"])
    return " ".join(entity["text"].split())
