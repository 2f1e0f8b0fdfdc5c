"""The step privacy-report: what its page and JSON say, and what it refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import privacy_report
from console.step import make_app
from phantom.packs.pack import read_yaml
from phantom.privacy.ledger import Budget, LedgerBroken, PrivacyLedger
from phantom.privacy.mechanisms import DpSgd, Pure

pytest.importorskip("dp_accounting")
BUDGET = Path("configs/privacy.yml")


def report(folder: Path, *more: str) -> dict:
    arguments = [str(BUDGET), str(folder / "ledger.jsonl"), str(folder), *more]
    done = CliRunner().invoke(make_app(privacy_report.privacy_report), arguments)
    if done.exception:
        raise done.exception
    return json.loads((folder / "privacy-loss.json").read_text())


def test_it_names_what_was_read_how_and_what_left(tmp_path: Path) -> None:
    ledger = PrivacyLedger(tmp_path / "ledger.jsonl", read_yaml(BUDGET, Budget))
    left = tmp_path / "profile.json"
    left.write_text("{}")
    notes = Path("private") / "notes <b>.jsonl"
    ledger.draw("profile", Pure(epsilon=0.5), [notes], [left, tmp_path / "gone"])
    ledger.draw("train", DpSgd(noise=2.0, rate=0.05, steps=100), [notes])
    figures = report(tmp_path)
    assert figures["spent"]["epsilon"] == pytest.approx(ledger.cost().epsilon)
    assert figures["left"] == pytest.approx(3.0 - ledger.cost().epsilon)
    first, second = figures["draws"]
    assert first["alone"] == pytest.approx(0.5, abs=1e-3)
    assert first["reads"] == [str(notes)]
    assert first["there"] == [str(left)]
    assert second["mechanism"] == "DP-SGD, 100 steps, sampling 0.05, noise 2"
    assert second["spent"] > max(first["alone"], second["alone"])
    assert not figures["changed"]
    page = (tmp_path / "privacy-loss.html").read_text()
    assert "For each patient" in page and "notes &lt;b&gt;.jsonl" in page
    assert "(not there)" in page and figures["head"] in page
    assert "http" not in page.replace("http-equiv", "")


def test_hints_that_no_draw_covers_are_told(tmp_path: Path) -> None:
    hints = {"text": "More words", "size": 1.0, "about": "words"}
    told = {"public": False, "real_passages": 80, "hints": [hints, hints]}
    for number, public in enumerate((False, True), start=1):
        path = tmp_path / "corpus" / f"round-{number}" / "hints.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({**told, "public": public}))
    figures = report(tmp_path, "--corpus", str(tmp_path / "corpus"))
    (left,) = figures["undrawn"]
    assert (left["hints"], left["passages"]) == (2, 80)
    assert "round-1" in left["path"]
    page = (tmp_path / "privacy-loss.html").read_text()
    assert "without a draw" in page and left["path"] in page
    report(tmp_path)
    page = (tmp_path / "privacy-loss.html").read_text()
    assert "without a draw" not in page


def test_a_budget_that_was_raised_is_told(tmp_path: Path) -> None:
    small = read_yaml(BUDGET, Budget).model_copy(update={"epsilon": 1.0})
    ledger = PrivacyLedger(tmp_path / "ledger.jsonl", small)
    ledger.draw("profile", Pure(epsilon=0.5), [])
    assert report(tmp_path)["changed"]
    assert "was changed between draws" in (tmp_path / "privacy-loss.html").read_text()


def test_lines_cut_off_at_the_end_show_by_the_head(tmp_path: Path) -> None:
    ledger = PrivacyLedger(tmp_path / "ledger.jsonl", read_yaml(BUDGET, Budget))
    ledger.draw("profile", Pure(epsilon=0.5), [])
    head = ledger.draw("profile", Pure(epsilon=0.5), []).digest
    assert report(tmp_path, "--head", head)["head"] == head
    lines = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text(lines[0])
    with pytest.raises(LedgerBroken, match="are gone"):
        report(tmp_path, "--head", head)


def test_without_a_draw_nothing_was_read(tmp_path: Path) -> None:
    assert report(tmp_path)["draws"] == []
    assert "Nothing was read" in (tmp_path / "privacy-loss.html").read_text()
