"""A public corpus goes through each format that holds offsets, and comes back."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tests.builders import SHARED
from tests.builders.formats import OFFSETS, turn_round

from phantom.formats.base import Report, read_format
from phantom.records import Example

PATH = SHARED / "originals" / "bc5cdr" / "CDR_DevelopmentSet.PubTator.txt"
pytestmark = pytest.mark.skipif(not PATH.is_file(), reason="no BC5CDR beside")
COUNT = 40


@pytest.fixture(scope="module")
def abstracts() -> list[Example]:
    report = Report()
    found = read_format("pubtator", {"file": PATH}, "", report, {"id_separator": "|"})
    examples = list(islice(found, COUNT))
    assert sum(len(x.entities) for x in examples) > 10 * COUNT
    assert sum(len(x.relations) for x in examples) > COUNT
    return examples


@pytest.mark.parametrize(
    ("name", "file", "chosen"),
    [
        *OFFSETS,
        ("label_studio", "o.json", {}),
        ("pubtator", "o.pubtator", {"id_separator": "|"}),
    ],
)
def test_all_comes_back(
    abstracts: list[Example],
    name: str,
    file: str,
    chosen: dict[str, Any],
    tmp_path: Path,
) -> None:
    found, report = turn_round(name, abstracts, tmp_path / file, prefix="", **chosen)
    assert report.broken == [] and len(found) == COUNT
    for one, other in zip(
        sorted(found, key=lambda x: x.text),
        sorted(abstracts, key=lambda x: x.text),
        strict=True,
    ):
        assert one.text == other.text
        spans = [[(e.start, e.end, e.label) for e in x.entities] for x in (one, other)]
        assert spans[0] == spans[1]
        assert set(one.relations) == set(other.relations)
