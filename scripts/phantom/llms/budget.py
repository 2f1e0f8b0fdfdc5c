"""What requests cost, and a hard stop that counts those in flight."""

import re
from dataclasses import dataclass, field

from phantom.records import Usage

_BUDGET = re.compile(r"\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*$")


@dataclass(frozen=True)
class Price:
    """Price per million tokens. cached (Optional[float]): as input where None."""

    input: float = 0.0
    output: float = 0.0
    cached: float | None = None
    currency: str = "USD"

    def cost(self, usage: Usage) -> float:
        """Price of one request, or of many together."""
        cached = self.input if self.cached is None else self.cached
        fresh = usage.input_tokens - usage.cached_tokens
        return (
            fresh * self.input
            + usage.cached_tokens * cached
            + usage.output_tokens * self.output
        ) / 1e6

    @property
    def known(self) -> bool:
        """Whether there is a price at all."""
        return bool(self.input or self.output)


@dataclass
class Budget:
    """Admits requests while what is spent and in flight stays within the limit.

    price (Price): What tokens cost.
    limit (Optional[float]): In currency or tokens; None for no limit.
    tokens (bool): Whether the limit is in tokens.
    spent (Usage): Of the journal so far and of requests that came back.
    unconfirmed (float): Part of the limit that requests without an answer may have
        used, such as those that timed out; counts as spent.
    """

    price: Price = Price()
    limit: float | None = None
    tokens: bool = False
    spent: Usage = Usage()
    unconfirmed: float = 0.0
    reserved: float = 0.0
    in_flight: int = 0
    _held: dict[int, float] = field(default_factory=dict)
    _count: int = 0

    def measure(self, usage: Usage) -> float:
        """A usage in the unit of the limit."""
        if self.tokens:
            return float(usage.input_tokens + usage.output_tokens)
        return self.price.cost(usage)

    @property
    def used(self) -> float:
        """What counts against the limit, without what is in flight."""
        return self.measure(self.spent) + self.unconfirmed

    def admit(self, most: Usage) -> int | None:
        """Reserve for a request.

        most (Usage): The most that it can use.
        RETURNS (Optional[int]): A ticket for `settle`; None if it must wait for
            others to come back, or for good if none is in flight.
        """
        amount = self.measure(most)
        if self.limit is not None:
            if self.used >= self.limit:
                return None
            # Alone, a request may overshoot by itself: that is the one allowed.
            if self.in_flight and self.used + self.reserved + amount > self.limit:
                return None
        return self.reserve(most)

    def reserve(self, most: Usage) -> int:
        """Reserve for a request that is out already. RETURNS (int): As `admit`."""
        amount = self.measure(most)
        self._count += 1
        self._held[self._count] = amount
        self.reserved += amount
        self.in_flight += 1
        return self._count

    def settle(self, ticket: int, usage: Usage | None, billed: bool = True) -> None:
        """Replace a reservation by what was used.

        usage (Optional[Usage]): None if unknown: then the reservation counts as
            used if the request may be billed.
        """
        amount = self._held.pop(ticket)
        self.reserved -= amount
        self.in_flight -= 1
        if usage is not None:
            self.spent += usage
        elif billed:
            self.unconfirmed += amount


def parse_budget(text: str, price: Price) -> tuple[float, bool]:
    """Read "5", "5 USD" or "200000 tokens".

    RETURNS (Tuple[float, bool]): The limit, and whether it is in tokens.
    RAISES: ValueError if it is none of these, or there is no price to count by.
    """
    match = _BUDGET.match(text)
    unit = match.group(2).lower() if match else ""
    if not match or unit not in ("", "tokens", "token", price.currency.lower()):
        raise ValueError(
            f"--budget {text!r}: give an amount, such as '5' or '5 {price.currency}', "
            "or '200000 tokens'."
        )
    amount = float(re.sub("[_,]", "", match.group(1)))
    if unit.startswith("token"):
        return amount, True
    if not price.known:
        raise ValueError(
            f"--budget {text!r}: the back-end's config has no price to count by. Set "
            "price_input and price_output there, or give the budget in tokens."
        )
    return amount, False
