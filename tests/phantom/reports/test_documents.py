"""The reader's page: relations between concepts, where they are said, bad files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.builders.documents import quick_pipeline, read_rows

from phantom.documents.applier import Setup
from phantom.documents.blocks import join_bad
from phantom.documents.job import Job, run_here
from phantom.reports.documents.build import write_reader
from phantom.reports.documents.text import Text

BARE = ("concepts", "sentences", "context")
TEXT = (
    "No gout & pain. Aspirin gave acute renal failure (ARF), says the note. "
    "Aspirin in acute renal failure again."
)


def apply_to(tmp_path: Path, rows: list[dict[str, Any]], **settings: Any) -> Path:
    """The output of the quick pipeline for some rows."""
    home, notes = tmp_path / "home", tmp_path / "notes.jsonl"
    quick_pipeline().to_disk(home)
    notes.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    job = Job([notes], tmp_path / "out", Setup(str(home), **settings))
    job.open()
    run_here(job, lambda size, counts: None)
    join_bad(job.output)
    return job.output


def test_the_page_says_where_the_text_relates_what(tmp_path: Path) -> None:
    rows = [{"id": "<n>", "text": TEXT, "ward": {"no": 3}}, {"id": "n2"}]
    output = apply_to(tmp_path, rows)
    page = write_reader(output, 5).read_text(encoding="utf-8")
    assert "&lt;n&gt;" in page and 'ward: {"no": 3}' in page
    assert "</mark> &amp; pain" in page
    # Told twice, once for the two concepts, with the place that the link leads to.
    (link,) = re.findall(r'<a href="#(d0-\d+)">Aspirin</a> <span class="label">', page)
    assert f'<mark id="{link}"' in page
    assert "2 places" in page
    quote = "<b>Aspirin</b> gave <b>acute renal failure</b> (ARF), says the note."
    assert f'<span class="quote">{quote}</span>' in page
    assert "notes.jsonl:2" in page and "no text under" in page


def test_without_concepts_pairs_of_names_are_listed(tmp_path: Path) -> None:
    output = apply_to(tmp_path, [{"text": TEXT}], without=BARE)
    page = write_reader(output, 5).read_text(encoding="utf-8")
    assert "1 relation<" in page and "2 places" in page
    assert "<h3>Concepts" not in page
    assert "<b>Aspirin</b> gave <b>acute renal failure</b>" in page


def test_no_more_than_asked_for_and_it_says_so(tmp_path: Path) -> None:
    output = apply_to(tmp_path, [{"text": TEXT}] * 3)
    page = write_reader(output, 2).read_text(encoding="utf-8")
    assert "The first 2 documents" in page and "--show" in page
    assert page.count('<details class="doc"') == 2
    assert "The first" not in write_reader(output, 3).read_text(encoding="utf-8")


@pytest.mark.parametrize("gap", [1, 100, 2000])
def test_a_quote_holds_both_mentions_however_far(tmp_path: Path, gap: int) -> None:
    text = "Aspirin " + "x, " * gap + "acute renal failure came."
    (row,) = read_rows(apply_to(tmp_path, [{"text": text}]))
    quote = Text(row, "d").quote(0, 1)
    assert "<b>Aspirin</b>" in quote and "<b>acute renal failure</b>" in quote
    assert len(quote) < 800


def test_a_name_behind_what_is_shown_has_no_link(tmp_path: Path) -> None:
    (row,) = read_rows(apply_to(tmp_path, [{"text": "x " * 12_000 + "gout"}]))
    assert Text(row, "d").link(0) == "" and Text(row, "d").left == 4004
