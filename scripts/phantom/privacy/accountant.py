"""What mechanisms cost together: privacy loss distributions, with RDP beside them."""

import logging
import math
import warnings
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple

from phantom.privacy.mechanisms import DpSgd, Gaussian, Mechanism, Pure

# Losses are rounded up to multiples of it; a finer grid takes ten times as long and
# takes less than 0.01 off epsilon.
GRID = 1e-3
MISSING = "Accounting needs dp-accounting: pip install 'spacy-phantom[privacy]'"


class Cost(NamedTuple):
    """Epsilon of mechanisms together, at one delta, by two accountants and the sum.

    pld (float): By privacy loss distributions; this one counts.
    rdp (float): By Renyi divergences, as a check from elsewhere.
    total (float): What each costs alone at its share of delta, added up.
    """

    pld: float
    rdp: float
    total: float

    @property
    def epsilon(self) -> float:
        """The least of the three: each is a bound, whichever is smallest holds."""
        return min(self)


def compose(mechanisms: Sequence[Mechanism], delta: float) -> Cost:
    """Account for mechanisms run on the same data, each perhaps chosen by the last.

    Two data sets are neighbours if one has all of one unit's records more.

    delta (float): Above 0.
    RETURNS (Cost): 0 throughout without any.
    RAISES: ValueError if dp-accounting is not installed.
    """
    if not mechanisms:
        return Cost(0.0, 0.0, 0.0)
    try:
        from dp_accounting import rdp
    except ImportError:
        raise ValueError(MISSING) from None
    # It warns of each order that it leaves out of the minimum, which is sound.
    logging.getLogger("absl").setLevel(logging.ERROR)
    counts = Counter(mechanisms)
    losses: Any = None
    renyi = rdp.RdpAccountant()
    total = 0.0
    for mechanism, count in counts.items():
        loss = _losses(mechanism)
        several = loss.self_compose(count) if count > 1 else loss
        losses = several if losses is None else losses.compose(several)
        renyi.compose(_event(mechanism), count)
        if isinstance(mechanism, Pure):
            total += count * mechanism.epsilon
        else:
            share = delta / len(mechanisms)
            total += count * loss.get_epsilon_for_delta(share)
    return Cost(
        float(losses.get_epsilon_for_delta(delta)),
        float(renyi.get_epsilon(delta)),
        total,
    )


class Beside(NamedTuple):
    """The same by Opacus, beside it and never counted.

    rdp (float): By Renyi divergences.
    prv (float): By privacy random variables (Gopi et al. 2021, arXiv:2106.02848), the
        upper bound; noisy counts, which it does not know, are added to it.
    """

    rdp: float
    prv: float


def compare_with_opacus(mechanisms: Sequence[Mechanism], delta: float) -> Beside:
    """Account for the same mechanisms by another library.

    RAISES: ValueError if Opacus is not installed.
    """
    if not mechanisms:
        return Beside(0.0, 0.0)
    try:
        from opacus.accountants import PRVAccountant, RDPAccountant
        from opacus.accountants.analysis.rdp import compute_rdp, get_privacy_spent
    except ImportError:
        raise ValueError(MISSING) from None
    orders = RDPAccountant.DEFAULT_ALPHAS
    pure = [x.epsilon for x in mechanisms if isinstance(x, Pure)]
    # Bun and Steinke 2016, proposition 1.4, as in `_event`.
    renyi = [order * sum(x**2 for x in pure) / 2 for order in orders]
    history = []
    for mechanism in mechanisms:
        if isinstance(mechanism, Pure):
            continue
        rate, steps = 1.0, 1
        if isinstance(mechanism, DpSgd):
            rate, steps = mechanism.rate, mechanism.steps
        history.append((mechanism.noise, rate, steps))
        noise = mechanism.noise
        more = compute_rdp(q=rate, noise_multiplier=noise, steps=steps, orders=orders)
        renyi = [a + float(b) for a, b in zip(renyi, more, strict=True)]
    prv = 0.0
    if history:
        accountant = PRVAccountant()
        accountant.history = history
        prv = float(accountant.get_epsilon(delta))
    with warnings.catch_warnings():
        # That the best order is the last one, as it is where little noise was added.
        warnings.simplefilter("ignore", UserWarning)
        rdp, _ = get_privacy_spent(orders=orders, rdp=renyi, delta=delta)
    return Beside(float(rdp), prv + sum(pure))


def noise_for(epsilon: float, delta: float, rate: float, steps: int) -> float:
    """The least noise with which DP-SGD stays within epsilon, to two per cent.

    RAISES: ValueError if even a thousand times the clipping norm is not enough, or if
        dp-accounting is not installed.
    """
    if find_spec("dp_accounting") is None:
        raise ValueError(MISSING)
    low, high = 0.3, 1000.0

    def cost(noise: float) -> float:
        losses = _losses(DpSgd(noise=noise, rate=rate, steps=steps))
        return float(losses.get_epsilon_for_delta(delta))

    if cost(high) > epsilon:
        raise ValueError(
            f"no noise keeps {steps:,} steps within epsilon {epsilon:g}; take fewer "
            "steps or a smaller batch"
        )
    while high / low > 1.02:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if cost(middle) > epsilon else (low, middle)
    return high


def plan_dp_sgd(epsilon: float, delta: float, rate: float, steps: int) -> DpSgd:
    """DP-SGD with the least noise that keeps it within epsilon; see `noise_for`."""
    noise = noise_for(epsilon, delta, rate, steps)
    return DpSgd(noise=noise, rate=rate, steps=steps)


def _losses(mechanism: Mechanism) -> Any:
    """The distribution of privacy losses that dominates a mechanism's."""
    from dp_accounting.pld import common
    from dp_accounting.pld import privacy_loss_distribution as pld

    if isinstance(mechanism, Pure):
        parameters = common.DifferentialPrivacyParameters(mechanism.epsilon, 0)
        return pld.from_privacy_parameters(
            parameters, value_discretization_interval=GRID
        )
    rate = mechanism.rate if isinstance(mechanism, DpSgd) else 1.0
    loss = pld.from_gaussian_mechanism(
        mechanism.noise, value_discretization_interval=GRID, sampling_prob=rate
    )
    return loss.self_compose(mechanism.steps) if isinstance(mechanism, DpSgd) else loss


def _event(mechanism: Mechanism) -> Any:
    import dp_accounting as dp

    if isinstance(mechanism, Pure):
        # Bun and Steinke 2016, proposition 1.4: pure epsilon is epsilon^2/2-zCDP.
        return dp.ZCDpEvent(mechanism.epsilon**2 / 2)
    gaussian = dp.GaussianDpEvent(mechanism.noise)
    if isinstance(mechanism, Gaussian):
        return gaussian
    sampled = dp.PoissonSampledDpEvent(mechanism.rate, gaussian)
    return dp.SelfComposedDpEvent(sampled, mechanism.steps)
