"""Heads for private training: what they read, and that the pipeline says the same."""

from pathlib import Path

import numpy as np
import pytest
import torch
from spacy.language import Language
from spacy.training import Example
from tests.builders import PETS
from tests.builders.private import CONFIG, make_records, write_config

from phantom.corpora.docbin import to_doc
from phantom.packs.pack import load_pack
from phantom.privacy.mechanisms import DpSgd
from phantom.training.private.build import build_pipeline
from phantom.training.private.heads import Heads, export, is_finished
from phantom.training.private.reduction import Reduction
from phantom.training.private.texts import UnitTexts, read_features
from phantom.training.private.train import (
    HeadSettings,
    Layers,
    Teaching,
    fit,
    prepare,
    score_on,
    teach,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Full backward hook"),
]
PLAN = DpSgd(noise=1.0, rate=0.3, steps=80)


@pytest.fixture(scope="module")
def nlp(tmp_path_factory: pytest.TempPathFactory) -> Language:
    config = write_config(tmp_path_factory.mktemp("config"))
    return build_pipeline(config, load_pack(PETS))


def test_a_head_that_blends_texts_is_refused(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    text = path.read_text()
    path.write_text(text.replace("width = 16", "width = 16\nmixup = 0.2", 1))
    with pytest.raises(ValueError, match="blends texts"):
        build_pipeline(path, load_pack(PETS))


def test_a_layer_on_components_is_the_same_layer_on_features() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 6)) * [1, 2, 3, 4, 5, 0] + 7
    reduction = Reduction(rows, 4)
    assert reduction.size == 4
    spread = reduction.apply(rows).astype("float64").std(axis=0)
    assert spread == pytest.approx(np.ones(4), abs=0.15)
    weight, bias = rng.normal(size=(3, 4)), rng.normal(size=3)
    expected = reduction.apply(rows) @ weight.T + bias
    whole, shift = reduction.undo(weight, bias)
    assert rows @ whole.T + shift == pytest.approx(expected, abs=0.02)


def test_a_layer_on_features_is_the_same_layer_on_all_components() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(200, 6)) * [1, 2, 3, 4, 5, 6] + 7
    reduction = Reduction(rows, 6)
    weight, bias = rng.normal(size=(3, 6)), rng.normal(size=3)
    there = reduction.redo(weight, bias)
    back = reduction.undo(*there)
    assert back[0] == pytest.approx(weight, abs=1e-4)
    assert back[1] == pytest.approx(bias, abs=1e-3)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline with pairs as `train` makes them, some weights in its last layer."""
    folder = tmp_path_factory.mktemp("base")
    config = folder / "base.cfg"
    config.write_text(CONFIG.replace("PairFeatures.v1", "PairTensor.v1"))
    nlp = build_pipeline(config, load_pack(PETS))
    last = nlp.get_pipe("relation_extractor").model.layers[2]
    last.set_param("W", last.get_param("W") + 0.3)
    last.set_param("b", last.get_param("b") - 0.2)
    nlp.to_disk(folder / "model")
    return folder / "model"


@pytest.mark.parametrize("shares", [False, True])
def test_relations_of_a_pipeline_are_taken_over_whole(
    tmp_path: Path, base: Path, shares: bool
) -> None:
    """Taken over and exported without training, they score as they did."""
    told = base / "config.cfg"
    before = f"share_names = {str(not shares).lower()}"
    text = told.read_text().replace(before, f"share_names = {shares}".lower())
    told.write_text(text.replace('name_pooling = "mean"', 'name_pooling = "logsumexp"'))
    assert "logsumexp" in told.read_text()
    nlp = build_pipeline(write_config(tmp_path), load_pack(PETS), on=base)
    assert is_finished(nlp)
    # A mean, since the head is linear.
    read = nlp.config["components"]["relation_extractor"]["model"]["name_pooling"]
    assert read == "mean"
    docs = [to_doc(nlp, x) for x in make_records(20)]
    pipe = nlp.get_pipe("relation_extractor")
    plain = [nlp.make_doc(doc.text) for doc in docs]
    batch, *_ = pipe._gold(list(map(Example, plain, docs)))
    before = pipe.model.predict((plain, batch))
    prepared = prepare(nlp, [docs], docs, HeadSettings())
    heads = teach(nlp, prepared, HeadSettings())
    scores = heads.relation_scores(prepared.texts.units[0].pairs.float())
    export(heads, prepared.words, prepared.pairs, nlp)
    assert pipe.model.predict((plain, batch)) == pytest.approx(before, abs=0.02)
    assert np.abs(before).max() > 0.1
    # Eight texts of a unit count.
    assert scores.detach().numpy() == pytest.approx(before[: len(scores)], abs=0.05)


def test_a_pipeline_of_other_relations_is_refused(tmp_path: Path, base: Path) -> None:
    told = base / "relation_extractor" / "cfg"
    before = told.read_text()
    for old, new, why in (
        ('"exclusive":false', '"exclusive":true', "its relations exclude each other"),
        ('"ANIMAL"', '"FOOD"', "join other labels than those of"),
    ):
        assert old in before
        told.write_text(before.replace(old, new, 1))
        with pytest.raises(ValueError, match=why):
            build_pipeline(write_config(tmp_path), load_pack(PETS), on=base)
    told.write_text(before)
    meta = base / "meta.json"
    meta.write_text(meta.read_text().replace('"EATS"', '"DRINKS"'))
    with pytest.raises(ValueError, match="its relations are DRINKS; those of"):
        build_pipeline(write_config(tmp_path), load_pack(PETS), on=base)


def test_what_public_text_taught_is_there_before_and_the_last_layers_move(
    nlp: Language,
) -> None:
    public = [to_doc(nlp, x) for x in make_records(150, seed=1, known=1)]
    docs = [to_doc(nlp, x) for x in make_records(20)]
    settings = HeadSettings(
        components=30, layers=Layers.last, taught=Teaching(rate=0.02, steps=80)
    )
    prepared = prepare(nlp, [[doc] for doc in docs], public, settings, public)
    start = teach(nlp, prepared, settings)
    export(start, prepared.words, prepared.pairs, nlp)
    assert (score_on(nlp, public).ents_f or 0) > 0.97
    tagger = nlp.get_pipe("ner").model
    reads, writes = (
        tagger.get_ref(x).get_param("W").copy() for x in ("reads", "writes")
    )
    fit(nlp, prepared, PLAN.model_copy(update={"steps": 3}), settings, start=start)
    assert (tagger.get_ref("reads").get_param("W") == reads).all()
    assert (tagger.get_ref("writes").get_param("W") != writes).any()


def test_the_pipeline_scores_as_the_heads_do(nlp: Language) -> None:
    """Other weights than those of the start, through the export, on the same texts."""
    docs = [to_doc(nlp, x) for x in make_records(30)]
    seen = list(read_features(nlp, docs))
    words = Reduction(np.concatenate([x.words for x in seen]), 20)
    pairs = Reduction(np.concatenate([x.pairs for x in seen]), 20)
    texts = UnitTexts([[x] for x in seen], words, pairs, 100)
    torch.manual_seed(1)
    heads = Heads(words.size, pairs.size, 9, 1, 16)
    for parameter in heads.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    export(heads, words, pairs, nlp)
    unit = texts.gather(torch.tensor([3]))
    order = sorted(range(30), key=lambda i: len(seen[i].tags))
    plain = nlp.make_doc(docs[order[3]].text)
    with torch.no_grad():
        tags = heads.tag_scores(unit[0], unit[3])[0, : len(plain)].numpy()
        relations = heads.relation_scores(unit[4])[0].numpy()
    tagger, pipe = nlp.get_pipe("ner"), nlp.get_pipe("relation_extractor")
    assert tagger.model.predict([plain])[0] == pytest.approx(tags, abs=0.02)
    batch, *_ = pipe._gold([Example(plain, docs[order[3]])])
    found = pipe.model.predict(([plain], batch))
    assert found == pytest.approx(relations, abs=0.02)


def test_all_texts_of_a_unit_weigh_one_together(nlp: Language) -> None:
    docs = [to_doc(nlp, x) for x in make_records(6)]
    seen = list(read_features(nlp, docs))
    reductions = [
        Reduction(np.concatenate(x), 5)
        for x in ([y.words for y in seen], [y.pairs for y in seen])
    ]
    texts = UnitTexts([seen[:1], seen[1:4], seen[4:]], *reductions, 12)
    words, tags, weights, there, pairs, _, pair_weights = texts.gather(torch.arange(3))
    assert weights.sum(1).tolist() == pytest.approx([1, 1, 1])
    assert there.sum(1).max() <= 12
    # Three texts have more words than count; a pair that is known weighs by its text.
    whole = sum(len(x.tags) for x in seen[1:4])
    assert texts.cut == max(0, whole - 12)
    assert pair_weights.sum((1, 2)).tolist() == pytest.approx([1, 1, 1])
    nobody = texts.gather(torch.zeros(0, dtype=torch.long))
    assert [len(x) for x in nobody] == [0] * 7


def test_a_unit_counts_by_its_first_texts(nlp: Language) -> None:
    docs = [to_doc(nlp, x) for x in make_records(5)]
    settings = HeadSettings(texts=2, components=4)
    two = prepare(nlp, [docs, docs[:1]], docs, settings)
    same = prepare(nlp, [docs[:2], docs[:1]], docs, settings)
    assert len(two.texts) == 2 and two.texts.cut == 0
    assert torch.equal(two.texts.units[1].words, same.texts.units[1].words)


def test_without_noise_the_heads_learn_what_is_taught(
    tmp_path: Path, nlp: Language
) -> None:
    docs = [to_doc(nlp, x) for x in make_records(150)]
    settings = HeadSettings(components=30)
    settings = settings.model_copy(
        update={"descent": settings.descent.model_copy(update={"rate": 0.02})}
    )
    prepared = prepare(nlp, [[doc] for doc in docs], docs, settings)
    fit(nlp, prepared, PLAN, settings, private=False)
    scores = score_on(nlp, docs)
    assert (scores.ents_f or 0) > 0.97 and (scores.rel_micro_f or 0) > 0.9
