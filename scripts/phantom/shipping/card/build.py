"""The model card as Markdown and as HTML."""

from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from phantom.jsonl import write_text
from phantom.packs.pack import Pack
from phantom.shipping.card.facts import gather
from phantom.shipping.card.metadata import metadata_block

NAME = "model_card"


class Card(NamedTuple):
    """A model card. markdown (str): With the metadata block at its head."""

    markdown: str
    html: str

    def write(self, folder: Path) -> None:
        """Write model_card.md and model_card.html."""
        write_text(folder / f"{NAME}.md", self.markdown)
        write_text(folder / f"{NAME}.html", self.html)


def build_card(pack: Pack, meta: dict[str, Any], reports: Path | None) -> Card:
    """The card of a pipeline, from what was counted and measured.

    meta (Dict[str, Any]): The wheel's meta.json.
    reports (Optional[Path]): The run's folder in metrics/.
    RAISES: ValueError if a report can't be read.
    """
    facts = gather(pack, meta, reports)
    text = _environment(False).get_template("card.md.jinja").render(**facts)
    content = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    content = content.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    page = (
        _environment(True)
        .get_template("card.html.jinja")
        .render(
            title=f"{facts['name']} {facts['version']}",
            content=Markup(content.replace("</table>", "</table></div>")),
        )
    )
    return Card(metadata_block(facts) + text, page)


def _environment(escape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|")
    environment.filters["hours"] = lambda seconds: (
        f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min"
    )
    return environment
