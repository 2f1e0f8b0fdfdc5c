"""What examples are worth: means over seeds, the exchange, the page."""

from pathlib import Path

import pytest

from phantom.reports.worth import (
    Mean,
    average,
    draw,
    exchange,
    summarize,
    write_pictures,
)
from phantom.training.points import Point
from phantom.training.scoring import Scores


def point(synthetic: int, gold: int, seed: int, f: float) -> Point:
    scores = Scores(ents_f=f)
    return Point(
        synthetic=synthetic, gold=gold, seed=seed, scores=scores, recipe="r & s"
    )


def test_intervals_are_students_over_the_seeds() -> None:
    """0.5, 0.6, 0.7: sd 0.1, half an interval 4.303 x 0.1 / sqrt(3)."""
    means = average(
        [point(9, 0, s, f) for s, f in enumerate((0.5, 0.6, 0.7))], "ents_f"
    )
    (mean,) = means
    assert mean.mean == pytest.approx(0.6) and mean.sd == pytest.approx(0.1)
    assert mean.low == pytest.approx(0.6 - 0.24843, abs=1e-4)
    (single,) = average([point(9, 0, 0, 0.5)], "ents_f")
    assert single.low is None and single.seeds == 1
    assert average([point(9, 0, 0, 0.5)], "rel_micro_f") == []


def line(alone: float, *gold: tuple[int, float]) -> list[Mean]:
    means = [Mean(synthetic=1000, gold=0, seeds=1, mean=alone)]
    return means + [Mean(synthetic=0, gold=k, seeds=1, mean=f) for k, f in gold]


@pytest.mark.parametrize(
    ("alone", "gold", "said"),
    [
        # Half way in F1 is half way in the logarithm of the number.
        (0.5, [(10, 0.4), (1000, 0.6)], "worth about 100 gold"),
        (0.6, [(10, 0.4), (1000, 0.6)], "worth about 1,000 gold"),
        (0.7, [(10, 0.4), (1000, 0.6)], "worth more than 1,000 gold"),
        (0.3, [(10, 0.4), (1000, 0.6)], "worth fewer than 10 gold"),
        (0.5, [(10, 0.4), (100, 0.4), (1000, 0.6)], "worth about 316 gold"),
    ],
)
def test_passages_are_told_in_gold_sentences(
    alone: float, gold: list[tuple[int, float]], said: str
) -> None:
    assert said in exchange(line(alone, *gold), 1000)
    assert f"(F1 {100 * alone:.1f})" in exchange(line(alone, *gold), 1000)


def test_nothing_is_said_without_the_points_for_it() -> None:
    assert exchange(line(0.5), 1000) == ""
    assert exchange(line(0.5, (10, 0.4)), 2000) == ""


@pytest.mark.slow
def test_curves_have_the_sizes_that_were_measured() -> None:
    """Of finished pipelines alone there is nothing to draw over synthetic sizes."""
    started = [
        point(0, k, 0, f + k / 1000).model_copy(update={"on": on})
        for on, f in (("plain", 0.5), ("prepared", 0.6))
        for k in (0, 5, 50)
    ]
    (axes,) = draw(summarize(started)).axes
    assert [x.get_text() for x in axes.get_xticklabels()] == ["5", "50"]
    names = [x.get_text() for x in axes.get_legend().get_texts()]
    assert names == ["on top of plain", "on top of prepared"]
    left, right = draw(summarize([*started, point(5000, 0, 0, 0.4)])).axes
    assert [x.get_text() for x in left.get_xticklabels()] == ["5,000"]
    assert len(right.get_legend().get_texts()) == 2


def test_the_page_holds_picture_and_figures(tmp_path: Path) -> None:
    points = [point(1000, 0, s, 0.5) for s in (0, 1)]
    points += [point(0, k, s, f) for s in (0, 1) for k, f in ((10, 0.4), (1000, 0.6))]
    points += [point(1000, 10, 0, 0.65)]
    worth = summarize(points)
    assert [x.task for x in worth] == ["entities"]
    write_pictures(worth, tmp_path / "curve", "Scored on <dev>")
    page = (tmp_path / "curve.html").read_text(encoding="utf-8")
    assert "<svg" in page and "Scored on &lt;dev&gt;" in page
    assert "worth about 100 gold sentences" in page and "<td>65.0" in page
    assert 'src="' not in page and (tmp_path / "curve.png").stat().st_size > 5000
