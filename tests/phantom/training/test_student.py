"""What a student is made of, learns from its teacher, and says of itself."""

import random
from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
from spacy.language import Language
from tests.builders import ROOT
from tests.builders.encoder import make_small
from tests.builders.packs import make_pack
from tests.builders.pipelines import SCHEMA, make_examples, train
from tests.builders.pipelines import make_nlp as make_extractor

from phantom.corpora.origins import OriginCounts
from phantom.packs.pack import load_pack
from phantom.training import student
from phantom.training.public_text import read_public_text
from phantom.training.student import (
    find_folder,
    label_texts,
    load_trained,
    soften_relations,
    take_words,
)
from phantom.training.studentship import join_counts


@pytest.fixture(scope="module")
def teacher() -> Language:
    """It reads relations alone, and the text by itself."""
    nlp = make_extractor(relation_schema=SCHEMA)
    return train(nlp, make_examples(nlp), steps=1)


def test_what_is_learnt_lies_between_gold_and_teacher(teacher: Language) -> None:
    """Half of the way; a cell that is about as it is known anyway has no line."""
    examples = make_examples(teacher)
    docs = [x.reference for x in examples]
    pipe: Any = teacher.get_pipe("relation_extractor")
    _, _, _, scores = pipe.predict(docs)
    distances = soften_relations(teacher, docs, 0.5, lambda count: None)
    # The first doc has one pair, TREATS (1) and not INDUCES (0).
    far = max(1 - float(scores[0, 0]), float(scores[0, 1]))
    assert distances[0] == pytest.approx(far) and len(distances) == len(docs)
    first = {x[2]: x for x in docs[0].user_data["relation_chances"]}
    # "aspirin treats headache": TREATS is 1 in gold, INDUCES is 0.
    for column, (label, gold) in enumerate((("TREATS", 1.0), ("INDUCES", 0.0))):
        learnt = (float(scores[0, column]) + gold) / 2
        if abs(learnt - gold) >= student.LEAST:
            assert first[label] == [[0, 1], [2, 3], label, pytest.approx(learnt)]
        else:
            assert label not in first
    assert any(doc.user_data["relation_chances"] for doc in docs)
    _, targets, mask, _ = pipe._gold(examples)
    assert ((targets > 0) & (targets < 1)).any()
    wanted = numpy.array(targets[0])
    found = (scores[0] + numpy.array([1, 0])) / 2
    assert numpy.allclose(wanted, found, atol=student.LEAST)


def test_a_symmetric_relation_is_known_from_either_end() -> None:
    ends = ["CHEMICAL", "DISEASE"]
    rule = {"head": ends, "tail": ends, "symmetric": True}
    nlp = make_extractor(relation_schema={"TREATS": rule})
    examples = make_examples(nlp)
    train(nlp, examples, steps=1)
    # "headache was relieved by aspirin", in which the head comes last.
    doc = examples[2].reference
    assert doc._.relations[0]["head"] == [4, 5]
    soften_relations(nlp, [doc], 0.5, lambda count: None)
    ((head, tail, _, learnt),) = doc.user_data["relation_chances"]
    assert (head, tail) == ([0, 1], [4, 5]) and learnt > 0.5


def test_without_a_share_gold_alone_is_learnt(teacher: Language) -> None:
    docs = [x.reference for x in make_examples(teacher)]
    assert not any(soften_relations(teacher, docs, 0.0, lambda count: None))
    assert not any("relation_chances" in doc.user_data for doc in docs)


def test_texts_get_what_the_teacher_finds() -> None:
    """All are told of; where a teacher finds nothing, words are outside, not open."""
    nlp, told = make_small(), list[int]()
    docs = [nlp.make_doc(text) for text in ("Mild gout.", "", "No pain at all.")]
    expected = [[(e.start, e.end, e.label_) for e in nlp(d.text).ents] for d in docs]
    label_texts(nlp, docs, told.append)
    found = [[(e.start, e.end, e.label_) for e in doc.ents] for doc in docs]
    assert found == expected and sum(told) == 3
    assert all(token.ent_iob_ for doc in docs for token in doc)
    assert not any(doc.has_extension("trf_data") and doc._.trf_data for doc in docs)


def test_docs_are_taken_until_there_are_words_enough(teacher: Language) -> None:
    docs = [teacher.make_doc("one two three") for _ in range(10)]
    taken = list(take_words(docs, 7, random.Random(0)))
    assert len(taken) == 3 and len(set(map(id, taken))) == 3
    assert len(list(take_words(docs, 500, random.Random(0)))) == 10


def test_a_teacher_needs_one_encoder(
    teacher: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher.to_disk(tmp_path)
    with pytest.raises(ValueError, match="0 components with phantom.TransformerModel"):
        load_trained(tmp_path)
    assert find_folder(tmp_path) == tmp_path
    with pytest.raises(ValueError, match="no package of that name"):
        find_folder("no_such_pipeline")
    package = tmp_path / "packages" / "a_wheel" / "a_wheel-0.1.0"
    package.mkdir(parents=True)
    (package / "config.cfg").write_text("")
    monkeypatch.syspath_prepend(tmp_path / "packages")
    assert student.find_in_package("a_wheel") == package
    with pytest.raises(ValueError, match="spacy: the package holds no pipeline"):
        student.find_in_package("spacy")


def test_rules_stay_out_and_are_named(tmp_path: Path) -> None:
    nlp = spacy.util.load_model_from_config(make_small().config)
    nlp.from_bytes(make_small().to_bytes())
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path)
    found, others = load_trained(tmp_path, 1)
    assert found.pipe_names == ["transformer", "ner"] and others == ["sentencizer"]
    encoder: Any = student.encoder_of(found)
    assert encoder.model.transformer.config.num_hidden_layers == 1


def test_synthetic_text_counts_once_and_real_text_of_both() -> None:
    one = OriginCounts(
        **{"examples": 12, "synthetic": 10, "private": 2, "varied": 3},
        models={"a": 10},
        sources={"ward": 2},
    )
    two = OriginCounts(
        **{"examples": 15, "synthetic": 10, "public": 5, "varied": 3},
        models={"a": 9, "b": 1},
        labellers={"en_x": 5},
        sources={"notes.txt": 5},
    )
    assert join_counts(one, two) == OriginCounts(
        **{"examples": 17, "synthetic": 10, "public": 5, "private": 2, "varied": 3},
        models={"a": 10, "b": 1},
        labellers={"en_x": 5},
        sources={"ward": 2, "notes.txt": 5},
    )


def test_public_text_is_declared_and_no_test_set(tmp_path: Path) -> None:
    """Named files are let in by name, less what repeats a test set; a test split, a
    licence that forbids it and a private file are refused."""
    pack = make_pack(tmp_path)
    notes = tmp_path / "public" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("Gout hurts.\n\nZinc helps.\n")
    places: dict[str, Any] = {"benchmarks": tmp_path / "none", "private": []}
    found = read_public_text(pack, [notes], **places)
    assert [x.text for x in found.examples] == ["Gout hurts.", "Zinc helps."]
    assert {x.origin for x in found.examples} == {"public"}
    assert found.permits.declared == {"notes.txt"}
    one = read_public_text(pack, [notes], take=1, **places)
    assert len(one.examples) == 1
    assert read_public_text(pack, [], **places).examples == []
    hidden = {**places, "private": [notes]}
    with pytest.raises(ValueError, match="private, by --private"):
        read_public_text(pack, [notes.parent], **hidden)
    hers = notes.with_name("hers.jsonl")
    hers.write_text('{"id": "h", "text": "Tin helps.", "origin": "private"}\n')
    with pytest.raises(ValueError, match=r"hers.jsonl: h: private text, as it says"):
        read_public_text(pack, [hers], **places)
    finance, named = load_pack(ROOT / "assets/domains/finance"), []
    for name in ("finer_ord/train", "core/test"):
        named.append(tmp_path / "real" / f"{name}.jsonl")
        named[-1].parent.mkdir(parents=True)
        named[-1].write_text('{"id": "a", "text": "Shares fell."}\n')
    for path, reason in zip(named, ("evaluation only", "held out"), strict=True):
        with pytest.raises(ValueError, match=reason):
            read_public_text(finance, [path], **places)
