"""A variational autoencoder for tables (Kingma and Welling 2014, arXiv:1312.6114)."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from phantom.planning.scenarios.generative.encoding import Block, TableEncoder

# Takes the model and its matrix, and trains it.
Training = Callable[["TableVAE", torch.Tensor], None]


class TableVAE(nn.Module):
    """Encoder and decoder of two layers; nothing in it joins the rows of a batch.

    Numbers are normal around what the decoder says, with a spread of their own;
    categories are drawn from the decoder's weights.

    encoder (TableEncoder): Of the table. hidden, latent (int): Widths.
    condition (Optional[Block]): A category that the decoder is told.
    """

    def __init__(
        self,
        encoder: TableEncoder,
        hidden: int,
        latent: int,
        condition: Block | None = None,
    ) -> None:
        super().__init__()
        self.blocks: list[Block] = encoder.blocks
        self.condition = condition
        numbers = sum(block.kind == "number" for block in self.blocks)
        self.latent = latent
        told = len(condition.values) if condition else 0
        self.reads = make_layers(encoder.width, hidden, 2 * latent)
        self.writes = make_layers(latent + told, hidden, encoder.width)
        self.spreads = Spreads(numbers)

    def loss(self, batch: torch.Tensor) -> torch.Tensor:
        """The negative evidence bound of each row, which gradients per row start from.

        batch (Tensor): Shape (rows, width).
        RETURNS (Tensor): Shape (rows,).
        """
        mean, log_var = self.reads(batch).chunk(2, dim=1)
        log_var = log_var.clamp(-8, 8)
        noise = torch.randn_like(mean)
        drawn = mean + noise * torch.exp(log_var / 2)
        if self.condition:
            told = batch[:, self.condition.start : self.condition.stop]
            drawn = torch.cat([drawn, told], dim=1)
        out = self.writes(drawn)
        divergence = (mean**2 + log_var.exp() - log_var - 1).sum(dim=1) / 2
        return divergence - self._log_likelihood(out, batch)

    @torch.no_grad()
    def sample(self, rows: int, shares: Sequence[float] = ()) -> Any:
        """Draw rows.

        shares (Sequence[float]): Of the values of the condition, where there is one.
        RETURNS (Array): Shape (rows, width), of numbers and one-hot categories.
        """
        drawn = torch.randn(rows, self.latent)
        told = torch.empty(rows, 0)
        if self.condition:
            values = torch.multinomial(torch.tensor(shares), rows, replacement=True)
            told = functional.one_hot(values, len(shares)).float()
        out = self.writes(torch.cat([drawn, told], dim=1))
        found = torch.zeros_like(out)
        spreads = self.spreads(torch.zeros(1, self.spreads.log.shape[0]))[0].exp()
        number = 0
        for block in self.blocks:
            part = out[:, block.start : block.stop]
            if block is self.condition:
                found[:, block.start : block.stop] = told
            elif block.kind == "number":
                noise = spreads[number] * torch.randn(rows)
                found[:, block.start] = part[:, 0] + noise
                number += 1
            else:
                drawn = torch.multinomial(part.softmax(dim=1), 1)
                found[:, block.start : block.stop].scatter_(1, drawn, 1.0)
        return found.numpy()

    def _log_likelihood(self, out: torch.Tensor, batch: torch.Tensor) -> torch.Tensor:
        total = torch.zeros(len(batch))
        spreads = self.spreads(torch.zeros(len(batch), self.spreads.log.shape[0]))
        number = 0
        for block in self.blocks:
            if block is self.condition:
                continue
            said = out[:, block.start : block.stop]
            true = batch[:, block.start : block.stop]
            if block.kind == "number":
                log_spread = spreads[:, number]
                error = ((true - said)[:, 0] / log_spread.exp()) ** 2
                total = total - error / 2 - log_spread - math.log(2 * math.pi) / 2
                number += 1
            else:
                total = total + (true * said.log_softmax(dim=1)).sum(dim=1)
        return total


class Spreads(nn.Module):
    """Logarithms of the spread of each number, for each row the same.

    A module of its own, so that a private training finds its gradient by row.
    """

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.log = nn.Parameter(torch.full((numbers,), -1.0))

    def forward(self, zeros: torch.Tensor) -> torch.Tensor:
        """zeros (Tensor): Shape (rows, numbers). RETURNS (Tensor): Likewise."""
        return zeros + self.log.clamp(-4, 1)


def train_vae(steps: int, batch: int, rate: float) -> Training:
    """How a VAE is trained; a private training takes its place.

    steps (int): Batches. batch (int): Rows of one. rate (float): Of Adam.
    """

    def train(model: TableVAE, matrix: torch.Tensor) -> None:
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        for rows in batches(len(matrix), batch, steps):
            optimizer.zero_grad()
            model.loss(matrix[rows]).mean().backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            schedule.step()

    return train


def batches(rows: int, size: int, steps: int) -> Iterator[torch.Tensor]:
    """Places of the rows of each batch; all rows come once before one comes again."""
    left = torch.empty(0, dtype=torch.long)
    for _ in range(steps):
        if len(left) < min(size, rows):
            left = torch.cat([left, torch.randperm(rows)])
        yield left[:size]
        left = left[size:]


def make_layers(start: int, hidden: int, end: int) -> nn.Sequential:
    """Two hidden layers, without anything that joins the rows of a batch."""
    return nn.Sequential(
        nn.Linear(start, hidden),
        nn.SiLU(),
        nn.Linear(hidden, hidden),
        nn.SiLU(),
        nn.Linear(hidden, end),
    )
