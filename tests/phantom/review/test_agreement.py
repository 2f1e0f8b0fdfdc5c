"""Agreement and label precision by numbers worked out by hand."""

from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score
from tests.builders import example
from tests.builders.reviews import annotated, decide, words

from phantom.reports.agreement import plot_agreement
from phantom.review.agreement import cohen_kappa, fleiss_kappa, measure_agreement
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation


def test_cohen_by_hand_and_as_scikit_learn() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, chance 0.5.
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    found = cohen_kappa(first, second)
    assert found == pytest.approx(0.4)
    assert found == pytest.approx(cohen_kappa_score(first, second))
    assert cohen_kappa([], []) is None and cohen_kappa(["y"], ["y"]) is None
    assert cohen_kappa(["y", "n"], ["n", "y"]) == -1


def test_fleiss_of_the_paper() -> None:
    # The worked example of Fleiss 1971 as it is usually given: 14 people, 10 items.
    table = [
        *([0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0]),
        *([2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2]),
        *([6, 5, 2, 1, 0], [0, 2, 2, 3, 7]),
    ]
    found = fleiss_kappa([dict(enumerate(row)) for row in table])
    assert found == pytest.approx(0.210, abs=0.0005)
    assert fleiss_kappa([]) is None and fleiss_kappa([{"y": 2}]) is None
    with pytest.raises(ValueError, match="same two or more people"):
        fleiss_kappa([{"y": 2}, {"y": 3}])


def test_people_on_two_passages(tmp_path: Path) -> None:
    tagged = "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE>."
    raw = example(tagged, (1, "TREATS", 2), id="a")
    more = example("Gout hurts.", id="b")
    shown = Annotation.of(raw)
    fewer = annotated("<CHEMICAL id=1>Iron</CHEMICAL> eased gout.")
    log = DecisionLog(tmp_path / "reviews.jsonl")
    text = {"text": raw.text}
    log.append(decide("a", "ann", 1, before=shown, **text))
    log.append(decide("a", "bob", 2, before=shown, after=fewer, **text))
    log.append(decide("b", "ann", 3, "reject", text=more.text))
    log.append(decide("b", "bob", 4, "reject", text=more.text))
    log.append(decide("b", "cat", 5, "skip", text=more.text))
    log.append(decide("gone", "bob", 6, "reject"))
    examples = {"a": raw, "b": more}
    found = measure_agreement(log, examples.get, words)
    assert found["people"] == {"ann": 2, "bob": 2}
    assert found["unused"] == 1 and found["conflicts"] == 1
    (pair,) = found["pairs"]
    assert (pair["people"], pair["examples"], pair["both_accepted"]) == (
        ["ann", "bob"],
        2,
        1,
    )
    # Verdicts accept, reject against edit, reject: observed 1/2, chance 1/4.
    assert pair["kappa_verdicts"] == pytest.approx(1 / 3, abs=1e-4)
    # Tokens C - D . against C - - . : observed 3/4, chance (1*1 + 2*3) / 16.
    assert pair["kappa_tokens"] == pytest.approx((3 / 4 - 7 / 16) / (9 / 16), abs=1e-4)
    assert pair["mentions_f"] == pytest.approx(2 / 3, abs=1e-4)
    assert pair["relations_f"] == 0
    rows = {k: (v["right"], v["of"]) for k, v in found["precision"].items()}
    assert rows == {
        "passages": (1, 4),
        "mentions": (3, 4),
        "CHEMICAL": (2, 2),
        "DISEASE": (1, 2),
        "relations": (1, 2),
        "TREATS": (1, 2),
    }
    assert found["fleiss"]["examples"] == 2 and found["fleiss"]["people"] == 2
    plot_agreement(found, tmp_path / "agreement.png")
    assert (tmp_path / "agreement.png").stat().st_size > 5000


def test_nothing_to_compare_is_no_fault(tmp_path: Path) -> None:
    found = measure_agreement(DecisionLog(tmp_path / "x.jsonl"), {}.get, words)
    assert found["pairs"] == [] and found["precision"] == {}
    plot_agreement(found, tmp_path / "agreement.png")
