"""The ledger: a hard stop before the data are read, and edits that show."""

import json
import multiprocessing
from pathlib import Path

import pytest

from phantom.privacy.ledger import (
    Budget,
    BudgetExhausted,
    LedgerBroken,
    PrivacyLedger,
)
from phantom.privacy.mechanisms import DpSgd, Pure

pytest.importorskip("dp_accounting")
BUDGET = Budget(unit="patient", key="patient", epsilon=1.0, delta=1e-6)


def filled(folder: Path, count: int = 3) -> PrivacyLedger:
    ledger = PrivacyLedger(folder / "privacy" / "ledger.jsonl", BUDGET)
    for i in range(count):
        ledger.draw(f"profile {i}", Pure(epsilon=0.2), [Path("notes.jsonl")])
    return ledger


def test_draws_add_up_and_bear_what_they_were(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 2)
    training = DpSgd(noise=6.0, rate=0.05, steps=20)
    ledger.draw("train", training, [Path("a"), Path("b")], [Path("model")])
    draws = ledger.draws()
    assert [draw.purpose for draw in draws] == ["profile 0", "profile 1", "train"]
    assert draws[2].mechanism == training
    assert draws[2].reads == ("a", "b") and draws[2].leaves == ("model",)
    assert draws[0].epsilon == pytest.approx(0.2, abs=1e-3)
    assert draws[1].epsilon == pytest.approx(0.4, abs=1e-3)
    assert 0.4 < draws[2].epsilon < 1.0
    assert ledger.cost().epsilon == pytest.approx(draws[2].epsilon, abs=1e-6)


def test_an_exhausted_budget_stops_and_writes_nothing(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 4)
    before = ledger.path.read_bytes()
    with pytest.raises(BudgetExhausted, match=r"from 0\.800 to 1\.\d+, over .* 1 for"):
        ledger.draw("more", Pure(epsilon=0.3), [Path("notes.jsonl")])
    assert ledger.path.read_bytes() == before
    # What fits still fits.
    ledger.draw("less", Pure(epsilon=0.19), [Path("notes.jsonl")])


@pytest.mark.parametrize("edit", ["figure", "gone", "swapped", "added", "budget"])
def test_an_edit_shows(tmp_path: Path, edit: str) -> None:
    ledger = filled(tmp_path)
    lines = ledger.path.read_text().splitlines(keepends=True)
    if edit == "figure":
        lines[1] = lines[1].replace('"epsilon":0.2', '"epsilon":0.1', 1)
    elif edit == "gone":
        del lines[1]
    elif edit == "swapped":
        lines[0], lines[1] = lines[1], lines[0]
    elif edit == "added":
        lines.append(lines[-1])
    else:
        line = json.loads(lines[0])
        line["budget"]["epsilon"] = 50
        lines[0] = json.dumps(line) + "\n"
    ledger.path.write_text("".join(lines))
    with pytest.raises(LedgerBroken, match=r"ledger\.jsonl:\d"):
        ledger.draws()
    with pytest.raises(LedgerBroken):
        ledger.draw("next", Pure(epsilon=0.01), [])


def test_a_line_cut_off_is_told_and_not_written_after(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    with ledger.path.open("ab") as file:
        file.write(b'{"time":"2026')
    with pytest.raises(LedgerBroken, match="cut off"):
        ledger.draw("next", Pure(epsilon=0.01), [])


def test_a_text_is_no_unit_of_privacy() -> None:
    for unit in ("document", "Passage", "records"[:-1]):
        with pytest.raises(ValueError, match="protects one text"):
            Budget(unit=unit, key="id", epsilon=1.0, delta=1e-6)


def test_a_ledger_keeps_its_unit(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    clients = BUDGET.model_copy(update={"unit": "client"})
    with pytest.raises(ValueError, match="each patient, the budget speaks of each cl"):
        PrivacyLedger(ledger.path, clients).draw("x", Pure(epsilon=0.1), [])


def _draw(path: Path) -> None:
    for _ in range(3):
        PrivacyLedger(path, BUDGET).draw("beside", Pure(epsilon=0.1), [])


def test_processes_side_by_side_never_overdraw(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_draw, args=(path,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ledger = PrivacyLedger(path, BUDGET)
    # Twelve were asked for, the budget has room for ten.
    assert 9 <= len(ledger.draws()) <= 10
    assert ledger.cost().epsilon <= 1.0
    assert any(worker.exitcode for worker in workers)
