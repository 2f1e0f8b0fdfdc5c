"""The tagger's model with mixup: blended words and tags, and their true gradient."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from tests.builders.pipelines import MODULES, TINY, make_examples
from thinc.api import Model

from phantom.runtime import blank_pipeline

# Of four words, six, none and one.
SENTENCES: list[tuple[str, list, list]] = [
    ("aspirin treats acute headache", [(0, 1, "C"), (2, 4, "D")], []),
    ("ulcers were caused by aspirin today", [(0, 1, "D"), (4, 5, "C")], []),
    ("", [], []),
    ("mania", [(0, 1, "D")], []),
]


def give(vectors: dict[int, np.ndarray]) -> Model:
    """A layer that has these vectors for docs of so many words, and keeps gradients."""

    def forward(model: Model, docs: list[Doc], is_train: bool) -> Any:
        def back(gradients: list[np.ndarray]) -> list[Doc]:
            kept = {len(x): x.copy() for x in gradients}
            model.attrs["gradients"] = kept
            return docs

        return [vectors[len(doc)].copy() for doc in docs], back

    return Model("given", forward, dims={"nO": 6})


def make(mixup: float, smoothing: float = 0.0) -> tuple[Any, list[Example], dict]:
    """A tagger, its examples, and the vectors of their words by length."""
    nlp = blank_pipeline("en")
    rng = np.random.default_rng(0)
    vectors = {n: rng.normal(size=(n, 6)).astype("f") for n in (4, 6, 0, 1)}
    build = MODULES["entity_tagger_model"].build_tagger_model
    model = build(give(vectors), width=8, mixup=mixup)
    tagger = MODULES["entity_tagger"].EntityTagger
    pipe = tagger(nlp.vocab, model, label_smoothing=smoothing)
    examples = make_examples(nlp, SENTENCES)
    spacy.util.fix_random_seed(0)
    pipe.initialize(lambda: examples)
    weights = model.get_ref("writes")
    weights.set_param("W", rng.normal(size=weights.get_param("W").shape).astype("f"))
    return pipe, examples, vectors


def step(pipe: Any, examples: Sequence[Example]) -> tuple[float, list, Callable]:
    """Loss and scores, their draws of one seed, and the way back."""
    np.random.seed(3)
    scores, back = pipe.model.begin_update([x.predicted for x in examples])
    loss, gradients = pipe.get_loss(examples, scores)
    return loss, scores, lambda: back(gradients)


def slope(pipe: Any, examples: list[Example], at: np.ndarray, way: np.ndarray) -> float:
    """How the loss changes along a way, by a step to each side."""
    size, before = 1e-2, at.copy()
    sides = []
    for sign in (1, -1):
        at[:] = before + sign * size * way
        sides.append(step(pipe, examples)[0])
    at[:] = before
    return (sides[0] - sides[1]) / (2 * size)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_gradient_agrees_with_finite_differences(smoothing: float) -> None:
    pipe, examples, vectors = make(0.7, smoothing)
    # Nobody said anything of one word, with which another is blended.
    doc = examples[0].reference
    doc.set_ents(list(doc.ents), missing=[doc[1:2]], default="outside")
    step(pipe, examples)[2]()
    rng = np.random.default_rng(1)
    gradients = pipe.model.layers[0].attrs["gradients"]
    pairs = [(vectors[n], gradients[n]) for n in (4, 6, 1)]
    for name in ("reads", "joins", "writes"):
        layer = pipe.model.get_ref(name)
        pairs += [(layer.get_param(x), layer.get_grad(x)) for x in "Wb"]
    for at, gradient in pairs:
        way = rng.normal(size=at.shape).astype("f")
        expected = float((gradient * way).sum())
        assert np.abs(gradient).max() > 0.05
        found = slope(pipe, examples, at, way)
        assert found == pytest.approx(expected, rel=0.02, abs=0.005)


def test_without_it_the_head_reads_the_words_as_they_are() -> None:
    """And nothing is drawn by chance, so that training is what it was, to the bit."""
    pipe, examples, _ = make(0.0)
    np.random.seed(3)
    before = np.random.get_state()[1].tolist()
    docs = [x.predicted for x in examples]
    scores, _ = pipe.model.begin_update(docs)
    assert np.random.get_state()[1].tolist() == before
    assert "mixed" not in pipe.model.attrs
    for found, plain in zip(scores, pipe.model.predict(docs), strict=True):
        np.testing.assert_array_equal(found, plain)
    _, gradients = pipe.get_loss(examples, scores)
    for logits, gradient, example in zip(scores, gradients, examples, strict=True):
        tags = MODULES["entity_tags"].entity_tags(example.reference, pipe.labels)
        rest = np.exp(logits - np.logaddexp.reduce(logits, 1, keepdims=True))
        rest[np.arange(len(tags)), tags] -= 1.0
        np.testing.assert_array_equal(gradient, rest)


def test_a_share_of_one_is_the_word_alone_and_of_a_half_both_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, examples, _ = make(0.0)
    pipe, _, _ = make(0.2)
    monkeypatch.setattr(np.random, "beta", lambda *_: 0.0)
    loss, scores, back = step(plain, examples)
    mixed, found, other_back = step(pipe, examples)
    back()
    other_back()
    assert mixed == pytest.approx(loss, rel=1e-6)
    for one, other in zip(scores, found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    one, other = (x.model.layers[0].attrs["gradients"] for x in (plain, pipe))
    for length in one:
        np.testing.assert_allclose(one[length], other[length], atol=1e-6)
    # Two texts that are blended half and half are one, for their common words.
    monkeypatch.setattr(np.random, "beta", lambda *_: 0.5)
    monkeypatch.setattr(np.random, "permutation", lambda x: x[::-1])
    _, (first, second), _ = step(pipe, examples[:2])
    assert not np.allclose(first[:3], scores[0][:3], atol=0.01)
    np.testing.assert_allclose(first[:3], second[:3], atol=1e-6)


@pytest.mark.slow
def test_a_pipeline_learns_with_it_and_predicts_without() -> None:
    trained = []
    for _ in range(2):
        nlp = blank_pipeline("en")
        model = {"@architectures": "phantom.TaggerModel.v1", "mixup": 0.2}
        model["tok2vec"] = TINY["tok2vec"]
        nlp.add_pipe("entity_tagger", config={"model": model})
        examples = make_examples(nlp)
        spacy.util.fix_random_seed(0)
        optimizer = nlp.initialize(lambda examples=examples: examples)
        optimizer.learn_rate = 0.005
        for _ in range(60):
            nlp.update(examples, sgd=optimizer)
        assert nlp.evaluate(make_examples(nlp))["ents_f"] > 0.9
        pipe: Any = nlp.get_pipe("entity_tagger")
        assert "mixed" not in pipe.model.attrs
        trained.append(pipe.model.to_bytes())
    assert trained[0] == trained[1]
