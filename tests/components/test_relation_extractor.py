"""The relation extractor as a component of a pipeline."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from tests.builders.pipelines import (
    MODULES,
    SCHEMA,
    SENTENCES,
    TINY,
    make_doc,
    make_examples,
    make_nlp,
    predict,
    train,
)

score = MODULES["relation_scorer"].score_relations
NAME = "relation_extractor"


@pytest.fixture(scope="module")
def trained() -> Language:
    nlp = make_nlp(relation_schema=SCHEMA)
    return train(nlp, make_examples(nlp))


def relations(nlp: Language) -> list:
    return [eg.predicted._.relations for eg in predict(nlp, make_examples(nlp))]


def rounded(found: list) -> list:
    keep = ("head", "tail", "label")
    return [
        [[r[key] for key in keep] + [round(r["score"], 4)] for r in doc]
        for doc in found
    ]


def test_overfits_ten_sentences(trained: Language) -> None:
    assert len(SENTENCES) == 10
    scores = score(predict(trained, make_examples(trained)))
    assert scores["rel_micro_f"] == 1.0


def test_labels_and_pipe_analysis(trained: Language) -> None:
    pipe = trained.get_pipe(NAME)
    assert pipe.labels == ("TREATS", "INDUCES")
    assert pipe.label_data == SCHEMA
    meta = trained.get_pipe_meta(NAME)
    assert meta.assigns == ["doc._.relations"]
    assert meta.default_score_weights["rel_micro_f"] == 1.0


def test_annotation_is_json_safe_and_above_threshold(trained: Language) -> None:
    doc = predict(trained, make_examples(trained)[:1])[0].predicted
    (relation,) = doc._.relations
    assert relation["head"] == [0, 1] and relation["tail"] == [2, 3]
    assert type(relation["score"]) is float and relation["score"] >= 0.5
    again = Doc(trained.vocab).from_bytes(doc.to_bytes())
    assert json.dumps(again._.relations) == json.dumps(doc._.relations)
    box = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (stored,) = DocBin().from_bytes(box).get_docs(trained.vocab)
    assert json.dumps(stored._.relations) == json.dumps(doc._.relations)


def test_threshold(trained: Language) -> None:
    pipe = trained.get_pipe(NAME)
    pipe.cfg["threshold"] = 1.1
    try:
        assert not any(relations(trained))
    finally:
        pipe.cfg["threshold"] = 0.5


@pytest.mark.parametrize(
    ("text", "mentions"),
    [("", []), ("nothing here", []), ("aspirin", [(0, 1, "C")])]
    + [("aspirin and ibuprofen", [(0, 1, "C"), (2, 3, "C")])]
    + [("X and Y", [(0, 1, "OTHER"), (2, 3, "NEW")])],
)
def test_docs_without_pairs(trained: Language, text: Any, mentions: Any) -> None:
    doc = make_doc(trained, text, mentions, None)
    assert trained.get_pipe(NAME)(doc)._.relations == []


def test_pairless_docs_among_others_change_nothing(trained: Language) -> None:
    pipe = trained.get_pipe(NAME)
    docs = [eg.predicted for eg in predict(trained, make_examples(trained))]
    alone = rounded([doc._.relations for doc in docs])
    empty = [make_doc(trained, text, [], None) for text in ("", "nothing here")]
    mixed = [d for doc in docs for d in (*[e.copy() for e in empty], doc.copy())]
    found = [doc._.relations for doc in pipe.pipe(mixed, batch_size=7)]
    assert rounded(found[2::3]) == alone
    assert found[0] == found[1] == []


def test_relations_on_an_unfamiliar_entity_label() -> None:
    schema = {"ANY": {"head": [], "tail": []}}
    nlp = make_nlp(relation_schema=schema)
    nlp.initialize(lambda: make_examples(nlp))
    assert nlp.get_pipe(NAME).cfg["types"] == ["CHEMICAL", "DISEASE"]
    nlp.get_pipe(NAME).cfg["threshold"] = 0.0
    doc = make_doc(nlp, "X and Y", [(0, 1, "OTHER"), (2, 3, "NEW")], None)
    assert len(nlp.get_pipe(NAME)(doc)._.relations) == 2


def test_config_of_a_loaded_pipeline_is_complete(
    trained: Language, tmp_path: Path
) -> None:
    trained.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert again.get_pipe(NAME).schema == SCHEMA
    assert rounded(relations(again)) == rounded(relations(trained))
    config = again.config["components"][NAME]["model"]["pair_tensor"]
    assert config["width"] == TINY["pair_tensor"]["width"]


def test_bytes(trained: Language) -> None:
    again = make_nlp()
    again.from_bytes(trained.to_bytes())
    assert again.get_pipe(NAME).labels == ("TREATS", "INDUCES")
    assert rounded(relations(again)) == rounded(relations(trained))


def test_not_initialized_pipeline_survives_bytes() -> None:
    nlp = make_nlp()
    assert make_nlp().from_bytes(nlp.to_bytes()).pipe_names == [NAME]


def test_training_resumes(trained: Language, tmp_path: Path) -> None:
    trained.to_disk(tmp_path)
    nlp = spacy.load(tmp_path)
    output = nlp.get_pipe(NAME).model.layers[2]
    before = output.get_param("W").copy()
    optimizer = nlp.resume_training()
    losses: dict[str, float] = {}
    nlp.update(make_examples(nlp), sgd=optimizer, losses=losses)
    assert 0 < losses[NAME] < 5
    assert 0 < abs(output.get_param("W") - before).max() < 0.01
    with nlp.use_params(optimizer.averages):
        assert score(predict(nlp, make_examples(nlp)))["rel_micro_f"] == 1.0


def test_evaluates_end_to_end(trained: Language) -> None:
    nlp = spacy.blank("xx")
    ruler = nlp.add_pipe("entity_ruler")
    words = {"CHEMICAL": ["aspirin", "lithium"], "DISEASE": ["headache", "mania"]}
    ruler.add_patterns(
        [
            {"label": key, "pattern": word}
            for key, both in words.items()
            for word in both
        ]
    )
    nlp.add_pipe(NAME, source=trained)
    examples = []
    for text, mentions, found in SENTENCES:
        reference = make_doc(nlp, text, mentions, found)
        examples.append(Example(nlp.make_doc(text), reference))
    scores = nlp.evaluate(examples)
    assert 0 < scores["rel_micro_r"] < 1
    assert scores["rel_micro_p"] == 1.0
    assert set(scores["rel_f_per_type"]) == {"TREATS", "INDUCES"}


def test_two_hundred_entities_in_one_doc(trained: Language) -> None:
    size = 200
    words = ["aspirin treats headache because it was so"] * (size // 2)
    mentions = [
        span for i in range(size // 2) for span in ((i * 7, i * 7 + 1, "C"),)
    ] + [(i * 7 + 2, i * 7 + 3, "D") for i in range(size // 2)]
    doc = make_doc(trained, " ".join(words), sorted(mentions), None)
    _, _, batch, scores = trained.get_pipe(NAME).predict([doc])
    assert scores.shape == (size * size // 4, 2)
    assert len(batch["mention_doc"]) == size
    assert ((scores >= 0) & (scores <= 1)).all() and scores.std() > 0


def test_errors_are_those_of_spacy_components() -> None:
    nlp = make_nlp(relation_schema=SCHEMA)
    with pytest.raises(ValueError, match="E109"):
        nlp("aspirin treats headache")
    pipe = nlp.get_pipe(NAME)
    with pytest.raises(TypeError, match="E930"):
        pipe.initialize(None)
    for wrong in ([], ["text"], [nlp.make_doc("a")]):
        with pytest.raises(TypeError, match="E930|E978"):
            pipe.initialize(lambda wrong=wrong: wrong)
    with pytest.raises(TypeError, match="E978"):
        pipe.get_loss(["text"], None)


def test_the_model_takes_docs_alone_as_debug_model_gives_them(trained) -> None:
    model = trained.get_pipe(NAME).model
    docs = [trained.make_doc("aspirin treats headache"), trained.make_doc("")]
    logits, backprop = model.begin_update(docs)
    assert logits.shape == (1, 2)
    backprop(logits)


def test_merged_tokens_ask_for_relations_anew() -> None:
    nlp = make_nlp(relation_schema=SCHEMA, threshold=0.0)
    train(nlp, make_examples(nlp), steps=1)
    pipe = nlp.get_pipe("relation_extractor")
    text = "acute pain eased by aspirin"
    mentions = [(0, 2, "DISEASE"), (4, 5, "CHEMICAL")]
    doc = pipe(make_doc(nlp, text, mentions, None))
    assert doc._.relations[0]["head"] == [4, 5]
    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2])
    assert doc._.relations[0]["head"] == [4, 5]  # as before: spaCy does not know them
    assert pipe(doc)._.relations[0]["head"] == [3, 4]
