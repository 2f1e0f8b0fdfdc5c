import json
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin
from tests.builders import example

from phantom.corpora.docbin import Alignment, read_docbin, to_doc, write_docbin
from phantom.corpora.split import group_related, split_examples
from phantom.records import Example

NLP = spacy.blank("xx")


CAT = example(
    "A <ANIMAL id=1>cat</ANIMAL> ate <FOOD id=2>trout</FOOD>",
    (1, "EATS", 2),
    kind="eats",
    model="m",
)


def test_written_docs_come_back_with_relations_and_provenance(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "train.spacy"
    assert write_docbin(path, [to_doc(NLP, CAT)], NLP.vocab) == 1
    (doc,) = read_docbin(path, spacy.blank("xx").vocab)
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("cat", "ANIMAL"),
        ("trout", "FOOD"),
    ]
    assert json.loads(json.dumps(doc._.relations)) == [
        {"head": [1, 2], "tail": [3, 4], "label": "EATS", "score": 1.0}
    ]
    assert doc.user_data["example"]["meta"] == {"kind": "eats"}
    assert [file.name for file in path.parent.iterdir()] == ["train.spacy"]


def test_a_mention_inside_a_token_is_missing_not_outside() -> None:
    lost = Alignment()
    tagged = "The <ANIMAL id=1>cat</ANIMAL>fish ate <FOOD id=2>trout</FOOD>"
    doc = to_doc(NLP, example(tagged, (1, "EATS", 2)), lost)
    assert lost.mentions == [("x", "cat")]
    assert lost.relations == 1
    assert [token.ent_iob_ for token in doc] == ["O", "", "O", "B"]
    assert doc._.relations == []


def test_a_torn_write_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget(self: DocBin, path: Path) -> None:
        path.write_bytes(DocBin(store_user_data=True).to_bytes())

    monkeypatch.setattr(DocBin, "to_disk", forget)
    with pytest.raises(ValueError, match="wrote 1 docs, 2 entities"):
        write_docbin(tmp_path / "x.spacy", [to_doc(NLP, CAT)], NLP.vocab)
    assert not (tmp_path / "x.spacy").exists()


def numbered(n: int, text: str, **meta: object) -> Example:
    return example(text, id=f"e{n}", **meta)


def test_related_passages_stay_on_one_side() -> None:
    pair = {"A": ["Iron"], "B": ["flu"]}
    swapped = {"B": ["FLU"], "A": ["iron"]}
    words = "one two three four five six seven eight"
    examples = [
        numbered(0, "alpha", seeds=pair),
        numbered(1, "beta", seeds=swapped),
        numbered(2, f"x {words} y"),
        numbered(3, f"{words.upper()}, and more"),
        numbered(4, "gamma", seeds={"A": ["Iron"]}),
    ]
    assert group_related(examples) == [0, 0, 2, 2, 4]
    for seed in range(20):
        rest = [numbered(10 + i, f"filler number {i}") for i in range(30)]
        train, dev = split_examples(examples + rest, 0.2, seed=seed)
        assert sorted(e.id for e in train + dev) == sorted(
            e.id for e in examples + rest
        )
        sides = [{e.id for e in side} for side in (train, dev)]
        for twins in ({"e0", "e1"}, {"e2", "e3"}):
            assert twins <= sides[0] or twins <= sides[1]
        assert 5 <= len(dev) <= 7


def test_split_refuses_what_it_can_not_do() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_examples([numbered(0, "a")], 1.5)
    with pytest.raises(ValueError, match="one side empty"):
        split_examples([numbered(0, "a")], 0.1)
