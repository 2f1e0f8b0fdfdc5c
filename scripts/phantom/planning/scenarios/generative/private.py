"""Rows made by a VAE that was trained with differential privacy."""

from collections.abc import Sequence

from pydantic import Field

from phantom.planning.scenarios.generative.columns import Columns
from phantom.planning.scenarios.generative.declared import (
    DeclaredEncoder,
    DeclaredTable,
)
from phantom.privacy.accountant import plan_dp_sgd
from phantom.privacy.counts import WHOLE, add_noise
from phantom.privacy.mechanisms import DpSgd, Mechanism, Pure
from phantom.records import Record

# Of epsilon, for how often each value of the condition is there.
_FOR_COUNTS = 0.1


class PrivateVae(Record):
    """How a VAE is built and trained privately.

    steps (int): Batches. share (float): Of the units, in a batch.
    hidden, latent (int): Widths: fewer weights take less noise.
    rate, clip (float): Of learning, and the norm of a unit's gradient at most.
    """

    steps: int = Field(default=400, ge=1)
    share: float = Field(default=0.1, gt=0, le=1)
    hidden: int = Field(default=64, ge=1)
    latent: int = Field(default=6, ge=1)
    rate: float = Field(default=4e-3, gt=0)
    clip: float = Field(default=0.5, gt=0)


def plan_mechanisms(
    declared: DeclaredTable, epsilon: float, delta: float, settings: PrivateVae
) -> list[Mechanism]:
    """What will read the rows: training, before it counts where there is a condition.

    epsilon (float): Of both together, at most.
    """
    counts = _FOR_COUNTS * epsilon if declared.condition else 0.0
    left = epsilon - counts
    training = plan_dp_sgd(left, delta, settings.share, settings.steps)
    return [*([Pure(epsilon=counts)] if counts else []), training]


def make_private_rows(
    table: Columns,
    declared: DeclaredTable,
    mechanisms: Sequence[Mechanism],
    settings: PrivateVae,
    rows: int,
    seed: int,
) -> Columns:
    """Train on a table of one row for each unit, and draw from the model.

    mechanisms (Sequence[Mechanism]): As planned, and drawn from the ledger.
    seed (int): Of first weights and draws; noise has none.
    """
    import torch
    from torch import nn

    from phantom.planning.scenarios.generative.vae import TableVAE
    from phantom.privacy.dp_sgd import Descent, train_privately

    class Losses(nn.Module):
        """The loss as what is called, which is what Opacus listens to."""

        def __init__(self, vae: TableVAE) -> None:
            super().__init__()
            self.vae = vae

        def forward(self, batch: torch.Tensor) -> torch.Tensor:
            return self.vae.loss(batch)

    encoder = DeclaredEncoder(declared)
    condition = next(
        (x for x in encoder.blocks if x.column == declared.condition), None
    )
    matrix = torch.from_numpy(encoder.encode(table))
    shares: list[float] = []
    for mechanism in mechanisms:
        if isinstance(mechanism, Pure) and condition:
            seen = matrix[:, condition.start : condition.stop].sum(dim=0)
            counts = [round(float(x)) * WHOLE for x in seen]
            noisy = add_noise(counts, mechanism.epsilon)
            shares = [max(float(count), 1.0) for count in noisy]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        vae = TableVAE(encoder, settings.hidden, settings.latent, condition)
        descent = Descent(rate=settings.rate, clip=settings.clip)
        for mechanism in mechanisms:
            if isinstance(mechanism, DpSgd):
                train_privately(
                    *(Losses(vae), lambda chosen: (matrix[chosen],), len(matrix)),
                    *(mechanism, descent),
                )
        return encoder.decode(vae.sample(rows, shares))
