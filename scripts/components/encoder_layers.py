"""Layers of an encoder: which there are, and the encoder with fewer of them."""

import copy
from typing import Any, Optional

import torch
from spacy_transformers.util import registry


@registry.misc("phantom.LayerStack.v1")
def find_stack(encoder: Any) -> tuple[str, torch.nn.ModuleList]:
    """Name and modules of the layers that follow one another, the lowest first.

    RAISES: ValueError for an encoder that has no list of them, such as ALBERT.
    """
    total = encoder.config.num_hidden_layers
    for name, module in encoder.named_modules():
        if isinstance(module, torch.nn.ModuleList) and len(module) == total:
            return name, module
    raise ValueError(
        f"{type(encoder).__name__}: no list of its {total} layers found; leave "
        "freeze_layers and encoder_layers out"
    )


@registry.misc("phantom.SpreadLayers.v1")
def spread_layers(total: int, count: int) -> list[int]:
    """Which layers to keep: the first, the last, and evenly between.

    Sanh et al. 2019 (arXiv:1910.01108) keep the ends too. After as many steps of
    distillation, states are nearer to the teacher's than with the lowest layers or with
    every other one; docs/speed.md has the figures.

    RETURNS (List[int]): Ascending, counted from 0; of one, the last.
    """
    if count == 1:
        return [total - 1]
    return [round(i * (total - 1) / (count - 1)) for i in range(count)]


@registry.misc("phantom.KeptLayers.v1")
def keep_layers(encoder: Any, count: Optional[int]) -> Any:
    """An encoder of fewer layers, with the weights of those that are kept.

    count (Optional[int]): How many, see `phantom.SpreadLayers.v1`; None, or as many as
        there are, for the encoder itself.
    RAISES: ValueError if the encoder has fewer layers.
    """
    total = encoder.config.num_hidden_layers
    if count is None or count == total:
        return encoder
    if not 0 < count < total:
        raise ValueError(f"encoder_layers = {count}: the encoder has {total}")
    name, _ = find_stack(encoder)
    kept = spread_layers(total, count)
    config = copy.deepcopy(encoder.config)
    config.num_hidden_layers = count
    weights = {}
    for key, tensor in encoder.state_dict().items():
        if key.startswith(f"{name}."):
            number, _, rest = key.removeprefix(f"{name}.").partition(".")
            if int(number) not in kept:
                continue
            key = f"{name}.{kept.index(int(number))}.{rest}"
        weights[key] = tensor
    # Built anew, since layers of some families know their place.
    shallow = type(encoder)(config)
    shallow.load_state_dict(weights)
    return shallow.to(encoder.device).eval()
