"""A budget is a hard stop: what was billed, may have been billed, or is not told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantom.completions.ledger import Ledger
from phantom.llms.budget import Budget, Price, parse_budget
from phantom.records import Completion, Usage


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), max_size=60),
    st.integers(1, 3_000),
    st.integers(1, 8),
)
def test_budget_is_passed_by_one_request_at_most(
    requests: list[tuple[int, int]], limit: int, flight: int
) -> None:
    """Requests reserve the most they can use; what they use may be less."""
    budget = Budget(Price(1e6, 1e6), limit=limit, tokens=False)
    flying: list[tuple[int, int]] = []
    last = 0
    for most, used in requests:
        used = min(most, used)
        ticket = budget.admit(Usage(input_tokens=most))
        while ticket is None and flying:
            back, amount = flying.pop(0)
            budget.settle(back, Usage(input_tokens=amount))
            ticket = budget.admit(Usage(input_tokens=most))
        if ticket is None:
            break
        last = max(last, used)
        flying.append((ticket, used))
        if len(flying) >= flight:
            back, amount = flying.pop(0)
            budget.settle(back, Usage(input_tokens=amount))
    for back, amount in flying:
        budget.settle(back, Usage(input_tokens=amount))
    assert budget.used < limit + max(last, 1)
    assert budget.in_flight == 0 and abs(budget.reserved) < 1e-6


def test_budget_counts_what_may_have_been_billed() -> None:
    budget = Budget(Price(1e6, 1e6), limit=100)
    ticket = budget.admit(Usage(input_tokens=60))
    assert ticket is not None
    budget.settle(ticket, None, billed=True)
    assert budget.used == 60
    ticket = budget.admit(Usage(input_tokens=30))
    assert ticket is not None
    budget.settle(ticket, None, billed=False)
    assert budget.used == 60


def test_budget_remembers_answers_whose_server_counts_nothing() -> None:
    ledger = Ledger()
    silent = Completion(
        spec_ids=("a",), completion="x" * 300, model="m", recorded="", estimate=50
    )
    ledger.add(silent, 0)
    assert (ledger.spent.input_tokens, ledger.spent.output_tokens) == (50, 100)
    assert not ledger.counted_input and not ledger.estimated_input


def test_budget_text() -> None:
    price = Price(1, 2, currency="EUR")
    assert parse_budget("5", price) == (5, False)
    assert parse_budget("1,200.50 eur", price) == (1200.5, False)
    assert parse_budget("200_000 tokens", price) == (200_000, True)
    for text, why in [("5 USD", "EUR"), ("lots", "amount"), ("-5", "amount")]:
        with pytest.raises(ValueError, match=why):
            parse_budget(text, price)
    with pytest.raises(ValueError, match="no price"):
        parse_budget("5", Price())


def test_price() -> None:
    usage = Usage(input_tokens=1_000_000, cached_tokens=400_000, output_tokens=500_000)
    assert Price(1.0, 4.0, 0.25).cost(usage) == pytest.approx(0.6 + 0.1 + 2.0)
    assert Price(1.0, 4.0).cost(usage) == pytest.approx(3.0)
