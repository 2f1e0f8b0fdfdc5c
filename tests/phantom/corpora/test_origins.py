"""Real text enters training by permission alone; what trained is counted."""

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.training import Corpus
from tests.builders import example

from phantom.corpora.docbin import read_docbin, to_doc, write_docbin
from phantom.corpora.origins import OriginCounts, Permits, count_corpus
from phantom.packs.benchmarks import Dataset
from phantom.records import Example

NLP = spacy.blank("xx")
SYNTHETIC = example("No fever.", id="s", model="m")
NEWS = example("Rates rose.", id="n", origin="public", sources=("news",))
WARD = example("Pat. afebrile.", id="w", origin="private", sources=("ward",))


def dataset(train: str) -> Dataset:
    fields = {"title": "News", "licence": "CC BY-NC", "train": train}
    fields["train_reason"] = "Non-commercial."
    splits = {"train": {"file": "news/train.jsonl"}}
    labels = {"ORG": "COMPANY"}
    return Dataset.model_validate(
        {**fields, "tasks": ["entities"], "labels": labels, "splits": splits}
    )


def write(path: Path, permits: Permits | None, *passages: Example) -> int:
    docs = [to_doc(NLP, passage) for passage in passages]
    return write_docbin(path, docs, NLP.vocab, permits)


@pytest.mark.parametrize(
    ("passage", "permits", "message"),
    [
        (NEWS, None, "n: public text of 'news', which no benchmarks.yml permits"),
        (NEWS, Permits({"news": dataset("forbidden")}), "evaluation only"),
        (NEWS, Permits(private=("news",)), "no benchmarks.yml permits"),
        (WARD, None, "w: private text of 'ward', which nobody declared"),
        (WARD, Permits({"ward": dataset("allowed")}), "nobody declared"),
        (WARD, Permits(private=("other",)), "nobody declared"),
        (NEWS.model_copy(update={"sources": ()}), None, "names no source"),
        (example("Real?", id="q"), None, "q: does not say which model wrote it"),
    ],
)
def test_no_docbin_holds_real_text_without_permission(
    tmp_path: Path, passage: Example, permits: Permits | None, message: str
) -> None:
    path = tmp_path / "train.spacy"
    with pytest.raises(ValueError, match=message):
        write(path, permits, SYNTHETIC, passage)
    assert not list(tmp_path.iterdir())


def test_one_source_without_permission_is_enough_to_refuse(tmp_path: Path) -> None:
    both = NEWS.model_copy(update={"sources": ("news", "letters")})
    with pytest.raises(ValueError, match="'letters'"):
        write(tmp_path / "x.spacy", Permits({"news": dataset("allowed")}), both)


def test_a_doc_without_provenance_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a passage: does not say"):
        write_docbin(tmp_path / "x.spacy", [NLP("Who knows?")], NLP.vocab)


def test_permitted_text_comes_back_with_its_origin_and_is_counted(
    tmp_path: Path,
) -> None:
    path = tmp_path / "train.spacy"
    permits = Permits({"news": dataset("allowed")}, private=("ward",))
    variant = example("No rash.", id="s+1", model="m", derived_from=("s",))
    assert write(path, permits, SYNTHETIC, variant, NEWS, WARD) == 4
    said = [doc.user_data["example"] for doc in read_docbin(path, NLP.vocab)]
    assert [x["origin"] for x in said] == ["synthetic"] * 2 + ["public", "private"]
    assert count_corpus(Corpus(path)(NLP)) == OriginCounts(
        examples=4,
        synthetic=2,
        public=1,
        private=1,
        varied=1,
        models={"m": 2},
        sources={"news": 1, "ward": 1},
    )


def test_docs_of_earlier_versions_and_of_others_are_counted() -> None:
    def stub(said: dict[str, Any] | None) -> spacy.training.Example:
        doc = NLP("x")
        if said:
            doc.user_data["example"] = said
        return spacy.training.Example(NLP("x"), doc)

    meta = {"model": "m", "weight": 0.5, "augmented_from": "b", "labelled_by": "n"}
    old = {"id": "a", "meta": meta}
    once = {"synthetic": 1, "unknown": 1, "varied": 1}
    counts = OriginCounts(examples=2, **once, models={"m": 1}, labellers={"n": 1})
    assert count_corpus([stub(old), stub(None)]) == counts
