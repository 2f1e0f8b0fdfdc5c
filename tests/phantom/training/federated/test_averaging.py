"""Averages of updates, by values worked out by hand; what has no part in them."""

import numpy
import pytest
import torch

from phantom.training.federated.averaging import (
    Noise,
    Refused,
    Sent,
    add,
    average,
    average_privately,
    check,
    find_outliers,
    norm,
)

BOTH = frozenset({"A", "B"})


def array(*values: float) -> numpy.ndarray:
    return numpy.asarray(values, dtype="float32")


def test_sites_weigh_as_much_as_they_have_examples() -> None:
    sent = {
        "one": Sent({"w": array(1, 2)}, 3, BOTH),
        "two": Sent({"w": array(5, -2)}, 1, BOTH),
    }
    # (3 * 1 + 1 * 5) / 4 and (3 * 2 - 1 * 2) / 4
    assert average(sent, {})["w"].tolist() == [2.0, 1.0]
    assert add({"w": array(10, 10)}, average(sent, {}))["w"].tolist() == [12.0, 11.0]


def test_outputs_of_a_label_are_averaged_over_the_sites_that_mark_it() -> None:
    rows = {"out": (0, ["", "A", "B"]), "deep": (1, ["A", "B"])}
    sent = {
        "one": Sent({"out": array(1, 1, 1), "deep": array(2, 2)[None]}, 1, BOTH),
        "two": Sent(
            {"out": array(3, 5, -9), "deep": array(4, -9)[None]}, 3, frozenset({"A"})
        ),
    }
    means = average(sent, rows)
    # Outputs "" and A over both, 1 and 3 examples; B is that of the first alone.
    assert means["out"].tolist() == [2.5, 4.0, 1.0]
    assert means["deep"].tolist() == [[3.5, 2.0]]


def test_outputs_of_a_label_that_no_sender_marks_stay() -> None:
    sent = {"one": Sent({"out": array(1, 7)}, 1, frozenset({"A"}))}
    assert average(sent, {"out": (0, ["A", "B"])})["out"].tolist() == [1.0, 0.0]


def test_the_order_of_answers_does_not_matter() -> None:
    rng = numpy.random.default_rng(0)
    sent = {
        f"s{i}": Sent({"w": rng.normal(size=50).astype("f")}, i + 1, BOTH)
        for i in range(5)
    }
    first = average(sent, {})["w"]
    backwards = average(dict(reversed(sent.items())), {})["w"]
    assert first.tobytes() == backwards.tobytes()


@pytest.mark.parametrize(
    ("update", "why"),
    [
        ({"w": array(1, numpy.nan)}, "not a number"),
        ({"w": array(numpy.inf, 1)}, "not a number, or infinite"),
        ({"w": array(1, 2, 3)}, r"shape \(3,\), \(2,\) expected"),
        ({}, "other arrays"),
        ({"w": array(1, 2), "more": array(1)}, "'more'"),
    ],
)
def test_what_does_not_fit_is_refused(update: dict, why: str) -> None:
    with pytest.raises(Refused, match=why):
        check(update, {"w": array(0, 0)})


def test_the_norm_is_over_all_arrays() -> None:
    assert check({"a": array(3), "b": array(0, 4)}, {"a": array(0), "b": array(0, 0)})
    assert norm({"a": array(3), "b": array(0, 4)}) == 5.0


def test_an_update_far_longer_than_the_others_is_an_outlier() -> None:
    assert set(find_outliers({"a": 1.0, "b": 1.2, "c": 30.0}, 5)) == {"c"}
    assert find_outliers({"a": 1.0, "b": 1.2, "c": 4.0}, 5) == {}
    # Of two, nobody can tell which is the odd one.
    assert find_outliers({"a": 1.0, "b": 30.0}, 5) == {}


def test_clipping_cuts_each_update_and_divides_by_the_roster() -> None:
    sent = {
        "one": Sent({"w": array(3, 4)}, 100, BOTH),
        "two": Sent({"w": array(0, 0.5)}, 1, BOTH),
    }
    roster = {"one": BOTH, "two": BOTH, "away": BOTH}
    found = average_privately(sent, roster, {}, Noise(1.0, 0.0))
    # (0.6, 0.8) + (0, 0.5), by three sites; the number of examples has no part in it.
    assert found["w"] == pytest.approx([0.2, 1.3 / 3])


def test_a_site_more_moves_the_sum_by_no_more_than_the_clip() -> None:
    rows = {"w": (0, ["A", "B"])}
    roster = {"one": BOTH, "two": frozenset({"A"})}
    sent = {"one": Sent({"w": array(1, 1)}, 1, BOTH)}
    more = {**sent, "two": Sent({"w": array(1e6, 1e6)}, 1, frozenset({"A"}))}
    less = average_privately(sent, roster, rows, Noise(0.5, 0.0))["w"]
    grown = average_privately(more, roster, rows, Noise(0.5, 0.0))["w"]
    # Two sites for A, one for B: in sums, A grows by the clip and B not at all.
    assert 2 * (grown - less)[0] == pytest.approx(0.5)
    assert grown[1] == less[1]


def test_the_noise_is_as_large_as_paid_for() -> None:
    zero = {"one": Sent({"w": numpy.zeros(20_000, dtype="f")}, 1, BOTH)}
    roster = {"one": BOTH, "two": BOTH}
    source = torch.Generator().manual_seed(1)
    found = average_privately(zero, roster, {}, Noise(2.0, 1.5), source)["w"]
    # Noise times clip on the sum, over two sites.
    assert found.std() == pytest.approx(1.5 * 2.0 / 2, rel=0.02)
    assert abs(found.mean()) < 0.03
