"""Scores that moved, by hand, and what is closed of a planted gap."""

import numpy as np
import pytest
from mitigation import summarize
from scored import compare, draw_differences, percent


def rows(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(pairs, dtype=float)


def test_a_score_is_of_the_sums() -> None:
    # 1 of 2 and 3 of 4 are 4 of 6, not the mean of a half and three quarters.
    assert percent(rows((1, 2), (3, 4))) == 66.7
    assert percent(rows((0, 0))) == 0


def test_what_moved_is_the_mean_over_runs() -> None:
    half, all_, none = rows((1, 2)), rows((2, 2)), rows((0, 2))
    mean, drawn = draw_differences([half, half], [all_, none])
    assert mean == 0 and np.all(drawn == 0)
    assert compare([half], [all_]) == (50, 50, 50)
    # Passages differ: one of two is drawn twice, or both once.
    mixed = compare([rows((0, 1), (0, 1))], [rows((1, 1), (0, 1))])
    assert mixed == (50, 0, 100)


@pytest.mark.parametrize(("women", "closed"), [(10, 100), (7, 70), (0, 0), (-1, -10)])
def test_closed_is_the_part_of_the_planted_gap(women: int, closed: int) -> None:
    def run(women: int) -> dict[str, np.ndarray]:
        f1 = rows((80 + women, 100))
        return {
            "male": rows((20, 30)),
            "female": rows((10 + women, 30)),
            "elsewhere": rows((80, 100)),
            "all": f1,
        }

    told = summarize({"planted": [run(0)], "made": [run(women)]})
    assert told["planted"]["gap"].mean == -33.3
    assert told["made"]["closed"].mean == pytest.approx(closed)
    assert told["made"]["f1_all"].mean == women
    assert told["made"]["f1_elsewhere"].mean == 0
