import numpy as np
import pytest

from phantom.evaluation.metrics import (
    Bootstrap,
    class_metrics,
    count_metrics,
    count_sets,
    score_classes,
    score_counts,
    share_interval,
)


def test_counts_to_scores_by_hand() -> None:
    # P 6/8, R 6/10, F 12/18, MCC (6*4 - 2*4) / sqrt(8*10*6*8)
    scores = count_metrics(np.array([6, 2, 4, 4]))
    assert scores["p"] == pytest.approx(0.75)
    assert scores["r"] == pytest.approx(0.6)
    assert scores["f"] == pytest.approx(2 / 3)
    assert scores["mcc"] == pytest.approx(16 / np.sqrt(3840))


def test_nothing_gold_and_nothing_predicted_is_zero() -> None:
    assert all(value == 0 for value in count_metrics(np.zeros(4)).values())


def test_always_yes_has_no_correlation() -> None:
    scores = count_metrics(np.array([30, 70, 0, 0]))
    assert (scores["r"], scores["mcc"]) == (1, 0)


def test_class_metrics_by_hand() -> None:
    # Rows gold, columns predicted; class 0 is "none".
    table = np.array([[5, 1, 0], [2, 4, 1], [0, 1, 6]])
    scores = class_metrics(table, none=0)
    assert scores["p"] == pytest.approx(10 / 13)
    assert scores["r"] == pytest.approx(10 / 14)
    assert scores["f"] == pytest.approx(20 / 27)
    assert scores["accuracy"] == pytest.approx(15 / 20)
    # 15*20 - (6*7 + 7*6 + 7*7); sqrt((400-134)(400-134))
    assert scores["mcc"] == pytest.approx(167 / 266)


def test_two_classes_agree_with_the_binary_formula() -> None:
    table = np.array([[9, 3], [2, 6]])
    binary = count_metrics(np.array([6, 3, 2, 9]))
    classes = class_metrics(table, none=0)
    for name in ("p", "r", "f", "mcc"):
        assert classes[name] == pytest.approx(binary[name])


def test_sets_are_counted_per_record_and_label() -> None:
    gold = [{(0, "A", 3), (4, "B", 9)}, set()]
    made = [{(0, "A", 3), (5, "B", 9)}, {(1, "A", 2)}]
    pool = [{(0, "A", 3), (4, "B", 9), (7, "B", 8)}, set()]
    counts = count_sets(gold, made, pool, ["A", "B"])
    assert counts.tolist() == [
        [[1, 0, 0, 0], [0, 1, 1, 1]],
        [[0, 1, 0, 0], [0, 0, 0, 0]],
    ]


def test_interval_of_a_proportion_is_near_the_normal_one() -> None:
    # Recall 0.6 over 400 mentions: 0.6 +- 1.96 * sqrt(0.24 / 400) = 0.552 .. 0.648
    counts = np.zeros((400, 1, 4), dtype=np.float32)
    counts[:240, 0, 0] = 1
    counts[240:, 0, 2] = 1
    boot = Bootstrap(range(400), resamples=2000, seed=1)
    low, high = score_counts(counts, ["A"], boot)["micro"]["r_ci"]
    assert low == pytest.approx(0.552, abs=0.012)
    assert high == pytest.approx(0.648, abs=0.012)


def test_records_of_one_unit_are_drawn_together() -> None:
    counts = np.zeros((200, 1, 4), dtype=np.float32)
    counts[:, 0, 0] = np.arange(200) < 100
    counts[:, 0, 2] = np.arange(200) >= 100
    narrow = Bootstrap(range(200), 500).sums(counts)[:, 0, 0]
    wide = Bootstrap([i // 50 for i in range(200)], 500).sums(counts)[:, 0, 0]
    assert wide.std() > 3 * narrow.std()
    assert set(wide) <= {0, 50, 100, 150, 200}


def test_the_seed_decides_and_a_constant_has_no_width() -> None:
    counts = np.tile(np.array([1, 0, 0, 0], dtype=np.float32), (30, 1, 1))
    counts[::2, 0] = [0, 1, 0, 0]
    same = [score_counts(counts, ["A"], Bootstrap(range(30), 99, 4)) for _ in "ab"]
    other = score_counts(counts, ["A"], Bootstrap(range(30), 99, 5))
    assert same[0] == same[1] != other
    assert same[0]["micro"]["r_ci"] == [1, 1]


def test_without_resamples_or_records_there_are_no_intervals() -> None:
    empty = np.zeros((0, 1, 4), dtype=np.float32)
    assert "f_ci" not in score_counts(empty, ["A"], Bootstrap([]))["micro"]
    one = np.ones((1, 1, 4), dtype=np.float32)
    assert "f_ci" not in score_counts(one, ["A"], Bootstrap("a", 0))["micro"]


def test_class_scores_list_the_classes_that_occur() -> None:
    tables = np.zeros((3, 3, 3), dtype=np.float32)
    tables[0, 1, 1] = tables[1, 1, 0] = tables[2, 0, 1] = 1
    scores = score_classes(tables, ["none", "R", "S"], 0, Bootstrap(range(3), 50))
    assert list(scores["labels"]) == ["R"]
    assert scores["labels"]["R"]["tp"] == scores["labels"]["R"]["fp"] == 1
    assert scores["micro"]["support"] == scores["micro"]["predicted"] == 2
    assert scores["micro"]["accuracy"] == pytest.approx(1 / 3, abs=1e-4)


def test_a_share_of_none_or_of_all_has_the_exact_bound() -> None:
    """With 0 of 10, an eleventh comes at most 30.8 times of 100 (Clopper-Pearson)."""
    boot = Bootstrap(range(10), 50)
    none = np.array([[0, 1]] * 10)
    assert share_interval(boot, none) == [0.0, 0.3085]
    assert share_interval(boot, none[:, ::-1] + [0, 1]) == [0.6915, 1.0]
    # Two records of a unit are one; a unit of nothing says nothing.
    pairs = Bootstrap([i // 2 for i in range(10)], 50)
    some = np.array([[0, 1]] * 4 + [[0, 0]] * 6)
    assert share_interval(pairs, some) == [0.0, 0.8419]
    assert share_interval(pairs, np.zeros((10, 2))) == [0.0, 1.0]
    half = np.array([[1, 2]] * 10)
    assert share_interval(boot, half) == [0.5, 0.5]
