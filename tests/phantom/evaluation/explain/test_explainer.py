"""Attributions are of the pipeline's own scores, add up, and stand on their tokens."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
import spacy
import torch
from spacy.language import Language
from spacy.tokens import Doc
from tests.builders import example
from tests.builders.explaining import make_transformer_pipeline, teach

from phantom.evaluation.explain.attributions import (
    TOLERANCE,
    integrate_gradients,
    spread_points,
)
from phantom.evaluation.explain.curves import attention_to, find_areas
from phantom.evaluation.explain.embedded import EmbeddedEncoder
from phantom.evaluation.explain.explainer import MOST, Explainer, Target
from phantom.evaluation.explain.flips import FlipSearch, stand_ins
from phantom.evaluation.explain.scores import mention_scores
from phantom.records import Example

pytestmark = pytest.mark.slow

pytest.importorskip("captum")
TEACHES = [
    (f"aspirin {cue} {disease}", (0, 1), (2, 3), label)
    for cue, label in [("induced", "INDUCES"), ("treats", "TREATS"), ("and", "")]
    for disease in ("rash", "fever", "ulcers")
]
# Words around them, which tell nothing.
TEACHES += [
    ("two patients , aspirin and rash", (3, 4), (5, 6), ""),
    ("aspirin induced a fever in patients", (0, 1), (3, 4), "INDUCES"),
    ("aspirin treats a fever in patients", (0, 1), (3, 4), "TREATS"),
]


@pytest.fixture(scope="module")
def nlp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Language]:
    folder = tmp_path_factory.mktemp("encoder")
    yield teach(make_transformer_pipeline(folder, learn_rate_factor=4.0), TEACHES)


def target_of(nlp: Language, text: str) -> tuple[Doc, Target]:
    doc = nlp(text)
    return doc, Target(nlp, EmbeddedEncoder(nlp), doc)


@pytest.mark.parametrize("pooling", ["", "mean", "logsumexp"])
def test_scores_are_those_of_the_pipeline(
    nlp: Language, pooling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = nlp.get_pipe("relation_extractor").model
    settings = {"share_names": bool(pooling), "name_pooling": pooling or "mean"}
    shared = partial(model._func.func, **settings)
    monkeypatch.setattr(model, "_func", shared)
    text = (
        "Two patients,  \n aspirin-induced fever in two patients, aspirin treats rash"
    )
    doc, target = target_of(nlp, text)
    assert doc.ents and doc._.relations
    with torch.no_grad():
        scores = target(target.embedded.words[None])[0].numpy()
    relations = scores[len(doc.ents) :]
    said = [relation["score"] for relation in doc._.relations]
    assert 1 / (1 + np.exp(-relations)) == pytest.approx(said, abs=1e-4)


def test_a_mention_has_the_product_of_its_steps(nlp: Language) -> None:
    """Against spaCy's own step model, state by state."""
    recognizer = nlp.get_pipe("entity_recognizer")
    doc = nlp("two patients with fever and rash induced ulcers in a patients")
    target = Target(nlp, EmbeddedEncoder(nlp), doc)
    for mention in [(3, 4, "DISEASE"), (2, 5, "CHEMICAL"), (9, 11, "DISEASE")]:
        score = mention_scores(recognizer, doc, [mention])
        with torch.no_grad():
            vectors = target.encoder(target.embedded, target.embedded.words[None])
            found = float(score(vectors)[0, 0])
        fresh = nlp.make_doc(doc.text)
        fresh._.trf_data = doc._.trf_data
        (state,) = recognizer.moves.init_batch([fresh])
        steps = recognizer.model.predict([fresh])
        names = [
            recognizer.moves.get_class_name(i) for i in range(recognizer.moves.n_moves)
        ]
        start, end, label = mention
        actions = ["O"] * start + [f"I-{label}"] * (end - start)
        actions[start], actions[end - 1] = f"B-{label}", f"L-{label}"
        if end - start == 1:
            actions[start] = f"U-{label}"
        chance = 0.0
        for i, action in enumerate(actions):
            row = steps.predict([state])[0].astype("float64")
            if i >= start:
                is_valid = [
                    name != "U-" and recognizer.moves.is_valid(state, name)
                    for name in names
                ]
                row = np.where(is_valid, row, -np.inf)
                chance += row[names.index(action)] - np.logaddexp.reduce(row)
            recognizer.moves.apply_transition(state, action)
        expected = chance - np.log(-np.expm1(chance))
        assert found == pytest.approx(expected, abs=1e-3), mention


def test_gradients_in_bf16_say_the_same(nlp: Language) -> None:
    doc = nlp("two patients with fever , aspirin induced a rash")
    found = [
        integrate_gradients(target, target.embedded.words, target.embedded.blank)
        for is_short in (False, True)
        for target in [Target(nlp, EmbeddedEncoder(nlp, in_bf16=is_short), doc)]
    ]
    assert np.array_equal(found[1].score, found[0].score)
    assert not np.array_equal(found[1].values, found[0].values)
    assert max(found[1].error) <= TOLERANCE
    for exact, short in zip(found[0].values, found[1].values, strict=True):
        assert np.corrcoef(exact.ravel(), short.ravel())[0, 1] > 0.99


@pytest.mark.parametrize(
    "text",
    [
        "aspirin induced rash",
        "two patients with fever ,  \n\n aspirin induced a rash and the ulcers in a "
        "patients with aspirin treats fever",
    ],
)
def test_attributions_add_up(nlp: Language, text: str) -> None:
    """In one window and in several that overlap, with and without white space."""
    (explained,) = Explainer(nlp)([Example(id="a", text=text)])
    assert {x.family for x in explained.explanations} == {"mentions", "relations"}
    for why in explained.explanations:
        change = why.score - why.blank
        assert why.error <= TOLERANCE
        assert abs(sum(why.values) - change) <= TOLERANCE * max(abs(change), 0.5) + 0.01
        assert len(why.values) == len(explained.tokens)
        for (start, end), value in zip(explained.tokens, why.values, strict=True):
            assert explained.text[start:end].strip() or value == 0
        for start, end in why.spans:
            assert (start, end) in {m[:2] for m in explained.mentions}


def test_it_is_what_captum_has_for_the_layer_of_word_embeddings(nlp: Language) -> None:
    """One score at a time, by hooks on the layer, with many points evenly spread."""
    from captum.attr import LayerIntegratedGradients

    doc, target = target_of(nlp, "aspirin induced a rash")
    words, blank = target.embedded.words, target.embedded.blank
    found = integrate_gradients(target, words, blank)
    ids = torch.arange(words.shape[1])[None]
    layer = torch.nn.Embedding.from_pretrained(torch.cat([words[0], blank[0]]))

    def forward(places: torch.Tensor) -> torch.Tensor:
        return target(layer(places)[:, None])

    method = LayerIntegratedGradients(forward, layer)
    for i in range(len(target.decisions)):
        base = ids + words.shape[1]
        theirs = method.attribute(ids, baselines=base, target=i, n_steps=200)
        far = theirs.sum(-1)[0].detach().numpy() - found.values[i][0]
        change = abs(found.score[i] - found.blank[i])
        assert np.abs(far).max() <= TOLERANCE * change


def test_points_on_the_path_integrate_a_polynomial() -> None:
    """The integral of 3 x^2 from 0 to 1 is 1; most points lie in the first half."""
    points, speeds = spread_points(200)
    assert float((3 * points**2 * speeds).mean()) == pytest.approx(1, abs=1e-4)
    assert 0 < float(points.min()) and float(points.max()) < 1
    assert float((points < 0.5).double().mean()) == pytest.approx(0.68, abs=0.01)


def test_the_cue_carries_the_relation_and_its_loss_flips_it(nlp: Language) -> None:
    swaps = stand_ins(
        [
            example(
                f"<CHEMICAL id=1>A</CHEMICAL> {word} <DISEASE id=2>b</DISEASE>",
                (1, label, 2),
            )
            for word, label in [("treats", "TREATS"), ("induced", "INDUCES")] * 3
        ],
        {"a"},
    )
    assert swaps["INDUCES"] == ["treats"] and swaps["TREATS"] == ["induced"]
    explainer = Explainer(nlp, FlipSearch(nlp, swaps))
    (explained,) = explainer([Example(id="a", text="aspirin induced a rash")])
    (why,) = [x for x in explained.explanations if x.family == "relations"]
    assert why.label == "INDUCES"
    context = {i: v for i, v in enumerate(why.values) if i in (1, 2)}
    assert max(context, key=lambda i: context[i]) == 1
    assert why.flip is not None and why.flip.words == ((8, 15),)
    edited = nlp(why.flip.text)
    assert "INDUCES" not in {r["label"] for r in edited._.relations}


def test_the_order_is_better_than_chance_and_than_attention(nlp: Language) -> None:
    """Words masked in this order take the chance down sooner; put in, bring it up."""
    random = np.random.default_rng(0)
    sums = {name: np.zeros(2) for name in ("ours", "attention", "random")}
    for words, *_ in TEACHES[:6]:
        doc, target = target_of(nlp, f"two patients with {words} and the a .")
        embedded = target.embedded
        found = integrate_gradients(target, embedded.words, embedded.blank)
        for i, decision in enumerate(target.decisions):
            own = [t for k in decision.places for t in range(*_bounds(doc, k))]
            ranks = {
                "ours": embedded.to_tokens(found.values[i], len(doc)),
                "attention": attention_to(target, len(doc), np.array(own)),
                "random": random.random(len(doc)),
            }
            for name, values in ranks.items():
                everything = np.arange(len(doc))
                sums[name] += find_areas(target, i, values, everything)
    for other in ("attention", "random"):
        assert sums["ours"][0] < sums[other][0] and sums["ours"][1] > sums[other][1]


def _bounds(doc: Doc, place: int) -> tuple[int, int]:
    return doc.ents[place].start, doc.ents[place].end


def test_nothing_found_is_no_error_and_a_long_text_is_refused(nlp: Language) -> None:
    explainer = Explainer(nlp)
    texts = ("", " \n ")
    found = list(explainer([Example(id=text, text=text) for text in texts]))
    assert [x.explanations for x in found] == [[], []]
    with pytest.raises(ValueError, match="sentence by sentence"):
        list(explainer([Example(id="long", text="a " * (MOST + 1))]))


def test_a_pipeline_without_transformer_is_refused() -> None:
    with pytest.raises(ValueError, match="0 transformers"):
        Explainer(spacy.blank("xx"))
