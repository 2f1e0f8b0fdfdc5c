"""DP-SGD: what a step releases, what one unit moves of it, and that it learns."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from tests.builders.telling import told_apart
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from phantom.privacy import dp_sgd
from phantom.privacy.accountant import compose
from phantom.privacy.dp_sgd import Descent, train_openly, train_privately
from phantom.privacy.mechanisms import DpSgd

pytest.importorskip("opacus")
pytestmark = pytest.mark.filterwarnings("ignore:Full backward hook")
RUNS = 1000
CLIP = 2.0


class Pull(nn.Module):
    """One weight; the gradient of a unit is its value, whatever the weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Linear(1, 1, bias=False)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return self.weight(values)[:, 0]


@contextmanager
def released() -> Iterator[list[float]]:
    """The gradients that Adam is handed: all that anyone sees of the units."""
    seen: list[float] = []

    def keep(optimizer: torch.optim.Optimizer, *_: object) -> None:
        if isinstance(optimizer, torch.optim.Adam):
            (weight,) = optimizer.param_groups[0]["params"]
            seen.append(float(weight.grad))

    hook = register_optimizer_step_pre_hook(keep)
    yield seen
    hook.remove()


def release(values: list[float], plan: DpSgd, seed: int) -> np.ndarray:
    """What each step of a training releases, shape (steps,), in clipping norms."""
    data = torch.tensor(values)[:, None]
    generator = torch.Generator().manual_seed(seed)
    with released() as seen:
        train_privately(
            *(Pull(), lambda i: (data[i],), len(data), plan),
            *(Descent(clip=CLIP), generator),
        )
    return np.array(seen) / CLIP


def test_no_unit_moves_more_than_its_clipped_gradient() -> None:
    plan = DpSgd(noise=1e-6, rate=1.0, steps=2)
    assert release([0.5, 0.5], plan, 0) == pytest.approx([0.5, 0.5], abs=1e-4)
    # 1000 is clipped to the norm, which is 1 here; 0.5 is a quarter of it.
    assert release([0.5, 1000.0], plan, 0) == pytest.approx([1.25, 1.25], abs=1e-4)


@pytest.mark.slow
def test_noise_and_sampling_are_those_of_the_mechanism() -> None:
    seen = release([0.0] * 3, DpSgd(noise=1.5, rate=0.5, steps=400), 1)
    assert seen.std() == pytest.approx(1.5, rel=0.12)
    assert abs(seen.mean()) < 0.3
    # Each unit comes or not whatever the others do, and some batches are empty.
    sums = release([9.0] * 3, DpSgd(noise=1e-6, rate=0.5, steps=400), 2).round()
    shares = np.bincount(sums.astype(int), minlength=4) / 400
    assert shares == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8], abs=0.08)


@pytest.mark.slow
def test_a_unit_can_not_be_told_from_its_absence_better_than_claimed() -> None:
    """1,000 releases of one step with the unit, and 1,000 without it."""
    plan = DpSgd(noise=0.8, rate=0.5, steps=RUNS)
    claimed = compose([plan.model_copy(update={"steps": 1})], 0.01).epsilon
    others = [0.3, -0.2, 0.1]
    without, with_it = release(others, plan, 3), release([*others, 50.0], plan, 4)
    proved = told_apart(without, with_it, 0.01)
    assert proved <= claimed
    assert proved > claimed / 4
    # Somebody whose six texts count as six units is told apart.
    six = release([*others, *[50.0] * 6], plan, 5)
    assert told_apart(without, six, 0.01) > claimed


def test_noise_can_not_be_wound_back_by_a_seed() -> None:
    found = []
    for _ in range(2):
        torch.manual_seed(0)
        module = Pull()
        nn.init.zeros_(module.weight.weight)
        data = torch.zeros(4, 1)
        plan = DpSgd(noise=1.0, rate=0.5, steps=5)
        train_privately(module, lambda i, d=data: (d[i],), 4, plan, Descent())
        found.append(module.weight.weight.item())
    assert found[0] != found[1]
    seeds = {dp_sgd.secret_generator().initial_seed() for _ in range(5)}
    assert len(seeds) == 5


def test_it_learns_nearly_as_well_as_without_noise() -> None:
    torch.manual_seed(0)
    data = torch.randn(1000, 5)
    truth = (data @ torch.randn(5) > 0).float()

    class Line(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(5, 1)

        def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            scores = self.layer(x)[:, 0]
            return nn.functional.binary_cross_entropy_with_logits(
                scores, y, reduction="none"
            )

    plan, descent = DpSgd(noise=1.0, rate=0.3, steps=80), Descent(rate=0.1, clip=1.0)
    right = []
    generator = torch.Generator().manual_seed(0)
    for train in (train_openly, train_privately):
        module = Line()
        more = [generator] if train is train_privately else []
        train(module, lambda i: (data[i], truth[i]), len(data), plan, descent, *more)
        with torch.no_grad():
            found = module.layer(data)[:, 0] > 0
        right.append(float((found == truth.bool()).float().mean()))
        assert not hasattr(module.layer.weight, "grad_sample")
    assert min(right) > 0.9 and right[1] > right[0] - 0.05
