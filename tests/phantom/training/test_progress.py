"""Two runs are told apart by all that their corpora teach."""

from collections.abc import Callable

import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import Config

from phantom.runtime import register_components
from phantom.training.progress import run_digest

register_components()
NLP = spacy.blank("xx")
CONFIG = Config({"training": {"seed": 0, "max_steps": 5}})


def digest(*changes: Callable[[Doc], None], config: Config = CONFIG) -> str:
    doc = Doc(NLP.vocab, words=["Zinc", "harms", "Bob"], spaces=[True, True, False])
    doc.ents = [Span(doc, 0, 1, "X"), Span(doc, 2, 3, "Y")]
    doc._.relations = [{"head": [0, 1], "tail": [2, 3], "label": "HARMS", "score": 1.0}]
    doc.user_data["example"] = {"id": "a", "weight": 1.0}
    for change in changes:
        change(doc)
    return run_digest(config, [Example(NLP.make_doc(doc.text), doc)])


def relabel(doc: Doc) -> None:
    doc.ents = [Span(doc, 0, 1, "Z"), doc.ents[1]]


def reweigh(doc: Doc) -> None:
    doc.user_data["example"]["weight"] = 0.5


def unrelate(doc: Doc) -> None:
    doc._.relations = []


def group(doc: Doc) -> None:
    doc.spans["sc"] = [doc[0:2]]


def sort(doc: Doc) -> None:
    doc.cats["A"] = 1.0


@pytest.mark.parametrize("change", [relabel, reweigh, unrelate, group, sort])
def test_any_annotation_makes_another_run(change: Callable[[Doc], None]) -> None:
    assert digest(change) == digest(change) != digest()


def test_where_a_run_ends_makes_no_other_run() -> None:
    assert digest(config=Config({"training": {"seed": 0, "max_steps": 9}})) == digest()
    assert digest(config=Config({"training": {"seed": 1, "max_steps": 5}})) != digest()
