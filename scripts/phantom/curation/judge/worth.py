"""What a judge's verdicts are worth, before any of them may reject a passage."""

from collections.abc import Mapping
from typing import Any

from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from phantom.curation.judge.asks import ORDERS
from phantom.curation.judge.votes import Judged
from phantom.packs.rubric import Rubric
from phantom.records import Record

Interval = tuple[float, float]


class Worth(Record):
    """How a judge did on one criterion.

    planted (int): Faults that it was shown. judged (int): Passages in all.
    found (int): Faults that it denied. denied (int): Passages that it denied.
    precision, recall (Optional[float]): None where nothing was denied, or planted.
    agreement (Optional[float]): Share of pairs of votes that agree.
    """

    criterion: str
    planted: int
    judged: int
    found: int
    denied: int
    precision: float | None = None
    precision_ci: Interval | None = None
    recall: float | None = None
    recall_ci: Interval | None = None
    agreement: float | None = None


def measure_worth(
    judged: Mapping[str, Judged], faults: Mapping[str, str], rubric: Rubric
) -> list[Worth]:
    """Precision and recall on planted faults, criterion by criterion.

    Controls count as right, though a corpus has faults of its own: precision is a
    lower bound. Passages without a vote are left out.

    faults (Mapping[str, str]): The criterion that each faulty passage fails, by id.
    """
    found = []
    for name in rubric.criteria:
        # A fault of another criterion is no control: labels that are wrong can
        # make a relation wrong, too.
        shown = [x for x in judged.values() if faults.get(x.id, name) == name]
        denied = [x for x in shown if x.denies(name)]
        planted = [x for x in shown if x.id in faults]
        hits = sum(x.id in faults for x in denied)
        agreed = [a for x in shown if (a := x.agreement(name)) is not None]
        precision, recall = _share(hits, len(denied)), _share(hits, len(planted))
        found.append(
            Worth(
                criterion=name,
                planted=len(planted),
                judged=len(shown),
                found=hits,
                denied=len(denied),
                precision=precision and precision[0],
                precision_ci=precision and precision[1],
                recall=recall and recall[0],
                recall_ci=recall and recall[1],
                agreement=sum(agreed) / len(agreed) if agreed else None,
            )
        )
    return found


def open_gates(worth: list[Worth], rubric: Rubric) -> dict[str, str]:
    """Which criteria may reject; for the others, why not.

    RETURNS (Dict[str, str]): By criterion; "" where the gate is open.
    """
    gate, reasons = rubric.gate, {}
    by_name = {x.criterion: x for x in worth}
    for name, criterion in rubric.criteria.items():
        x, why = by_name.get(name), ""
        if not criterion.rejects:
            why = "judge.yml leaves it to people"
        elif x is None or x.planted < gate.planted:
            shown = x.planted if x else 0
            why = f"{shown} planted faults judged, {gate.planted} wanted"
        elif x.precision_ci is None or x.precision_ci[0] < gate.precision:
            low = x.precision_ci[0] if x.precision_ci else 0.0
            why = f"precision may be as low as {low:.2f}, wanted {gate.precision:.2f}"
        elif (x.recall or 0.0) < gate.recall:
            why = f"recall {x.recall:.2f}, wanted {gate.recall:.2f}"
        reasons[name] = why
    return reasons


def measure_pairs(preferences: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """How often the passage as it was is preferred to the faulty one.

    RETURNS (Dict[str, Any]): pairs judged in both orders; consistent: the same one
        was preferred in both; right: and it was the one without the fault; first: the
        share of choices for whatever stood first, half without a bias of position.
    """
    both = [x for x in preferences.values() if set(x) == set(ORDERS)]
    consistent = [x for x in both if len(set(x.values())) == 1]
    right = sum(x["straight"] == "one" for x in consistent)
    firsts = [
        (order == "straight") == (chosen == "one")
        for x in both
        for order, chosen in x.items()
        if chosen != "same"
    ]
    return {
        "pairs": len(both),
        "consistent": len(consistent),
        "right": right,
        "first": sum(firsts) / len(firsts) if firsts else None,
    }


def measure_people(
    judged: Mapping[str, Judged], people: Mapping[str, bool], rubric: Rubric
) -> dict[str, Any]:
    """Agreement of the judge with people who reviewed the same passages.

    people (Mapping[str, bool]): By example, whether they left it as it was.
    RETURNS (Dict[str, Any]): passages, share that agrees, Cohen's kappa (None where
        one answer was given to all).
    """
    shared = [name for name in people if name in judged]
    ours = [not any(judged[n].denies(c) for c in rubric.criteria) for n in shared]
    theirs = [people[name] for name in shared]
    same = sum(a == b for a, b in zip(ours, theirs, strict=True))
    varied = len({*ours, *theirs}) > 1
    return {
        "passages": len(shared),
        "agree": same / len(shared) if shared else None,
        "kappa": float(cohen_kappa_score(ours, theirs)) if varied else None,
    }


def _share(part: int, whole: int) -> tuple[float, Interval] | None:
    if not whole:
        return None
    low, high = binomtest(part, whole).proportion_ci(method="wilson")
    return part / whole, (float(low), float(high))
