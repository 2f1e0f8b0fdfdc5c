"""Learning rates by layer of the encoder, and copies of a pipeline's weights."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from spacy.language import Language
from thinc.api import Model

_LAYER = re.compile(r"(?:^|\.)(?:layers?|h|blocks?|albert_layers)\.(\d+)\.")
_EMBEDDING = re.compile(r"(?:^|\.)(?:word_|position_)?embeddings?(?:\.|$)|(?:^|\.)wte")
Weights = dict[str, Any]


def read_weights(nlp: Language) -> Weights:
    """A copy of all weights, by names that hold for pipelines of one config."""
    weights: Weights = {}
    for name, owner, key in parameters(nlp):
        if isinstance(owner, torch.nn.Parameter):
            weights[name] = owner.detach().clone()
        else:
            weights[name] = owner.get_param(key).copy()
    return weights


def write_weights(nlp: Language, weights: Weights) -> None:
    """Set all weights to those of a copy."""
    for name, owner, key in parameters(nlp):
        if isinstance(owner, torch.nn.Parameter):
            owner.data.copy_(weights[name])
        else:
            owner.set_param(key, weights[name].copy())


def blend(start: Weights, end: Weights, share: float) -> Weights:
    """Weights on the way from `start` to `end` (Wortsman et al. 2022, WiSE-FT).

    share (float): 0 gives the start, 1 the end.
    """
    return {name: (1 - share) * start[name] + share * end[name] for name in start}


class LayerRates:
    """Lets each layer of the encoder learn at a rate of its own.

    What a step of the optimizer changed is scaled, which for Adam with decoupled
    weight decay is the same as another rate, and holds for the optimizer of any wheel.

    decay (float): Rate of a layer as a part of the rate of the one above it (Howard
        and Ruder 2018, arXiv:1801.06146); the embeddings lie below the first.
    freeze (int): So many of the lowest layers, and the embeddings, stay as they are.
    RAISES: ValueError if there are fewer layers than are to stay.
    """

    def __init__(self, nlp: Language, decay: float, freeze: int) -> None:
        depths = {}
        for name, owner, key in parameters(nlp):
            if isinstance(owner, torch.nn.Parameter):
                depths[name] = (owner, find_depth(key))
        layers = 1 + max((depth or 0 for _, depth in depths.values()), default=0)
        if freeze >= layers and freeze:
            raise ValueError(
                f"freeze is {freeze}, but the encoder has {layers - 1} layers; freeze "
                "fewer, 0 for none"
            )
        self.frozen: list[torch.nn.Parameter] = []
        self.slow: list[tuple[torch.nn.Parameter, float]] = []
        self.rates: dict[str, float] = {}
        for name, (parameter, depth) in depths.items():
            low = depth is not None and freeze and depth <= freeze
            rate = 1.0 if depth is None else decay ** (layers - 1 - depth)
            self.rates[name] = 0.0 if low else rate
            if low and parameter.requires_grad:
                self.frozen.append(parameter)
            elif rate < 1:
                self.slow.append((parameter, rate))

    @contextmanager
    def freeze(self) -> Iterator[None]:
        """Keep gradients from the frozen layers for a while."""
        for parameter in self.frozen:
            parameter.requires_grad_(False)
        try:
            yield
        finally:
            for parameter in self.frozen:
                parameter.requires_grad_(True)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Scale what one step of the optimizer changes."""
        before = [parameter.detach().clone() for parameter, _ in self.slow]
        yield
        for (parameter, rate), old in zip(self.slow, before, strict=True):
            parameter.data.copy_(torch.lerp(old, parameter.data, rate))


def find_depth(name: str) -> int | None:
    """The layer that a weight of an encoder belongs to, by its name in torch.

    RETURNS (Optional[int]): 0 for embeddings, 1 for the lowest layer; None for what
        lies above all layers, such as a pooler.
    """
    found = _LAYER.search(name)
    if found:
        return int(found.group(1)) + 1
    return 0 if _EMBEDDING.search(name) else None


def parameters(nlp: Language) -> Iterator[tuple[str, Any, str]]:
    """Each weight once. YIELDS: A name, the torch parameter or thinc node, its key."""
    seen: set[int] = set()
    for component, proc in nlp.pipeline:
        model = getattr(proc, "model", None)
        if not isinstance(model, Model):
            continue
        for i, node in enumerate(model.walk()):
            if node.id in seen:
                continue
            seen.add(node.id)
            for key in node.param_names:
                if node.has_param(key):
                    yield f"{component}/{i}/{key}", node, key
            for j, shim in enumerate(node.shims):
                module = getattr(shim, "_model", None)
                if isinstance(module, torch.nn.Module):
                    for key, parameter in module.named_parameters():
                        yield f"{component}/{i}/shim{j}/{key}", parameter, key
