"""Mechanisms that read private data, as the accountant and the ledger know them."""

from typing import Annotated

from pydantic import Field

from phantom.records import Record

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Pure(Record):
    """Any mechanism of which nothing but its epsilon is known, such as noisy counts.

    Discrete Laplace noise belongs here: its losses are those of randomized response,
    which are worse than those of continuous Laplace noise of the same epsilon.
    """

    epsilon: Positive


class Gaussian(Record):
    """Gaussian noise. noise (float): Standard deviation over the L2 sensitivity."""

    noise: Positive


class DpSgd(Record):
    """Training by DP-SGD with Poisson sampling.

    noise (float): Standard deviation over the norm that gradients are clipped to.
    rate (float): Probability that a unit is in a batch.
    steps (int): Batches, empty ones among them.
    """

    noise: Positive
    rate: Annotated[float, Field(gt=0, le=1)]
    steps: int = Field(ge=1)


# Told apart by their fields: each forbids those of the others.
Mechanism = Pure | Gaussian | DpSgd


def describe(mechanism: Mechanism) -> str:
    """A mechanism in words, for people."""
    if isinstance(mechanism, Pure):
        return f"noisy counts, epsilon {mechanism.epsilon:g}"
    if isinstance(mechanism, Gaussian):
        return f"Gaussian noise, {mechanism.noise:g} times the sensitivity"
    return (
        f"DP-SGD, {mechanism.steps:,} steps, sampling {mechanism.rate:.3g}, noise "
        f"{mechanism.noise:g}"
    )
