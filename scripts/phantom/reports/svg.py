"""Pictures as SVG within a page."""

import io
from typing import Any

import matplotlib


def draw_svg(figure: Any) -> str:
    """A figure of matplotlib as an SVG element: text stays text, the same each time.

    figure (Figure): Of matplotlib; it is not closed.
    RETURNS (str): From "<svg" on, without the XML declaration.
    """
    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "phantom"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    return svg[svg.index("<svg") :]
