"""Explanations as one HTML page with nothing to fetch, and as a notebook shows them."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from markupsafe import Markup

from phantom.evaluation.diagnosis.records import Neighbour
from phantom.evaluation.explain.records import Explained, Explanation, Flip
from phantom.reports.explain.draw import draw_explanation
from phantom.reports.pages import page_environment

HERE = Path(__file__).parent


class Shown:
    """Explanations that a notebook draws.

    Shown(next(Explainer(nlp)([example])))
    """

    def __init__(self, *texts: Explained) -> None:
        self.texts = texts

    def _repr_html_(self) -> str:
        return _render("explained.html.jinja", self.texts, "")


def to_html(texts: Sequence[Explained], title: str) -> str:
    """Render a page. RETURNS (str): With its styles and drawings, without a script."""
    return _render("page.html.jinja", texts, title)


def _render(template: str, texts: Sequence[Explained], title: str) -> str:
    environment = page_environment(HERE)
    return environment.get_template(template).render(
        texts=texts,
        title=title,
        style=Markup((HERE / "style.css.jinja").read_text(encoding="utf-8")),
        draw=lambda text, why: Markup(draw_explanation(text, why)),
        edited=lambda text, flip: Markup(_edited(text, flip)),
        near=lambda neighbour: Markup(_near(neighbour)),
        strongest=_strongest,
    )


def _strongest(text: Explained, why: Explanation) -> list[tuple[str, float]]:
    """The five words that add or take most."""
    order = sorted(range(len(why.values)), key=lambda i: -abs(why.values[i]))[:5]
    return [(text.text[slice(*text.tokens[i])], why.values[i]) for i in order]


def _edited(text: Explained, flip: Flip) -> str:
    """The text with what goes struck out and what comes in its place."""
    parts, end = [], 0
    for a, b in flip.words:
        gone = f"<del>{escape(text.text[a:b])}</del>"
        come = f" <ins>{escape(flip.by)}</ins>" if flip.by else ""
        parts += [escape(text.text[end:a]), gone, come]
        end = b
    return "".join([*parts, escape(text.text[end:])])


def _near(neighbour: Neighbour) -> str:
    text, start, end = neighbour.text, neighbour.start, neighbour.end
    return (
        f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>"
        f"{escape(text[end:])}"
    )
