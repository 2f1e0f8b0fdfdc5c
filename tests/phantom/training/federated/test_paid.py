"""Noise of a federation is paid for once, and costs what dp-accounting says."""

from pathlib import Path

import pytest

from phantom.privacy.ledger import Budget, BudgetExhausted, PrivacyLedger
from phantom.training.federated.paid import pay

pld = pytest.importorskip("dp_accounting.pld.privacy_loss_distribution")
SITES = ("north", "south")


def ledger(folder: Path, unit: str = "site", epsilon: float = 8.0) -> PrivacyLedger:
    budget = Budget(unit=unit, key=unit, epsilon=epsilon, delta=1e-5)
    return PrivacyLedger(folder / "ledger.jsonl", budget)


@pytest.mark.slow
def test_all_rounds_cost_what_the_accountant_says(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    paid = pay(tmp_path, book, 4.0, 10, SITES, [tmp_path / "out"])
    assert (paid.rate, paid.steps) == (1.0, 10)
    loss = pld.from_gaussian_mechanism(paid.noise).self_compose(10)
    theirs = loss.get_epsilon_for_delta(1e-5)
    # A Gaussian ten times over is one of noise smaller by the root of ten.
    once = pld.from_gaussian_mechanism(paid.noise / 10**0.5)
    assert theirs == pytest.approx(once.get_epsilon_for_delta(1e-5), abs=5e-3)
    assert book.cost().epsilon == pytest.approx(theirs, abs=0.02)
    assert 3.8 < book.cost().epsilon <= 4.0
    (line,) = book.draws()
    assert line.purpose == "federation of north, south"
    assert line.reads == SITES


def test_a_federation_that_goes_on_has_paid(tmp_path: Path) -> None:
    book = ledger(tmp_path)
    first = pay(tmp_path, book, 4.0, 3, SITES, [])
    assert pay(tmp_path, book, 4.0, 3, SITES, []) == first
    assert len(book.draws()) == 1


def test_a_budget_for_patients_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="patient may have records at several sites"):
        pay(tmp_path, ledger(tmp_path, "patient"), 1.0, 3, SITES, [])


def test_an_exhausted_budget_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(BudgetExhausted, match="nothing was read"):
        pay(tmp_path, ledger(tmp_path, epsilon=1.0), 2.0, 3, SITES, [])
    assert not (tmp_path / "mechanism.json").exists()
