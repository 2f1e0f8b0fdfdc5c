"""The heads that are trained, in torch, and their way into a spaCy pipeline."""

from typing import Any

import torch
from spacy.language import Language
from torch import nn
from torch.nn import functional

from phantom.training.private.reduction import Reduction

TAGGER, RELATIONS = "ner", "relation_extractor"


def pair_tensor(nlp: Language) -> Any:
    """The layer that makes a vector of each pair."""
    pipe: Any = nlp.get_pipe(RELATIONS)
    return pipe.model.get_ref("pair_tensor")


def is_finished(nlp: Language) -> bool:
    """Whether pairs have vectors that were learned before, by an earlier pipeline."""
    return RELATIONS in nlp.pipe_names and pair_tensor(nlp).name != "pair_features"


class Heads(nn.Module):
    """Scores of tags and of relations; the layers of `phantom.TaggerModel.v1` and of
    `phantom.PairFeatures.v1` under `phantom.RelationModel.v1`, or the last of these.

    words, pairs (int): Features of a word, and of a pair; 0 pairs for no relations.
    tags, labels (int): How many to score. width (int): Of the hidden layers.
    balance (float): Weight of relations in the loss, that of tags being 1.
    finished (bool): Whether pairs come as vectors, which one layer scores.
    """

    def __init__(
        self,
        words: int,
        pairs: int,
        tags: int,
        labels: int,
        width: int,
        balance: float = 1.0,
        finished: bool = False,
    ) -> None:
        super().__init__()
        self.reads = nn.Linear(words, width)
        self.joins = nn.Linear(3 * width, width)
        self.writes = nn.Linear(width, tags)
        last = [self.writes]
        self.balance = balance if pairs and labels else 0.0
        if self.balance:
            self.weighs = None if finished else nn.Linear(pairs, width)
            self.relates = nn.Linear(pairs if finished else width, labels)
            last.append(self.relates)
        for layer in last:
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(
        self,
        words: torch.Tensor,
        tags: torch.Tensor,
        word_weights: torch.Tensor,
        there: torch.Tensor,
        pairs: torch.Tensor,
        targets: torch.Tensor,
        pair_weights: torch.Tensor,
    ) -> torch.Tensor:
        """The loss of each unit, shape (units,).

        words (Tensor): Features (units, words, inputs), zeros between passages.
        tags, word_weights, there (Tensor): Shape (units, words); the weights of a
            unit are 1 together, `there` is 0 between passages.
        pairs (Tensor): Features (units, pairs, inputs).
        targets, pair_weights (Tensor): Shape (units, pairs, labels).
        """
        scores = self.tag_scores(words, there).transpose(1, 2)
        losses = functional.cross_entropy(scores, tags, reduction="none")
        total = (losses * word_weights).sum(dim=1)
        if not self.balance:
            return total
        errors = functional.binary_cross_entropy_with_logits(
            self.relation_scores(pairs), targets, reduction="none"
        )
        return total + self.balance * (errors * pair_weights).sum(dim=(1, 2))

    def tag_scores(self, words: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Shape (units, words, tags)."""
        hidden = functional.gelu(self.reads(words)) * there[..., None]
        before = functional.pad(hidden, (0, 0, 1, 0))[:, :-1]
        behind = functional.pad(hidden, (0, 0, 0, 1))[:, 1:]
        joined = torch.cat([before, hidden, behind], dim=-1)
        return self.writes(functional.gelu(self.joins(joined)))

    def relation_scores(self, pairs: torch.Tensor) -> torch.Tensor:
        """Shape (units, pairs, labels)."""
        if self.weighs is None:
            return self.relates(pairs)
        return self.relates(functional.gelu(self.weighs(pairs)))

    def keep_but_last(self) -> None:
        """Let no layer learn but those that write scores."""
        last = [self.writes, self.relates] if self.balance else [self.writes]
        self.requires_grad_(False)
        for layer in last:
            layer.requires_grad_(True)


def take_over(heads: Heads, pairs: Reduction | None, nlp: Language) -> None:
    """Begin with what the relation extractor of an earlier pipeline learned.

    Nothing is to be taken where pairs have no finished vectors.
    """
    if pairs is None or not heads.balance or heads.weighs is not None:
        return
    weight, bias = pairs.redo(*_last(nlp))
    with torch.no_grad():
        heads.relates.weight.copy_(torch.from_numpy(weight))
        heads.relates.bias.copy_(torch.from_numpy(bias))


def export(
    heads: Heads, words: Reduction, pairs: Reduction | None, nlp: Language
) -> None:
    """Put trained heads into the components of a pipeline.

    words, pairs (Reduction): What the heads read; the pipeline reads the features.
    """
    tagger: Any = nlp.get_pipe(TAGGER).model  # type: ignore[attr-defined]
    _put(tagger.get_ref("reads"), *words.undo(*_arrays(heads.reads)))
    _put(tagger.get_ref("joins"), *_arrays(heads.joins))
    _put(tagger.get_ref("writes"), *_arrays(heads.writes))
    if pairs is not None and heads.balance:
        model: Any = nlp.get_pipe(RELATIONS).model  # type: ignore[attr-defined]
        last = _arrays(heads.relates)
        if heads.weighs is None:
            last = pairs.undo(*last)
        else:
            _put(pair_tensor(nlp).layers[0], *pairs.undo(*_arrays(heads.weighs)))
        _put(model.layers[2], *last)


def _last(nlp: Language) -> tuple[Any, Any]:
    layer: Any = nlp.get_pipe(RELATIONS).model.layers[2]  # type: ignore[attr-defined]
    return tuple(layer.ops.to_numpy(layer.get_param(name)) for name in "Wb")


def _arrays(layer: nn.Linear) -> tuple[Any, Any]:
    return layer.weight.detach().numpy(), layer.bias.detach().numpy()


def _put(layer: Any, weight: Any, bias: Any) -> None:
    before = layer.get_param("W").shape
    if before != weight.shape:
        raise ValueError(f"layer {layer.name}: weights {weight.shape} for {before}")
    layer.set_param("W", layer.ops.asarray2f(weight))
    layer.set_param("b", layer.ops.asarray1f(bias))
