"""Few examples on top of a trained pipeline: gained, not forgotten, honest."""

import random
from collections import Counter
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.training import Example as Pair
from tests.builders import example

from phantom.corpora.origins import Permits
from phantom.records import Example
from phantom.runtime import blank_pipeline
from phantom.training import adapted
from phantom.training.adapt import adapt, check_labels, lost
from phantom.training.folds import deal, why_too_few
from phantom.training.passes import AdaptSettings, batch_by_words, rehearse
from phantom.training.rates import read_weights, write_weights
from phantom.training.scoring import Scores, predict_beside, score
from phantom.training.to_gold import to_gold

PETS = ("cat", "dog", "hen", "pig")
FOODS = ("corn", "rice", "fish", "milk")
# Brisk, for a network without anything pretrained.
SETTINGS = AdaptSettings(learn_rate=5e-3, most_passes=6, batch_words=60)


def records(pets: tuple[str, ...], origin: str = "", count: int = 16) -> list[Example]:
    real = {"origin": origin, "sources": ("farm",)} if origin else {"model": "m"}
    return [
        example(
            f"The <PET id=1>{pets[i % len(pets)]}</PET> number {i} eats "
            f"<FOOD id=2>{FOODS[i % 3]}</FOOD> now.",
            id=f"{origin}{i}",
            **real,
        )
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def trained() -> Language:
    """Knows four pets and their food, without relations."""
    nlp = blank_pipeline("en")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        **{"width": 24, "depth": 1, "embed_size": 200, "window_size": 1},
        **{"maxout_pieces": 2, "subword_features": True},
    }
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        **{"state_type": "ner", "extra_state_tokens": False, "hidden_width": 16},
        **{"maxout_pieces": 2, "use_upper": False, "tok2vec": tok2vec},
    }
    nlp.add_pipe("entity_recognizer", name="ner", config={"model": model})
    for label in ("PET", "FOOD"):
        nlp.get_pipe("ner").add_label(label)  # type: ignore[attr-defined]
    synthetic = to_gold_of(nlp, records(PETS, count=24))
    spacy.util.fix_random_seed(0)
    optimizer = nlp.initialize(lambda: synthetic)
    optimizer.learn_rate = 0.01
    for _ in range(25):
        nlp.update(synthetic, sgd=optimizer)
    nlp.meta["training_data"] = {"examples": 24, "synthetic": 24, "models": {"m": 24}}
    return nlp


def to_gold_of(nlp: Language, found: list[Example]) -> list[Pair]:
    """Before anything is trained, nothing can be left open."""
    from phantom.corpora.docbin import to_doc

    return [Pair(nlp.make_doc(x.text), to_doc(nlp, x)) for x in found]


@pytest.fixture
def nlp(trained: Language) -> Language:
    """The trained pipeline, whatever a test before made of it."""
    if not hasattr(trained, "_start"):
        trained._start = read_weights(trained)  # type: ignore[attr-defined]
    write_weights(trained, trained._start)  # type: ignore[attr-defined]
    return trained


PERMITS = Permits(private=("farm",))
NEW = ("yak bull", "emu bull", "zebra bull")


def test_what_is_new_is_learnt_and_what_was_known_is_kept(nlp: Language) -> None:
    gold = to_gold(nlp, records(NEW, "private", 15), permits=PERMITS)
    synthetic = to_gold_of(nlp, records(PETS))
    before = score(nlp, predict_beside(nlp, gold))
    done = adapt(nlp, gold, synthetic, synthetic, settings=SETTINGS)
    assert done.validation is not None and not done.not_validated
    points = done.validation.by_pass
    assert len(points) == 7 and done.passes == done.validation.best > 0
    assert points[0].ents_f == before.ents_f < points[done.passes].ents_f  # type: ignore[operator]
    assert done.before and done.after and done.before.ents_f == 1.0
    assert done.forgotten() <= 0.01
    after = score(nlp, predict_beside(nlp, gold))
    assert after.ents_f == 1.0 and done.share > 0


def test_folds_leave_no_trace(nlp: Language) -> None:
    """The same passes, with and without cross-validation before, end the same."""
    gold = to_gold(nlp, records(NEW, "private", 15), permits=PERMITS)
    done = adapt(nlp, gold, settings=SETTINGS)
    first = nlp(gold[0].reference.text).to_json()
    weights = read_weights(nlp)
    write_weights(nlp, nlp._start)  # type: ignore[attr-defined]
    again = SETTINGS.model_copy(update={"passes": done.passes})
    adapt(nlp, gold, settings=again)
    assert nlp(gold[0].reference.text).to_json() == first
    assert all((weights[x] == y).all() for x, y in read_weights(nlp).items())


def test_too_few_are_said_to_be_too_few(nlp: Language) -> None:
    gold = to_gold(nlp, records(NEW, "private", 5), permits=PERMITS)
    done = adapt(nlp, gold, settings=SETTINGS)
    assert done.validation is None and done.passes == 3
    assert "5 different texts with 10 mentions" in done.not_validated
    assert done.before is None and done.after is None
    # Twelve copies of one text are one text.
    assert "1 different texts" in why_too_few(gold[:1] * 12, ["a"] * 12)


def test_weights_go_back_where_more_than_the_bound_is_forgotten(nlp: Language) -> None:
    """Taught that the known pets are none: all the way, the dev set is lost."""
    wrong = [
        x.model_copy(update={"entities": x.entities[1:]})
        for x in records(PETS, "private", 15)
    ]
    gold = to_gold(nlp, wrong, labels=("PET", "FOOD"), permits=PERMITS)
    dev = to_gold_of(nlp, records(PETS))
    rough = SETTINGS.model_copy(update={"passes": 6})
    done = adapt(nlp, gold, (), dev, settings=rough)
    assert done.share < 1 and done.forgotten() <= 0.01
    found = score(nlp, predict_beside(nlp, dev))
    assert done.after == found


def test_labels_that_the_pipeline_lacks_are_named(nlp: Language) -> None:
    other = [example("A <TOWN id=1>Rome</TOWN>.", origin="private", sources=("farm",))]
    gold = to_gold(nlp, other, permits=PERMITS)
    with pytest.raises(ValueError, match=r"no label 'TOWN'; it has FOOD, PET"):
        check_labels(nlp, gold)
    with pytest.raises(ValueError, match="at least one"):
        adapt(nlp, [])


def test_what_the_gold_never_marks_stays_open(nlp: Language) -> None:
    """The gold marks pets alone: food that the pipeline finds is not taught away."""
    (told,) = to_gold(nlp, records(PETS, "private", 1), permits=PERMITS)
    assert "".join(token.ent_iob_ for token in told.reference) == "OBOOOBOO"
    pets = [
        x.model_copy(update={"entities": x.entities[:1]})
        for x in records(PETS, "private", 1)
    ]
    (open_,) = to_gold(nlp, pets, permits=PERMITS)
    assert [token.ent_iob_ for token in open_.reference] == [*"OBOOO", "", *"OO"]
    assert open_.reference._.relations is None
    (full,) = records(PETS, "private", 1)
    pet, food = full.entities
    named = (pet, food.model_copy(update={"nominal": True}))
    nominal = full.model_copy(update={"entities": named})
    (told,) = to_gold(nlp, [nominal], permits=PERMITS)
    assert told.reference[5].ent_iob_ == ""
    (closed,) = to_gold(nlp, pets, labels=("PET", "FOOD"), permits=PERMITS)
    assert closed.reference[5].ent_iob_ == "O"


def test_text_that_nobody_permits_does_not_train(nlp: Language) -> None:
    with pytest.raises(ValueError, match="nobody declared fit"):
        to_gold(nlp, records(NEW, "private", 1))
    with pytest.raises(ValueError, match="no benchmarks.yml"):
        to_gold(nlp, records(NEW, "public", 1), permits=PERMITS)


def test_the_meta_says_that_real_data_was_used(nlp: Language, tmp_path: Path) -> None:
    gold = to_gold(nlp, records(NEW, "private", 5), permits=PERMITS)
    done = adapt(nlp, gold, settings=SETTINGS)
    nlp.meta["data_provenance"] = {"real_data_used": "none"}
    kept = dict(nlp.meta)
    try:
        (tmp_path / "new" / "pipeline" / "old").mkdir(parents=True)
        adapted.save(nlp, tmp_path / "new" / "pipeline", gold, done)
    finally:
        nlp.meta.clear()
        nlp.meta.update(kept)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["pipeline"]
    assert not (tmp_path / "new" / "pipeline" / "old").exists()
    back = spacy.load(tmp_path / "new" / "pipeline")
    counts = back.meta["training_data"]
    assert (counts["examples"], counts["synthetic"], counts["private"]) == (29, 24, 5)
    assert counts["sources"] == {"farm": 5} and counts["models"] == {"m": 24}
    assert "data_provenance" not in back.meta
    (told,) = back.meta["adapted"]
    assert told["examples"] == 5 and told["origins"]["private"] == 5
    text = gold[0].reference.text
    assert back(text).to_json() == nlp(text).to_json()


def test_batches_hold_all_once_and_rehearsal_never_ends() -> None:
    nlp = blank_pipeline("en")
    given = to_gold_of(nlp, records(PETS, count=10))
    batches = list(batch_by_words(given, 17, random.Random(0)))
    assert [len(batch) for batch in batches] == [2] * 5
    assert {id(x) for batch in batches for x in batch} == {id(x) for x in given}
    assert list(rehearse([], random.Random(0))) == []
    endless = rehearse(given[:3], random.Random(0))
    drawn = [next(endless) for _ in range(6)]
    assert {id(x) for x in drawn[:3]} == {id(x) for x in drawn[3:]}


def test_groups_stay_together_and_folds_are_even() -> None:
    groups = ["a", "a", "b", "c", "d", "e"]
    folds = deal(groups, 3, seed=1)
    assert folds[0] == folds[1] and sorted(map(folds.count, {*folds})) == [2, 2, 2]
    assert deal(groups, 3, seed=1) == folds
    assert len({tuple(deal(groups, 3, seed)) for seed in range(9)}) > 1
    large = [*("large" for _ in range(40)), *map(str, range(80))]
    for seed in range(5):
        assert set(Counter(deal(large, 3, seed)).values()) == {40}


def test_the_worse_of_entities_and_relations_counts_as_forgotten() -> None:
    before = Scores(ents_f=0.8, rel_micro_f=0.5)
    assert lost(before, Scores(ents_f=0.9, rel_micro_f=0.48)) == pytest.approx(0.02)
    assert lost(before, Scores(ents_f=0.9, rel_micro_f=0.6)) == pytest.approx(-0.1)
    assert lost(Scores(ents_f=0.8), Scores(ents_f=0.7)) == pytest.approx(0.1)
    assert lost(None, None) == 0
