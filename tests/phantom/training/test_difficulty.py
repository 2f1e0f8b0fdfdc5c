"""How hard teachers find passages, written beside them, and training ranked by it."""

from itertools import islice
from pathlib import Path

import spacy
from tests.builders import example

from phantom.corpora.docbin import read_docbin, to_doc
from phantom.corpora.origins import Permits
from phantom.jsonl import read_jsonl
from phantom.records import Example
from phantom.runtime import blank_pipeline, register_components
from phantom.training import soften
from phantom.training.doubt import Belief, SoftenSettings


def test_a_softened_corpus_is_ranked_by_difficulty(tmp_path: Path) -> None:
    """Of eleven, the three easiest come first: places 0, 1/11 and 2/11 are in."""
    nlp, numbers = blank_pipeline("en"), [5, 3, 0, 10, 1, 9, 4, 2, 8, 7, 6]
    rows = [example(f"Day {n}.", id=str(n), model="m", kind="none") for n in numbers]
    docs = [to_doc(nlp, row) for row in rows]
    beliefs = [Belief(agreement=1.0, difficulty=n / 10) for n in numbers]
    soften.write(
        tmp_path, tmp_path / "none", docs, rows, beliefs, Permits(), SoftenSettings()
    )
    path = tmp_path / "train.spacy"
    notes = [{"kind": "none", "difficulty": n / 10} for n in numbers]
    assert [x.meta for x in read_jsonl(tmp_path / "train.jsonl", Example)] == notes
    kept = [doc.user_data["example"]["meta"] for doc in read_docbin(path, nlp.vocab)]
    assert kept == notes
    make = register_components()["relation_hybrid"].make_hybrid_corpus
    plain = spacy.blank("en", config={"training": {"max_epochs": -1}})
    sources = {"synthetic": {"path": str(path)}}
    for hardest_first, first in ((False, {"0", "1", "2"}), (True, {"8", "9", "10"})):
        settings = {"rank": "meta.difficulty", "hardest_first": hardest_first}
        drawn = islice(make(sources, words=10**6, **settings)(plain), 6)
        ids = {x.reference.user_data["example"]["id"] for x in drawn}
        assert ids == first
