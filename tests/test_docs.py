"""README and docs: links lead somewhere, commands are whole, what is shown is so."""

import math
import re
from pathlib import Path

import pytest
import spacy
from docs import charts, pictures
from spacy.language import Language
from spacy.tokens import Doc
from tests.builders import ROOT
from weasel.cli.document import project_document

import phantom
from phantom.runtime import register_components

# Written by weasel, with links from the root.
COMMANDS = ROOT / "docs" / "reference" / "commands.md"
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("scripts/**/*.md")]
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)|src=\"([^\"]+)\"")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {"#" + title.strip().replace(" ", "-") for title in kept}


@pytest.mark.parametrize(
    "page", sorted({*PAGES} - {COMMANDS}), ids=lambda page: str(page.relative_to(ROOT))
)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor, source in LINK.findall(page.read_text(encoding="utf-8")):
        place = target or source
        if "://" in place:
            continue
        file = (page.parent / place).resolve() if place else page
        assert file.exists(), place
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{place}{anchor}"


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    found = {m[0] for m in LINK.findall(index.read_text(encoding="utf-8"))}
    listed = {(index.parent / place).resolve() for place in found if place}
    assert {p for p in PAGES if p.is_relative_to(ROOT / "docs")} <= {*listed, index}


def test_readme_holds_both_commands() -> None:
    start = "python3 -m venv .venv && . .venv/bin/activate && pip install -e "
    assert f"{start}. && python -m spacy project run all .\n" in README
    assert f"{start}'.[test]' && python -m pytest\n" in README


def test_pictures_are_what_the_command_draws() -> None:
    register_components()
    for name, drawn in pictures.draw_all().items():
        assert (pictures.FOLDER / name).read_text("utf-8") == drawn, name


def test_seeds_of_an_epsilon_are_drawn_together() -> None:
    rows = [
        {"units": 3, "epsilons": [1, 2]},
        {"epsilon": "start", "f": 5.0},
        *({"epsilon": x, "f": y} for x, y in ((math.inf, 9.0), (8.0, 7.0), (1.0, 6.0))),
        {"epsilon": 8.0, "f": 8.0},
    ]
    assert [(x["epsilon"], x["f"]) for x in charts.by_epsilon(rows, ["f"])] == [
        ("start", [5.0]),
        ("1", [6.0]),
        ("8", [7.0, 8.0]),
        ("inf", [9.0]),
    ]


@pytest.fixture
def small() -> Language:
    register_components()
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    patterns = [("DRUG", "Sorafenib"), ("ILL", "hypertension")]
    ruler.add_patterns(  # type: ignore[attr-defined]
        [{"label": label, "pattern": words} for label, words in patterns]
    )
    nlp.add_pipe("readme_relations")
    return nlp


@Language.component("readme_relations")
def relate(doc: Doc) -> Doc:
    head, tail = ([ent.start, ent.end] for ent in doc.ents)
    doc._.relations = [{"head": head, "tail": tail, "label": "GIVES", "score": 0.5}]
    return doc


def test_readmes_snippet_runs(
    small: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.setattr(spacy, "load", lambda name: small)
    exec(snippet, {})
    shown = capsys.readouterr().out
    assert shown == "(Sorafenib, hypertension)\nSorafenib GIVES hypertension 0.5\n"


def test_the_commands_page_is_up_to_date(tmp_path: Path) -> None:
    page = tmp_path / "commands.md"
    project_document(ROOT, page, no_emoji=True)
    assert page.read_text("utf-8") == COMMANDS.read_text("utf-8"), (
        f"run `spacy project document . -NE --output {COMMANDS.relative_to(ROOT)}`"
    )


def test_rooms_are_listed() -> None:
    folder = ROOT / "scripts" / "phantom"
    rooms = {path.parent.name for path in folder.glob("*/__init__.py")}
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    first = set(re.findall(r"^(\w+)  +\S", str(phantom.__doc__), re.MULTILINE))
    quoted = re.compile(r"`(\w+)`")
    assert rooms <= first | set(quoted.findall(str(phantom.__doc__)))
    assert rooms <= set(quoted.findall(table))
