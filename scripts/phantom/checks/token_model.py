"""A quick token classifier on frozen features, for finding wrong labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from phantom.checks.corpus import TOKEN
from phantom.encoder import Encoder
from phantom.records import Example


@dataclass
class TokenScores:
    """Out-of-sample judgement of every token.

    labels (List[str]): Class names; the first is "O", no entity.
    spans: Per passage, character offsets of its tokens.
    given (List[ndarray]): Per passage, class of each token as annotated.
    probabilities (List[ndarray]): Per passage, shape (tokens, classes).
    margins (List[ndarray]): Per passage, mean over epochs and training folds of the
        given class's log-probability less the best other one's, shape (tokens,).
    """

    labels: list[str]
    spans: list[list[tuple[int, int]]]
    given: list[np.ndarray]
    probabilities: list[np.ndarray]
    margins: list[np.ndarray]


def score_tokens(
    examples: Sequence[Example],
    labels: Sequence[str],
    encoder: Encoder,
    *,
    folds: int = 5,
    epochs: int = 6,
    seed: int = 0,
) -> TokenScores:
    """Cross-validate a small network on the encoder's word vectors.

    labels: Entity labels of the domain.
    folds: Passages of a fold are judged by a model that never saw them.
    epochs: Passes over the training folds; margins are taken after each.
    """
    names = ["O", *labels]
    spans = [[m.span() for m in TOKEN.finditer(e.text)] for e in examples]
    given = [
        _classes(e, s, {name: i for i, name in enumerate(names)})
        for e, s in zip(examples, spans, strict=True)
    ]
    vectors = encoder.embed_words([e.text for e in examples], spans)
    sizes = [len(s) for s in spans]
    owner = np.repeat(np.arange(len(examples)), sizes)
    fold = np.random.default_rng(seed).permutation(len(examples)) % folds
    features = np.concatenate(vectors)
    target = np.concatenate(given)
    probabilities, margins = _cross_fit(
        features, target, fold[owner], folds, epochs, len(names), seed
    )
    cuts = np.cumsum(sizes)[:-1]
    return TokenScores(
        names,
        spans,
        given,
        np.split(probabilities, cuts),
        np.split(margins, cuts),
    )


def build_model(width: int, classes: int) -> torch.nn.Module:
    """One hidden layer from word vectors, shape (words, width), to class scores."""
    return torch.nn.Sequential(
        torch.nn.Dropout(0.2),
        torch.nn.Linear(width, 128),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(128, classes),
    )


def train_epochs(
    model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, epochs: int
) -> Iterator[int]:
    """Train on word vectors and classes; yields after each epoch, in eval mode."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    # Small corpora need steps, large ones need few of them.
    size = max(32, min(512, len(y) // 64))
    for epoch in range(epochs):
        model.train()
        for batch in torch.randperm(len(y)).split(size):
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
            loss.backward()
            optimiser.step()
        model.eval()
        yield epoch


def _classes(
    example: Example, spans: list[tuple[int, int]], index: dict[str, int]
) -> np.ndarray:
    out = np.zeros(len(spans), dtype=np.int64)
    for entity in example.entities:
        for k, (start, end) in enumerate(spans):
            if start < entity.end and end > entity.start:
                out[k] = index.get(entity.label, 0)
    return out


def _cross_fit(
    features: np.ndarray,
    target: np.ndarray,
    fold: np.ndarray,
    folds: int,
    epochs: int,
    classes: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    torch.manual_seed(seed)
    x, y = torch.from_numpy(features), torch.from_numpy(target)
    x = (x - x.mean(0)) / (x.std(0) + 1e-6)
    probabilities = torch.zeros(len(y), classes)
    margins = torch.zeros(len(y))
    for k in range(folds):
        train = torch.from_numpy(np.flatnonzero(fold != k))
        test = torch.from_numpy(np.flatnonzero(fold == k))
        model = build_model(x.shape[1], classes)
        for _ in train_epochs(model, x[train], y[train], epochs):
            with torch.no_grad():
                logs = model(x[train]).log_softmax(1)
            own = logs.gather(1, y[train, None])[:, 0]
            logs.scatter_(1, y[train, None], -torch.inf)
            margins[train] += (own - logs.max(1).values) / (epochs * (folds - 1))
        with torch.no_grad():
            probabilities[test] = model(x[test]).softmax(1)
    return probabilities.numpy(), margins.numpy()
