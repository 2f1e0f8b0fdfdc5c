"""Draw the pictures of README and docs.

Usage: python docs/pictures.py [--pipeline training/medicine/model-best]

With --pipeline, the passage of the drawn result is labelled anew first.
"""

import argparse
import re
import sys
from html import escape
from pathlib import Path

import spacy
import srsly
from spacy.tokens import Doc, Span

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from phantom.reports.drawing import render_relations  # noqa: E402
from phantom.runtime import register_components  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
PASSAGE = (
    "Vancomycin cleared the endocarditis in 41 of 44 patients, but nine of them "
    "developed acute renal failure, and one had severe neutropenia induced by "
    "vancomycin."
)
# By row: what goes in, the command, what it does (two lines).
ROAD = (
    (
        ("domain pack", "plan", "which examples", "to ask for"),
        ("specs", "generate", "a language model", "writes passages"),
        ("completions", "curate", "tags become", "offsets"),
        ("examples", "check", "labels, copies,", "leaks, balance"),
    ),
    (
        ("checked", "convert", "train and dev,", "as DocBin"),
        ("DocBin", "train", "encoder, entities,", "relations"),
        ("pipeline", "evaluate", "on real", "benchmarks"),
        ("scores", "package", "a wheel for", "spacy.load"),
    ),
)
LOOP = (
    ("diagnose", "what errors", "have in common"),
    ("refill", "a diff to read,", "edit or refuse"),
    ("plan", "those cells", "alone"),
    ("generate ... train", "new passages", "beside the old"),
)
WIDTH, HEIGHT, BOX, TALL, STEP = 1000, 322, 140, 78, 238
STYLE = """
svg { --paper: #ffffff; --ink: #1b2733; --soft: #5b6b7a; --box: #e8f1fa;
  --edge: #3a78b5; --back: #b0561f; }
@media (prefers-color-scheme: dark) { svg { --paper: #161c23; --ink: #e8edf2;
  --soft: #a3b1be; --box: #20364b; --edge: #6aa9e4; --back: #f0a066; } }
text { font-family: -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif;
  font-size: 13px; fill: var(--soft); text-anchor: middle; }
.name { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  font-size: 16px; font-weight: 600; fill: var(--ink); }
.line { fill: none; stroke: var(--edge); stroke-width: 1.8; }
.back { fill: none; stroke: var(--back); stroke-width: 1.8; stroke-dasharray: 6 4; }
.told { fill: var(--back); }
"""


def draw_road() -> str:
    """The commands in their order as SVG, with what goes from each to the next."""
    parts = [_rect(0, 0, WIDTH, HEIGHT, "var(--paper)", "none", 14)]
    for row, commands in enumerate(ROAD):
        top = 70 + row * 150
        middle = top + TALL / 2
        for column, (given, name, *lines) in enumerate(commands):
            left = 104 + column * STEP
            first = row == column == 0
            if first or column:
                gap = 86 if first else STEP - BOX
                parts.append(_arrow(left - gap + 6, left - 4, middle))
                parts.append(_text(left - gap / 2, middle - 9, given))
            parts.append(_rect(left, top, BOX, TALL, "var(--box)", "var(--edge)", 9))
            parts.append(_text(left + BOX / 2, top + 25, name, "name"))
            parts += [
                _text(left + BOX / 2, top + 45 + 18 * i, line)
                for i, line in enumerate(lines)
            ]
    plan, check = (104 + i * STEP + BOX / 2 for i in (0, 3))
    # From the first row down to the second, and what goes back to the plan.
    parts.append(
        '<path class="line" marker-end="url(#tip)" '
        f'd="M{check},150 V184 H{plan} V216"/>'
    )
    parts.append(_text((plan + check) / 2, 202, "checked examples"))
    parts.append(
        f'<path class="back" marker-end="url(#turn)" d="M{check},68 V36 H{plan} V66"/>'
    )
    parts.append(_text((plan + check) / 2, 28, "hints for the next round", "told"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img">'
        "<title>From a domain pack to a wheel, one command per step</title>"
        f"<style>{STYLE}</style><defs>{_tip('tip', 'edge')}{_tip('turn', 'back')}"
        f"</defs>{''.join(parts)}</svg>\n"
    )


def draw_loop() -> str:
    """The loop as SVG: four boxes, and the way back or out."""
    wide, high, box = WIDTH, 210, 176
    parts = [_rect(0, 0, wide, high, "var(--paper)", "none", 14)]
    middles = [124 + i * 250 for i in range(len(LOOP))]
    for i, (x, (name, *lines)) in enumerate(zip(middles, LOOP, strict=True)):
        parts.append(_rect(x - box / 2, 84, box, TALL, "var(--box)", "var(--edge)", 9))
        parts.append(_text(x, 109, name, "name"))
        parts += [_text(x, 129 + 18 * k, line) for k, line in enumerate(lines)]
        if i:
            parts.append(_arrow(middles[i - 1] + box / 2 + 4, x - box / 2 - 4, 123))
    first, last = middles[0], middles[-1]
    parts.append(
        f'<path class="back" marker-end="url(#turn)" d="M{last},82 V46 H{first} V80"/>'
    )
    told = "the same dev data again: another round while the gain is above the noise"
    parts.append(_text(wide / 2, 36, told, "told"))
    parts.append(_text(wide / 2, 192, "dev data stays out of training; no test split"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}" role="img">'
        "<title>Rounds that ask for what errors show to be missing</title>"
        f"<style>{STYLE}</style><defs>{_tip('tip', 'edge')}{_tip('turn', 'back')}"
        f"</defs>{''.join(parts)}</svg>\n"
    )


def draw_result(found: dict) -> str:
    """A labelled passage as SVG, as `phantom.reports.drawing` draws it."""
    doc = Doc(spacy.blank("en").vocab, words=found["words"], spaces=found["spaces"])
    doc.ents = [Span(doc, *entity) for entity in found["entities"]]
    doc._.relations = found["relations"]
    page = render_relations(doc, width=960, page=False)
    svg = page[page.index("<svg") : page.index("</svg>") + len("</svg>")]
    width, height = map(int, re.findall(r'(?:width|height)="(\d+)"', svg)[:2])
    # A light card with a margin, on dark pages too: names and arcs are drawn for it.
    frame = f'viewBox="-12 -4 {width + 24} {height + 20}"'
    card = f'<rect x="-12" y="-4" width="{width + 24}" height="{height + 20}" rx="14" '
    svg = re.sub(r'viewBox="[^"]*"', frame, svg, count=1)
    svg = svg.replace("; background: #fff", "", 1)
    svg = svg.replace(f'width="{width}"', f'width="{width + 24}"', 1)
    svg = svg.replace(f'height="{height}"', f'height="{height + 20}"', 1)
    return svg.replace(">", f'>{card}fill="#fff"/>', 1) + "\n"


def label_passage(pipeline: Path) -> dict:
    """What a pipeline finds in the passage, for `result.json`."""
    doc = spacy.load(pipeline)(PASSAGE)
    return {
        "words": [token.text for token in doc],
        "spaces": [bool(token.whitespace_) for token in doc],
        "entities": [[ent.start, ent.end, ent.label_] for ent in doc.ents],
        "relations": [
            {**relation, "score": round(relation["score"], 2)}
            for relation in doc._.relations
        ],
    }


def _rect(x: float, y: float, w: float, h: float, fill: str, edge: str, r: int) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" '
        f'style="fill: {fill}; stroke: {edge}"/>'
    )


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(text)}</text>'


def _arrow(start: float, end: float, y: float) -> str:
    return f'<path class="line" marker-end="url(#tip)" d="M{start},{y} H{end}"/>'


def _tip(name: str, color: str) -> str:
    return (
        f'<marker id="{name}" markerWidth="8" markerHeight="8" refX="6" refY="4" '
        f'orient="auto"><path d="M0,0 L7,4 L0,8 z" style="fill: var(--{color})"/>'
        "</marker>"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipeline", type=Path)
    pipeline = parser.parse_args().pipeline
    register_components()
    if pipeline:
        srsly.write_json(FOLDER / "result.json", label_passage(pipeline))
    found = srsly.read_json(FOLDER / "result.json")
    (FOLDER / "road.svg").write_text(draw_road(), encoding="utf-8")
    (FOLDER / "loop.svg").write_text(draw_loop(), encoding="utf-8")
    (FOLDER / "result.svg").write_text(draw_result(found), encoding="utf-8")


if __name__ == "__main__":
    main()
