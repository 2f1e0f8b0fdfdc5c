"""What the trend page tells, as plain data."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from phantom.evaluation.compare import list_changes
from phantom.evaluation.evaluator import DEV
from phantom.evaluation.gaps import measure_gaps
from phantom.evaluation.history import EvaluatedRun, ScoreLine
from phantom.evaluation.task_counts import TaskCounts

# Runs that a table has room for.
LATEST = 8
Reader = Callable[[EvaluatedRun], Sequence[TaskCounts]]


def build_trend(runs: Sequence[EvaluatedRun], read: Reader) -> dict[str, Any]:
    """Gather a history into what the page shows, domain by domain.

    runs (Sequence[EvaluatedRun]): In their order; trials are left out.
    read (Callable): Gives the counts of a run, for the gap of the latest.
    RETURNS (Dict[str, Any]): JSON-safe.
    """
    whole = [run for run in runs if not run.is_trial]
    domains = list(dict.fromkeys(run.domain for run in whole))
    return {
        "trials": len(runs) - len(whole),
        "domains": [
            _domain(name, [run for run in whole if run.domain == name], read)
            for name in domains
        ],
    }


def _domain(name: str, runs: Sequence[EvaluatedRun], read: Reader) -> dict[str, Any]:
    latest, shown = runs[-1], runs[-LATEST:]
    tasks: dict[tuple[str, str, str], list[str]] = {}
    for run in runs:
        for score in run.scores:
            labels = tasks.setdefault((score.dataset, score.split, score.task), [])
            labels += [] if score.label in labels else [score.label]
    return {
        "name": name,
        "latest": latest.id,
        "runs": [_run(before, run) for before, run in pairwise([None, *runs])],
        "gaps": [gap.model_dump() for gap in measure_gaps(read(latest))],
        "plots": [_plot(place, labels[0], runs) for place, labels in tasks.items()],
        "shown": [run.id for run in shown],
        "scores": [
            {
                "place": place,
                "label": label,
                "f": [score and score.f for score in _line(place, label, shown)],
            }
            for place, labels in tasks.items()
            for label in labels
        ],
    }


def _run(before: EvaluatedRun | None, run: EvaluatedRun | None) -> dict[str, Any]:
    assert run is not None
    changes = list_changes(before, run) if before else []
    # Of what is told in detail, that it changed is enough here.
    names = [
        change.name if change.kind in ("digests", "versions", "settings") else ""
        for change in changes
    ]
    return {
        "id": run.id,
        "time": run.time,
        "changed": list(dict.fromkeys(filter(None, names))),
        "first": before is None,
        "examples": run.training.get("examples"),
    }


def _plot(
    place: tuple[str, str, str], label: str, runs: Sequence[EvaluatedRun]
) -> dict[str, Any]:
    dataset, split, task = place
    key = f"records of {dataset} {split}"
    points: list[dict[str, Any]] = []
    last = ""
    for run, score in zip(runs, _line(place, label, runs), strict=True):
        digest = run.digests.get(key, "")
        if score:
            # Scores on other records are no trend.
            same = not last or digest == last
            point = {"id": run.id, "f": score.f, "low": score.low, "high": score.high}
            points.append({**point, "same_records": same})
            last = digest
        else:
            points.append({"id": run.id, "f": None})
    return {
        "dataset": dataset,
        "split": split,
        "task": task,
        "label": label,
        "is_synthetic": dataset == DEV,
        "points": points,
    }


def _line(
    place: tuple[str, str, str], label: str, runs: Sequence[EvaluatedRun]
) -> list[ScoreLine | None]:
    wanted = (*place, label)
    return [
        next(
            (x for x in run.scores if (x.dataset, x.split, x.task, x.label) == wanted),
            None,
        )
        for run in runs
    ]
