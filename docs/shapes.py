"""Shapes of the pictures as SVG, in colors that follow light and dark pages."""

from html import escape

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


def rect(x: float, y: float, w: float, h: float, fill: str, edge: str, r: int) -> str:
    """A box with round corners."""
    return (
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" '
        f'style="fill: {fill}; stroke: {edge}"/>'
    )


def text(x: float, y: float, text: str, kind: str = "") -> str:
    """Words around a point; kind (str): a class of the style, or none."""
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(text)}</text>'


def arrow(start: float, end: float, y: float) -> str:
    """A line to the right with a tip."""
    return f'<path class="line" marker-end="url(#tip)" d="M{start},{y} H{end}"/>'


def tip(name: str, color: str) -> str:
    """The tip of an arrow, in a color of the style."""
    return (
        f'<marker id="{name}" markerWidth="8" markerHeight="8" refX="6" refY="4" '
        f'orient="auto"><path d="M0,0 L7,4 L0,8 z" style="fill: var(--{color})"/>'
        "</marker>"
    )


def frame(title: str, wide: int, high: int, parts: list[str]) -> str:
    """A picture of its own, on paper of the page's color. title (str): For readers."""
    paper = rect(0, 0, wide, high, "var(--paper)", "none", 14)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}" role="img"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style><defs>{tip('tip', 'edge')}{tip('turn', 'back')}"
        f"</defs>{paper}{''.join(parts)}</svg>\n"
    )
