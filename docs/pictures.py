"""Draw the pictures of README and docs.

Usage: python docs/pictures.py [--pipeline training/medicine/model-best]
    [--training metrics/medicine/training.jsonl]
    [--quality metrics/medicine/quality.html]
    [--private ROWS.jsonl ...] [--rows ROWS.jsonl ...]

With --pipeline, the passage of the drawn result is labelled anew first; with
--training, the curve is that of this run; with --quality, the first screen of that page
is photographed, which takes chromium. --private and
--rows take what measurements/private_training.py and private_tables.py printed.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
import srsly
from spacy.tokens import Doc, Span

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT)]

from docs import charts  # noqa: E402
from docs.shapes import arrow, frame, rect, text  # noqa: E402

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


def draw_road() -> str:
    """The commands in their order as SVG, with what goes from each to the next."""
    parts: list[str] = []
    for row, commands in enumerate(ROAD):
        top = 70 + row * 150
        middle = top + TALL / 2
        for column, (given, name, *lines) in enumerate(commands):
            left = 104 + column * STEP
            first = row == column == 0
            if first or column:
                gap = 86 if first else STEP - BOX
                parts.append(arrow(left - gap + 6, left - 4, middle))
                parts.append(text(left - gap / 2, middle - 9, given))
            parts.append(rect(left, top, BOX, TALL, "var(--box)", "var(--edge)", 9))
            parts.append(text(left + BOX / 2, top + 25, name, "name"))
            parts += [
                text(left + BOX / 2, top + 45 + 18 * i, line)
                for i, line in enumerate(lines)
            ]
    plan, check = (104 + i * STEP + BOX / 2 for i in (0, 3))
    # From the first row down to the second, and what goes back to the plan.
    parts.append(
        '<path class="line" marker-end="url(#tip)" '
        f'd="M{check},150 V184 H{plan} V216"/>'
    )
    parts.append(text((plan + check) / 2, 202, "checked examples"))
    parts.append(
        f'<path class="back" marker-end="url(#turn)" d="M{check},68 V36 H{plan} V66"/>'
    )
    parts.append(text((plan + check) / 2, 28, "hints for the next round", "told"))
    title = "From a domain pack to a wheel, one command per step"
    return frame(title, WIDTH, HEIGHT, parts)


def draw_loop() -> str:
    """The loop as SVG: four boxes, and the way back or out."""
    wide, high, box = WIDTH, 210, 176
    parts: list[str] = []
    middles = [124 + i * 250 for i in range(len(LOOP))]
    for i, (x, (name, *lines)) in enumerate(zip(middles, LOOP, strict=True)):
        parts.append(rect(x - box / 2, 84, box, TALL, "var(--box)", "var(--edge)", 9))
        parts.append(text(x, 109, name, "name"))
        parts += [text(x, 129 + 18 * k, line) for k, line in enumerate(lines)]
        if i:
            parts.append(arrow(middles[i - 1] + box / 2 + 4, x - box / 2 - 4, 123))
    first, last = middles[0], middles[-1]
    parts.append(
        f'<path class="back" marker-end="url(#turn)" d="M{last},82 V46 H{first} V80"/>'
    )
    told = "the same dev data again: another round while the gain is above the noise"
    parts.append(text(wide / 2, 36, told, "told"))
    parts.append(text(wide / 2, 192, "dev data stays out of training; no test split"))
    title = "Rounds that ask for what errors show to be missing"
    return frame(title, wide, high, parts)


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


def photograph(page: Path, target: Path, height: int = 512) -> None:
    """Save the first screen of a page as PNG.

    RAISES: ValueError if there is no chromium.
    """
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        raise ValueError("chromium is needed to photograph a page: install it")
    settings = ["--headless", "--no-sandbox", "--hide-scrollbars"]
    settings += [f"--window-size=1000,{height}", f"--screenshot={target}"]
    address = page.resolve().as_uri()
    subprocess.run([program, *settings, address], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipeline", type=Path)
    parser.add_argument("--training", type=Path)
    parser.add_argument("--quality", type=Path)
    parser.add_argument("--private", type=Path, nargs="*", default=[])
    parser.add_argument("--rows", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    register_components()
    if given.pipeline:
        srsly.write_json(FOLDER / "result.json", label_passage(given.pipeline))
    if given.training:
        curve = charts.read_curve(srsly.read_jsonl(given.training))
        srsly.write_json(FOLDER / "curve.json", curve)
    if given.private:
        rows = read_rows(given.private)
        points = charts.by_epsilon(rows, ("entities", "relations"))
        srsly.write_json(FOLDER / "private.json", points)
    if given.rows:
        rows = read_rows(given.rows)
        real = {"epsilon": "start", "made rows": [row["TRTR"] for row in rows]}
        rows = [{**row, "made rows": row["TSTR"]} for row in rows]
        points = charts.by_epsilon(rows, ("made rows",))
        srsly.write_json(FOLDER / "rows.json", [real, *points])
    if given.quality:
        photograph(given.quality, FOLDER / "quality.png")
    for name, drawn in draw_all().items():
        (FOLDER / name).write_text(drawn, encoding="utf-8")


def read_rows(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """Lines that a measurement printed; Infinity is a number there, not for srsly."""
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.startswith("{")]


def draw_all() -> dict[str, str]:
    """Every picture by its file's name."""
    read = {x: srsly.read_json(FOLDER / f"{x}.json") for x in ("result", *charts.DRAW)}
    return {
        "road.svg": draw_road(),
        "loop.svg": draw_loop(),
        "result.svg": draw_result(read["result"]),
        **{f"{name}.svg": draw(read[name]) for name, draw in charts.DRAW.items()},
    }


if __name__ == "__main__":
    main()
