"""A diagnosis as one HTML page that opens from disk, with nothing to fetch."""

from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from phantom.evaluation.diagnosis.records import Diagnosis, Neighbour, Passage, Slice
from phantom.evaluation.types import Span
from phantom.reports.diagnosis.confusion import anchor, draw_confusion
from phantom.reports.quality.html import show_number
from phantom.reports.quality.passages import colors, to_arcs, to_passage

# A document is shown around the mistake alone.
AROUND = 240


def to_html(diagnosis: Diagnosis) -> str:
    """Render a diagnosis.

    RETURNS (str): A page with its styles and drawings inside, without any script.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = show_number
    environment.filters["facets"] = _by_facet
    palette = colors([_sample(t, side) for t in diagnosis.texts for side in (0, 1)])
    groups: dict[tuple[str, str, str], list[int]] = {}
    for i, mistake in enumerate(diagnosis.mistakes):
        key = (mistake.family, mistake.gold, mistake.predicted)
        groups.setdefault(key, []).append(i)
    return environment.get_template("report.html.jinja").render(
        d=diagnosis,
        palette=palette,
        tables=[
            (family, Markup(draw_confusion(family, table)))
            for family, table in (
                ("mentions", diagnosis.confusion),
                ("relations", diagnosis.relation_confusion),
            )
            if any(table.values())
        ],
        groups=[
            (family, gold, predicted, anchor(family, gold, predicted), places)
            for (family, gold, predicted), places in groups.items()
        ],
        worst=max((w.errors for w in diagnosis.weaknesses), default=1),
        sides=lambda i: _sides(diagnosis, i, palette),
        near=lambda neighbour: Markup(_near(neighbour, palette)),
    )


def _by_facet(slices: Iterable[Slice]) -> list[tuple[str, list[Slice]]]:
    """Neighbours of one facet together, in the order that they come."""
    groups = groupby(slices, key=lambda x: x.facet)
    return [(facet, list(rows)) for facet, rows in groups]


def _sides(
    diagnosis: Diagnosis, number: int, palette: dict[str, str]
) -> list[dict[str, Any]]:
    """Gold and predicted of the text around a mistake, and what is drawn of each."""
    mistake = diagnosis.mistakes[number]
    passage = diagnosis.texts[mistake.example]
    span = mistake.span
    sides = []
    for side, name in enumerate(("gold", "predicted")):
        sample = _cut(_sample(passage, side), span)
        arcs = to_arcs(sample, palette) if mistake.family == "relations" else ""
        text = to_passage(sample, palette)
        sides.append({"name": name, "text": Markup(text), "arcs": Markup(arcs)})
    return sides


def _sample(passage: Passage, side: int) -> dict[str, Any]:
    """One annotation of a text as samples of the quality report are."""
    entities = passage.predicted if side else passage.gold
    links = passage.predicted_relations if side else passage.gold_relations
    # Relations are between the gold mentions, on both sides.
    entities = passage.gold if side and links else entities
    place = {(start, end): i for i, (start, end, _) in enumerate(entities)}
    relations = [
        (place[a, b], place[c, d], label)
        for a, b, c, d, label in links
        if (a, b) in place and (c, d) in place
    ]
    return {"text": passage.text, "entities": entities, "relations": relations}


def _cut(sample: dict[str, Any], span: Span) -> dict[str, Any]:
    text = sample["text"]
    left = max(0, text.rfind(" ", 0, max(0, span[0] - AROUND)) + 1)
    right = text.find(" ", span[1] + AROUND)
    right = len(text) if right < 0 else right
    inside = [
        i for i, e in enumerate(sample["entities"]) if left <= e[0] < e[1] <= right
    ]
    new = {old: i for i, old in enumerate(inside)}
    kept = [sample["entities"][i] for i in inside]
    return {
        "text": text[left:right],
        "entities": [(a - left, b - left, label) for a, b, label in kept],
        "relations": [
            (new[head], new[tail], label)
            for head, tail, label in sample["relations"]
            if head in new and tail in new
        ],
    }


def _near(neighbour: Neighbour, palette: dict[str, str]) -> str:
    """A training passage with the place marked, dashed where it bears no label."""
    text, start, end = neighbour.text, neighbour.start, neighbour.end
    label = neighbour.label
    look = f"background:{palette[label]}" if label in palette else ""
    mark = f'<mark style="{look}"' if look else '<mark class="bare"'
    small = f"<small>{escape(label)}</small>" if label else ""
    return (
        f"{escape(text[:start])}{mark}>{escape(text[start:end])}{small}</mark>"
        f"{escape(text[end:])}"
    )
