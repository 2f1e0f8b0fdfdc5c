"""What a journal has cost against a budget, after a run."""

from phantom.completions.ledger import Ledger
from phantom.llms.budget import Budget, parse_budget
from phantom.llms.estimate import Forecast


def has_room(forecast: Forecast, ledger: Ledger, budget: str) -> bool:
    """Whether a budget has room for one more request of those forecast.

    ledger (Ledger): Of the journal, for what was spent.
    budget (str): As `parse_budget` reads it; "" is none.
    """
    if not budget:
        return True
    limit, tokens = parse_budget(budget, forecast.price)
    account = Budget(forecast.price, limit, tokens, spent=ledger.spent)
    next_one = account.measure(forecast.low) / max(1, forecast.requests)
    return account.used + next_one <= limit
