"""Docs joined with their relations."""

import warnings

import pytest
import spacy
from spacy.tokens import Doc
from tests.builders.pipelines import MODULES, SENTENCES, make_doc

JOIN = MODULES["relation_extension"].join_docs


def named(doc: Doc) -> list[tuple[str, str, str]]:
    return [
        (doc[slice(*r["head"])].text, r["label"], doc[slice(*r["tail"])].text)
        for r in doc._.relations
    ]


def test_relations_go_along_and_nothing_warns() -> None:
    nlp = spacy.blank("xx")
    docs = [make_doc(nlp, *sentence) for sentence in SENTENCES]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        joined = JOIN(docs)
    assert joined.text == "".join(doc.text for doc in docs)
    assert named(joined) == [triple for doc in docs for triple in named(doc)]
    assert len(joined._.relations) == 13
    assert named(docs[0]) == [("aspirin", "TREATS", "headache")]
    assert registered() is JOIN


def registered() -> object:
    return spacy.registry.misc.get("phantom.JoinDocs.v1")()


def test_what_nobody_annotated_stays_so() -> None:
    nlp = spacy.blank("xx")
    full, bare = make_doc(nlp, *SENTENCES[0]), make_doc(nlp, "a b", [], None)
    assert JOIN([bare, bare])._.relations is None
    with pytest.warns(UserWarning, match="not annotated"):
        assert JOIN([full, bare])._.relations is None
    assert len(JOIN([full, make_doc(nlp, "a b", [], [])])._.relations) == 1
    assert JOIN([]) is None


def test_the_warnings_of_other_attributes_stay() -> None:
    nlp = spacy.blank("xx")
    doc = make_doc(nlp, *SENTENCES[0])
    doc.user_data["note"] = 1
    with pytest.warns(UserWarning, match="W102"):
        JOIN([doc, doc])
    with pytest.warns(UserWarning, match="W101.*relations"):
        Doc.from_docs([doc, doc])
