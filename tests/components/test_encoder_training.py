"""What training moves, what stays frozen, and settings that are refused."""

from typing import Any

import pytest
import torch
from spacy.training import Example
from spacy.util import load_config, load_model_from_config
from tests.builders import ROOT
from tests.builders.encoder import TEXTS, make_nlp, with_ner

from phantom.corpora.docbin import to_doc
from phantom.records import Example as Record


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
