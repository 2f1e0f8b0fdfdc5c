"""Attacks on tiny pipelines that learnt their training text by heart, or did not."""

import random

import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example

from phantom.attacks.canaries import expose, make_canary, make_words
from phantom.attacks.membership import measure
from phantom.attacks.shadows import attack_shadows, train_tiny
from phantom.attacks.signals import losses
from phantom.packs.language import load_language

pytestmark = pytest.mark.slow

NLP = spacy.blank("xx")
TRAIN = train_tiny("en", passes=20)
SENTENCE = load_language("en").canary


def make_examples(count: int, seed: int) -> list[Example]:
    """Made-up words, half of them marked at random: nothing to learn but by heart."""
    rng = random.Random(seed)
    made = []
    for word in make_words(count, seed):
        doc = Doc(NLP.vocab, words=["They", "saw", word, "there", "."])
        # Set where there are none, too: entities that are not set are unknown.
        doc.ents = [Span(doc, 2, 3, "DISEASE")] if rng.random() < 0.5 else []
        made.append(Example(NLP.make_doc(doc.text), doc))
    return made


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return make_examples(40, seed=1)


def test_what_was_learnt_by_heart_is_told_and_the_model_stays(
    examples: list[Example],
) -> None:
    nlp = TRAIN(examples, 0)
    before = nlp.get_pipe("ner").model.to_bytes()
    members = -losses(nlp, examples)
    others = -losses(nlp, make_examples(40, seed=2))
    assert nlp.get_pipe("ner").model.to_bytes() == before
    assert measure(members, others).low > 0.55


@pytest.mark.slow
def test_shadow_models_attack_one_of_their_kind(examples: list[Example]) -> None:
    found = attack_shadows(examples, TRAIN, models=4, seed=0)
    assert (found.members, found.others) == (20, 20)
    assert found.auc > 0.6


@pytest.mark.slow
def test_a_canary_is_exposed_by_its_copies() -> None:
    words = make_words(64, seed=5)
    planted = {words[0]: 12}
    copies = [make_canary(NLP, SENTENCE, words[0], "DISEASE") for _ in range(12)]
    # The same sentence without a mention, so that its words alone tell nothing.
    plain = []
    for word in make_words(20, seed=9):
        canary = make_canary(NLP, SENTENCE, word, "DISEASE")
        canary.reference.ents = []
        plain.append(canary)
    rest = make_examples(20, seed=3)
    (seen,) = expose(
        TRAIN([*rest, *plain, *copies], 0), SENTENCE, planted, words[1:], "DISEASE"
    )
    assert (seen.copies, seen.candidates) == (12, 64)
    assert seen.bits > 4
    (unseen,) = expose(
        TRAIN([*rest, *plain], 0), SENTENCE, planted, words[1:], "DISEASE"
    )
    assert unseen.bits < 3.5
