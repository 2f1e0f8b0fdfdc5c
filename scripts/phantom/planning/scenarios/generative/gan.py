"""A conditional GAN for tables: Wasserstein with gradient penalty, weights averaged.

Gulrajani et al. 2017 (arXiv:1704.00028); the condition as in Mirza and Osindero 2014
(arXiv:1411.1784); averages of the generator's weights as in Yazici et al. 2019
(arXiv:1806.04498).
"""

from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from phantom.planning.scenarios.generative.encoding import Block, TableEncoder
from phantom.planning.scenarios.generative.vae import batches, make_layers

_PENALTY = 10.0
# Steps of the critic for one of the generator.
_CRITIC = 5
# Of the generator's averaged weights, step by step.
_DECAY = 0.99
_WARMTH = 0.4


class TableGAN:
    """Generator and critic, both told the value of one category.

    condition (Optional[Block]): The category that rows are drawn by, as often as it is
        in the table; None for no condition.
    """

    def __init__(
        self, encoder: TableEncoder, hidden: int, latent: int, condition: Block | None
    ) -> None:
        self.blocks = encoder.blocks
        self.condition = condition
        self.latent = latent
        told = len(condition.values) if condition else 0
        self.generator = make_layers(latent + told, hidden, encoder.width)
        self.critic = nn.Sequential(
            nn.Linear(encoder.width + told, hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, 1),
        )
        self.wishes = torch.empty(0, told)

    def train(self, matrix: torch.Tensor, steps: int, batch: int, rate: float) -> None:
        """matrix (Tensor): Shape (rows, width). steps (int): Of the generator."""
        self.wishes = self._told(matrix)
        settings: dict[str, Any] = {"lr": rate, "betas": (0.5, 0.9)}
        makes = torch.optim.Adam(self.generator.parameters(), **settings)
        judges = torch.optim.Adam(self.critic.parameters(), **settings)
        smooth = AveragedModel(
            self.generator, multi_avg_fn=get_ema_multi_avg_fn(_DECAY)
        )
        for number, rows in enumerate(batches(len(matrix), batch, steps * _CRITIC)):
            real, told = matrix[rows], self.wishes[rows]
            made = self._make(told).detach()
            loss = self._judge(made, told).mean() - self._judge(real, told).mean()
            judges.zero_grad()
            (loss + _PENALTY * self._penalty(real, made, told)).backward()
            judges.step()
            if number % _CRITIC == _CRITIC - 1:
                makes.zero_grad()
                (-self._judge(self._make(told), told).mean()).backward()
                makes.step()
                smooth.update_parameters(self.generator)
        self.generator = smooth.module

    @torch.no_grad()
    def sample(self, rows: int) -> Any:
        """RETURNS (Array): Shape (rows, width)."""
        told = self.wishes[torch.randint(len(self.wishes), (rows,))]
        made = self._make(told)
        if self.condition:
            made[:, self.condition.start : self.condition.stop] = told
        return made.numpy()

    def _told(self, matrix: torch.Tensor) -> torch.Tensor:
        block = self.condition
        return matrix[:, block.start : block.stop] if block else matrix[:, :0]

    def _make(self, told: torch.Tensor) -> torch.Tensor:
        noise = torch.randn(len(told), self.latent)
        out = self.generator(torch.cat([noise, told], dim=1))
        parts = [
            out[:, b.start : b.stop]
            if b.kind == "number"
            else functional.gumbel_softmax(out[:, b.start : b.stop], tau=_WARMTH)
            for b in self.blocks
        ]
        return torch.cat(parts, dim=1)

    def _judge(self, rows: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        return self.critic(torch.cat([rows, told], dim=1))

    def _penalty(
        self, real: torch.Tensor, made: torch.Tensor, told: torch.Tensor
    ) -> torch.Tensor:
        share = torch.rand(len(real), 1)
        between = (share * real + (1 - share) * made).requires_grad_(True)
        verdict = self._judge(between, told).sum()
        (slope,) = torch.autograd.grad(verdict, between, create_graph=True)
        return ((slope.norm(dim=1) - 1) ** 2).mean()
