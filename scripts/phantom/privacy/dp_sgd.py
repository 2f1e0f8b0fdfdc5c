"""DP-SGD: training of which no unit moves more than its clipped gradient, by Opacus."""

import secrets
from collections.abc import Callable

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from phantom.privacy.mechanisms import DpSgd, Positive
from phantom.records import Record

MISSING = "Private training needs Opacus: pip install 'spacy-phantom[privacy]'"
# Gradients of so many units are in memory at once.
_AT_ONCE = 256
_WARM_UP = 20
# Takes places of units and gives what the module reads of them.
Gather = Callable[[torch.Tensor], tuple[torch.Tensor, ...]]


class Descent(Record):
    """What of a training costs no privacy.

    rate (float): Of learning, by Adam, after a warm-up; it falls to nothing.
    clip (float): Norm that the gradient of each unit is clipped to.
    """

    rate: Positive = 1e-2
    clip: Positive = 0.5


def secret_generator() -> torch.Generator:
    """A source of samples and noise that nobody can wind back.

    A seed that is written down would let anyone take the noise off again.
    """
    return torch.Generator().manual_seed(secrets.randbits(63))


def train_privately(
    module: nn.Module,
    gather: Gather,
    units: int,
    mechanism: DpSgd,
    descent: Descent,
    generator: torch.Generator | None = None,
) -> None:
    """Train a module in place by DP-SGD, as the mechanism says.

    Each step takes every unit with the same probability, whatever becomes of the
    others (Poisson sampling), clips what each would change, adds Gaussian noise to
    the sum and hands it to Adam. To Adam the scale of a sum is nothing, so the number
    of units, which is private too, has no part in it. What stays is the average of
    the weights over the last steps.

    module (Module): From what `gather` gives to losses, shape (units,); nothing in it
        may join the units of a batch.
    units (int): How many there are.
    generator (Optional[Generator]): Of samples and noise; None for a secret one.
    RAISES: ValueError if Opacus is not installed.
    Source: Abadi et al. 2016 (arXiv:1607.00133), algorithm 1.
    """
    try:
        from opacus.grad_sample import GradSampleModule
        from opacus.optimizers import DPOptimizer
        from opacus.utils.uniform_sampler import UniformWithReplacementSampler
    except ImportError:
        raise ValueError(MISSING) from None
    generator = generator or secret_generator()
    adam, schedule, average = _prepare(module, descent, mechanism.steps)
    whole = GradSampleModule(module, loss_reduction="sum")
    optimizer = DPOptimizer(
        adam,
        noise_multiplier=mechanism.noise,
        max_grad_norm=descent.clip,
        expected_batch_size=None,
        loss_reduction="sum",
        generator=generator,
        # Four draws for one, so that noise has no gaps (arXiv:2112.05307).
        secure_mode=True,
    )
    sampler = UniformWithReplacementSampler(
        num_samples=units,
        sample_rate=mechanism.rate,
        generator=generator,
        steps=mechanism.steps,
    )
    for chosen in sampler:
        parts = torch.tensor(chosen, dtype=torch.long).split(_AT_ONCE)
        for i, part in enumerate(parts):
            optimizer.signal_skip_step(do_skip=i < len(parts) - 1)
            whole(*gather(part)).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
        schedule.step()
        average.update_parameters(module)
    whole.to_standard_module()
    module.load_state_dict(average.module.state_dict())


def train_openly(
    module: nn.Module, gather: Gather, units: int, like: DpSgd, descent: Descent
) -> None:
    """The same steps, samples and averages, without clipping and noise."""
    adam, schedule, average = _prepare(module, descent, like.steps)
    for _ in range(like.steps):
        chosen = torch.nonzero(torch.rand(units) < like.rate)[:, 0]
        for part in chosen.split(_AT_ONCE):
            (module(*gather(part)).sum() / max(1, len(chosen))).backward()
        adam.step()
        adam.zero_grad()
        schedule.step()
        average.update_parameters(module)
    module.load_state_dict(average.module.state_dict())


def _prepare(
    module: nn.Module, descent: Descent, steps: int
) -> tuple[torch.optim.Adam, LambdaLR, AveragedModel]:
    learning = [x for x in module.parameters() if x.requires_grad]
    adam = torch.optim.Adam(learning, lr=descent.rate)

    def factor(step: int) -> float:
        return min((step + 1) / _WARM_UP, 1.0) * max(0.05, 1 - step / steps)

    average = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(0.95))
    return adam, LambdaLR(adam, factor), average
