"""What is sure in unlabelled text is kept, by chances made right on labelled text."""

from collections import Counter
from typing import Any

import pytest
import spacy
from spacy.language import Language
from tests.builders import example

import phantom.training.self_training as self_training
from phantom.corpora.docbin import to_doc
from phantom.corpora.origins import Permits, admit, count_passages
from phantom.training.self_training import (
    Calibration,
    calibrate,
    label_surely,
    pseudo_label,
)

# Half of what the pipeline gives 0.6 is right, nine tenths of what it gives 0.95.
LINE = Calibration(chances=(0.02, 0.6, 0.95), shares=(0.0, 0.5, 0.9), mentions=40)
CHANCES: dict[str, list[tuple[int, int, str, float]]] = {
    "gout hurts": [(0, 4, "DISEASE", 0.99), (5, 10, "DISEASE", 0.03)],
    "iron hurts": [(0, 4, "CHEMICAL", 0.6)],
    "no names": [],
    "nor here": [(0, 3, "DISEASE", 0.05)],
    "old gout": [(0, 8, "DISEASE", 0.97), (4, 8, "DISEASE", 0.97)],
}


@pytest.fixture
def nlp(monkeypatch: pytest.MonkeyPatch) -> Language:
    def find(nlp: Language, docs: list[Any]) -> list[Any]:
        return [CHANCES[doc.text] for doc in docs]

    monkeypatch.setattr(self_training, "find_chances", find)
    return spacy.blank("en")


def texts() -> list[Any]:
    return [
        example(text, id=f"t{i}", origin="public", sources=("notes.txt",))
        for i, text in enumerate(CHANCES)
    ]


def test_shares_lie_on_the_line() -> None:
    assert LINE.share(0.6) == 0.5 and LINE.share(0.31) == pytest.approx(0.25)
    assert LINE.share(0.99) == 0.9 and LINE.share(0.0) == 0.0


def test_a_text_with_a_torn_mention_stays_out(nlp: Language) -> None:
    """Overlapping ones that are both sure can't both be right either."""
    counts: Counter[str] = Counter()
    kept = list(label_surely(nlp, texts(), LINE, 0.9, counts))
    assert [x.text for x in kept] == ["gout hurts", "no names", "nor here"]
    assert counts == {"texts": 5, "torn": 2, "mentions": 1}
    assert [(e.text, e.label) for e in kept[0].entities] == [("gout", "DISEASE")]
    assert kept[0].labelled_by == "en_pipeline"


def test_empty_texts_are_no_more_than_the_others(nlp: Language) -> None:
    kept, told = pseudo_label(nlp, texts(), LINE, 0.9)
    assert [x.text for x in kept] == ["gout hurts", "no names"]
    assert (told.texts, told.kept, told.torn, told.empty) == (5, 2, 2, 1)
    with pytest.raises(ValueError, match="right 99% of the time"):
        pseudo_label(nlp, texts(), LINE, 0.99)


def test_chances_are_made_right_on_labelled_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pipeline gives 0.9 to "gout" in all of 20 texts, half of which mark it."""
    nlp = spacy.blank("en")

    def find(nlp: Language, docs: list[Any]) -> list[Any]:
        return [[(0, 4, "DISEASE", 0.9), (5, 10, "DISEASE", 0.1)] for _ in docs]

    monkeypatch.setattr(self_training, "find_chances", find)
    marked = example("<DISEASE id=1>gout</DISEASE> hurts", model="m")
    plain = example("gout hurts", model="m")
    given = [to_doc(nlp, x) for x in (marked, plain) * 10]
    dev = [spacy.training.Example(nlp.make_doc(doc.text), doc) for doc in given]
    line = calibrate(nlp, dev)
    assert line.mentions == 40
    assert line.share(0.9) == pytest.approx(0.5) and line.share(0.1) == 0.0
    with pytest.raises(ValueError, match="too few"):
        calibrate(nlp, dev[:4])


def test_what_labelled_the_text_is_told_apart_and_declared(nlp: Language) -> None:
    kept, _ = pseudo_label(nlp, texts(), LINE, 0.9)
    said = to_doc(nlp, kept[0]).user_data["example"]
    with pytest.raises(ValueError, match=r"no benchmarks\.yml"):
        admit(said, Permits())
    admit(said, Permits(declared=("notes.txt",)))
    counts = count_passages([said])
    assert counts.labellers == {"en_pipeline": 1} and counts.public == 1
