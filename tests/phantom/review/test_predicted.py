"""What a pipeline finds, and how sure it is, with a recognizer trained on a toy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.training import Example as Training
from tests.builders import example
from tests.builders.pipelines import make_doc

from phantom.evaluation.chances import find_chances
from phantom.records import Example
from phantom.review.lines import ExampleFile
from phantom.review.predicted import write_predicted

# "gout" is always a disease, "iron" half the times a chemical.
SURE, TORN, PLAIN = "old gout hurts", "take iron now", "rest is good"


@pytest.fixture(scope="module")
def nlp() -> Language:
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("xx")
    ner = nlp.add_pipe("ner")
    rows = [
        (SURE, [(1, 2, "D")]),
        (TORN, [(1, 2, "C")]),
        (TORN, []),
        (PLAIN, []),
    ]
    examples = [
        Training(make_doc(nlp, text, [], None), make_doc(nlp, text, mentions, None))
        for text, mentions in rows
    ]
    for label in ("CHEMICAL", "DISEASE"):
        ner.add_label(label)
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    return nlp


@pytest.fixture
def saved(nlp: Language, tmp_path: Path) -> Iterator[Path]:
    nlp.to_disk(tmp_path / "pipeline")
    yield tmp_path / "pipeline"


def test_a_mention_that_was_sometimes_one_is_uncertain(nlp: Language) -> None:
    docs = list(nlp.pipe([SURE, "", TORN, PLAIN]))
    sure, nothing, torn, plain = find_chances(nlp, docs)
    assert nothing == []
    assert max(sure, key=lambda x: x[3])[:3] == (4, 8, "DISEASE")
    assert max(x[3] for x in sure) > 0.9
    chance = {x[:3]: x[3] for x in torn}[5, 9, "CHEMICAL"]
    assert 0.15 < chance < 0.85
    assert all(x[3] < 0.2 for x in plain)


def test_chances_are_of_the_recognizer_not_of_what_it_said_before(
    nlp: Language,
) -> None:
    """spaCy's recognizer takes entities that stand on a doc as given."""
    found, fresh = nlp(TORN), nlp.make_doc(TORN)
    assert find_chances(nlp, [found]) == find_chances(nlp, [fresh])


def test_without_a_recognizer_nothing_is_told() -> None:
    blank = spacy.blank("xx")
    assert find_chances(blank, [blank("gout")]) == [[]]


def test_what_is_found_is_kept_by_id(saved: Path, tmp_path: Path) -> None:
    examples = [example(SURE, id="a"), example("", id="b"), example(TORN, id="c")]
    file = write_predicted(tmp_path / "found.jsonl", saved, examples)
    assert isinstance(file, ExampleFile) and file.ids == ["a", "b", "c"]
    (entity,) = file["a"].entities
    assert (entity.text, entity.label) == ("gout", "DISEASE")
    assert file["b"].entities == () and file["b"].meta["chances"] == []
    rows = file["c"].meta["chances"]
    assert any(row[:3] == [5, 9, "CHEMICAL"] for row in rows)
    assert all(0 < row[3] <= 1 for row in rows)


def test_a_folder_without_a_pipeline_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no pipeline is there"):
        write_predicted(tmp_path / "x.jsonl", tmp_path, [Example(id="a", text="A")])
