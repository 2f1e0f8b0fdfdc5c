"""Documents take the form of a reference and none of its words."""

from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.packs import make_context

from phantom.checks.engine.base import CheckSkipped, Finding
from phantom.checks.engine.corpus import Corpus
from phantom.checks.references import (
    find_references,
    longest_shared_run,
    reference_copied,
)
from phantom.jsonl import write_jsonl
from phantom.records import Example

OTHER = "Forty patients were seen at two clinics in the north, and all of them lived."
COPY = "In 1990, forty Patients were seen at two clinics; none was treated."
FINE = "Forty patients were seen at one clinic in the south."


def test_the_longest_run_of_words_whatever_their_marks() -> None:
    run = longest_shared_run(COPY, ["nothing here", OTHER], 7)
    assert run == "forty patients were seen at two clinics"
    assert longest_shared_run(COPY, [OTHER], 8) == ""
    assert longest_shared_run(FINE, [OTHER], 5) == "forty patients were seen at"


def test_references_are_found_whole_or_by_their_sentences() -> None:
    texts = [
        Example(id="a-1", text="whole"),
        Example(id="b-1-00", text="one"),
        Example(id="b-1-01", text="two"),
        Example(id="c", text="other"),
    ]
    assert find_references({"a-1", "b-1"}, texts) == {
        "a-1": ["whole"],
        "b-1": ["one", "two"],
    }


def test_a_document_that_repeats_its_reference_is_rejected(tmp_path: Path) -> None:
    real = tmp_path / "real.jsonl"
    write_jsonl(real, [Example(id="pub-7-00", text=OTHER)])
    context = make_context(tmp_path, real=[real])
    corpus = Corpus(
        [
            example(COPY, id="copy", reference="pub-7"),
            example(FINE, id="fine", reference="pub-7"),
            example(COPY, id="another's", reference="pub-8"),
        ]
    )
    items = list(reference_copied(corpus, context))
    findings = [item for item in items if isinstance(item, Finding)]
    assert [(f.ids, f.value, f.action) for f in findings] == [(("copy",), 7, "reject")]
    assert items[-1].value == pytest.approx(2 / 3)


def test_without_a_reference_there_is_nothing_to_compare(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    with pytest.raises(CheckSkipped, match="no document names a reference"):
        list(reference_copied(Corpus([example(COPY)]), context))
