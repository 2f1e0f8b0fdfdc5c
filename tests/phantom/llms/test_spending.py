"""Whether a budget has room for another request."""

import pytest

from phantom.completions.ledger import Ledger
from phantom.llms.budget import Price
from phantom.llms.estimate import Forecast
from phantom.llms.spending import has_room
from phantom.records import Usage

# Ten requests of 100 tokens in and 100 out.
NEXT = Forecast(
    specs=10,
    requests=10,
    low=Usage(input_tokens=1000, output_tokens=1000),
    high=Usage(input_tokens=2000, output_tokens=2000),
    price=Price(1.0, 1.0, 1.0),
    learned=True,
    answered=10,
)


@pytest.mark.parametrize(
    ("budget", "room"),
    [("", True), ("700 tokens", True), ("699 tokens", False), ("0.0001 USD", False)],
)
def test_room_for_one_more(budget: str, room: bool) -> None:
    ledger = Ledger()
    ledger.spent = Usage(input_tokens=300, output_tokens=200)
    assert has_room(NEXT, ledger, budget) is room
