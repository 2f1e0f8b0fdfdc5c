"""Pictures as SVG within a page."""

import io
from typing import Any

import matplotlib

# title, caption and svg, as pages show them.
Picture = dict[str, str]


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


def new_figure(width: float, height: float, columns: int = 1) -> tuple[Any, Any]:
    """A figure of matplotlib, in inches, and its axes; an array of several."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    size = (width, height)
    return pyplot.subplots(1, columns, figsize=size, layout="constrained")


def to_picture(figure: Any, title: str, caption: str) -> Picture:
    """A figure as a picture of a page; it is closed."""
    from matplotlib import pyplot

    svg = draw_svg(figure)
    pyplot.close(figure)
    return {"title": title, "caption": caption, "svg": svg}
