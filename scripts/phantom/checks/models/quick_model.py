"""A small network on frozen features, judged out of sample."""

from collections.abc import Iterator

import numpy as np
import torch

# Of 256 inputs, as many are left out.
DROPPED = 51


class InputDropout(torch.nn.Module):
    """Dropout of a fifth of the inputs, drawn by numpy in bytes.

    torch draws a float at a time: on 2,000 features a case, six times the matrix
    product that they go into.
    """

    def __init__(self) -> None:
        super().__init__()
        seed = int(torch.randint(2**31, ()))
        self.drawn = np.random.Generator(np.random.SFC64(seed))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        kept = self.drawn.integers(256, size=x.shape, dtype=np.uint8) >= DROPPED
        return x * torch.from_numpy(kept).mul(256 / (256 - DROPPED))


def build_model(width: int, classes: int) -> torch.nn.Module:
    """One hidden layer from features, shape (cases, width), to class scores."""
    return torch.nn.Sequential(
        InputDropout(),
        torch.nn.Linear(width, 128),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(128, classes),
    )


def train_epochs(
    model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, epochs: int
) -> Iterator[int]:
    """Train on features and classes; yields after each epoch, in eval mode."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=2e-3, weight_decay=1e-2, fused=True
    )
    # Small corpora need steps, large ones need few of them.
    size = max(32, min(512, len(y) // 64))
    for epoch in range(epochs):
        model.train()
        for batch in torch.randperm(len(y)).split(size):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
        model.eval()
        yield epoch


def cross_fit(
    features: np.ndarray,
    target: np.ndarray,
    fold: np.ndarray,
    classes: int,
    *,
    epochs: int,
    seed: int,
    margins: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Judge the cases of each fold by a model trained on the other folds.

    features (ndarray): shape (cases, width), float32.
    target (ndarray): The class of each case, shape (cases,).
    fold (ndarray): Which fold each case is in, shape (cases,).
    margins (bool): False spares a pass over the training folds after each epoch;
        all margins are 0.
    RETURNS (Tuple[ndarray, ndarray]): Probabilities, shape (cases, classes), and
        margins, shape (cases,): the given class's log-probability less the best
        other one's while it is trained on, a mean over epochs and folds.
    """
    torch.manual_seed(seed)
    x, y = torch.from_numpy(features), torch.from_numpy(target)
    x = ((x - x.mean(0)) / (x.std(0) + 1e-6)).clamp(-5, 5)
    probabilities = torch.zeros(len(y), classes)
    margin, times = torch.zeros(len(y)), torch.zeros(len(y))
    for k in np.unique(fold):
        train = torch.from_numpy(np.flatnonzero(fold != k))
        test = torch.from_numpy(np.flatnonzero(fold == k))
        model = build_model(x.shape[1], classes)
        x_train, y_train = x[train], y[train, None]
        for _ in train_epochs(model, x_train, y[train], epochs):
            if not margins:
                continue
            with torch.no_grad():
                logs = model(x_train).log_softmax(1)
            own = logs.gather(1, y_train)[:, 0]
            logs.scatter_(1, y_train, -torch.inf)
            margin[train] += own - logs.max(1).values
            times[train] += 1
        with torch.no_grad():
            probabilities[test] = model(x[test]).softmax(1)
    return probabilities.numpy(), (margin / times.clamp(min=1)).numpy()
