"""The picture of what was drawn when: shares by hand."""

from pathlib import Path

import pytest

from phantom.reports.drawn import Draws, count_draws, plot_draws, read_draws, to_shares


def test_shares_of_each_line_and_the_sum(tmp_path: Path) -> None:
    log = tmp_path / "drawn.jsonl"
    log.write_text(
        '{"words": 100, "drawn": {"synthetic": 3, "public": 1}}\n'
        '{"words": 210, "drawn": {"synthetic": 1, "public": 1}}\n'
    )
    draws = read_draws(log)
    assert to_shares(draws) == {"synthetic": [75.0, 50.0], "public": [25.0, 50.0]}
    assert count_draws(draws) == {"synthetic": 4, "public": 2}
    plot_draws(draws, tmp_path / "drawn.png")
    assert (tmp_path / "drawn.png").read_bytes().startswith(b"\x89PNG")


def test_lines_that_know_no_source_and_none_at_all(tmp_path: Path) -> None:
    assert to_shares([Draws(words=1, drawn={}), Draws(words=2, drawn={"a": 1})]) == {
        "a": [0.0, 100.0]
    }
    with pytest.raises(ValueError, match="nothing was drawn"):
        plot_draws([], tmp_path / "x.png")
