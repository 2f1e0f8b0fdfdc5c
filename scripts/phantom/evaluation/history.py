"""Every evaluation, one line each: what was evaluated, and what came out."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from phantom.evaluation.evaluator import score_rows
from phantom.evaluation.split_scores import OURS
from phantom.evaluation.task_counts import TaskCounts
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Record

HISTORY = "history.jsonl"
SETTINGS = ("split", "limit", "resamples", "seed", "precision")


class ScoreLine(Record):
    """One score of the pipeline, as a fraction.

    dataset, split, task, label: Where it stands in the metrics.
    p (float): Precision. r (float): Recall. f (float): F1.
    low, high (Optional[float]): 95% interval of F1; left out with --resamples 0.
    support (int): Gold.
    """

    dataset: str
    split: str
    task: str
    label: str
    p: float
    r: float
    f: float
    low: float | None = None
    high: float | None = None
    support: int


class EvaluatedRun(Record):
    """One evaluation.

    id (str): The name and how many of it there were, such as "round-2.3".
    name (str): Of the metrics file.
    domain (str): The pack's name.
    time (str): When it ended, ISO 8601.
    digests (Dict[str, str]): See `phantom.evaluation.sources`; "records of <data set>
        <split>" is over text and gold.
    versions (Dict[str, str]): Of packages.
    settings (Dict[str, Any]): Of the evaluation.
    training (Dict[str, int]): What the training text holds, by label.
    config (Dict[str, str]): Of the pipeline, by dotted name, without paths.
    scores (Tuple[ScoreLine, ...]): The pipeline's own.
    """

    id: str
    name: str
    domain: str
    time: str
    digests: dict[str, str]
    versions: dict[str, str] = {}
    settings: dict[str, Any] = {}
    training: dict[str, int] = {}
    config: dict[str, str] = {}
    scores: tuple[ScoreLine, ...] = ()

    @property
    def is_trial(self) -> bool:
        """Whether only the first records of each split were read."""
        return self.settings.get("limit") is not None


def list_scores(datasets: dict[str, Any]) -> list[ScoreLine]:
    """The pipeline's own scores in the report of an evaluation."""
    found = []
    for row in score_rows(datasets):
        if row.system == OURS:
            low, high = row.score.get("f_ci", (None, None))
            place = row._asdict() | {key: row.score[key] for key in ("p", "r", "f")}
            del place["system"], place["score"]
            support = row.score["support"]
            found.append(ScoreLine(low=low, high=high, support=support, **place))
    return found


def append_run(
    path: Path,
    name: str,
    counts: Sequence[TaskCounts],
    report: dict[str, Any],
    sources: dict[str, Any],
) -> EvaluatedRun:
    """Append a run to the history, and keep what its scores are made of beside it.

    path (Path): The history (.jsonl).
    name (str): The run gets an id of it and a number.
    report (Dict[str, Any]): Of the evaluation, see docs/metrics.md.
    sources (Dict[str, Any]): As `describe_sources` returns them.
    RETURNS (EvaluatedRun): As it was written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    records = {
        f"records of {task.dataset} {task.split}": task.records_digest
        for task in counts
    }
    fields = {**sources, "digests": {**sources["digests"], **records}}
    with FileLock(path.with_name(path.name + ".lock")):
        runs = read_history(path) if path.is_file() else []
        number = 1 + sum(run.name == name for run in runs)
        run = EvaluatedRun(
            id=f"{name}.{number}",
            name=name,
            domain=report["domain"],
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            settings={key: report[key] for key in SETTINGS},
            scores=tuple(list_scores(report["datasets"])),
            **fields,
        )
        # Counts first: a line of the history without them could not be compared.
        write_jsonl(counts_path(path, run), counts)
        write_jsonl(path, [*runs, run])
    return run


def read_history(path: Path) -> list[EvaluatedRun]:
    """All runs, in order. RAISES: ValueError if there is no history yet."""
    if not path.is_file():
        raise ValueError(f"{path}: no history yet; `evaluate` writes it")
    return list(read_jsonl(path, EvaluatedRun))


def find_run(runs: Iterable[EvaluatedRun], name: str) -> EvaluatedRun:
    """A run by its id, or the latest of a name. RAISES: ValueError if there is none."""
    found = list(runs)
    by_id = [run for run in found if run.id == name]
    by_name = [run for run in found if run.name == name]
    if not by_id + by_name:
        known = ", ".join(run.id for run in found[-20:])
        raise ValueError(f"no run {name!r} in the history; the latest are: {known}")
    return (by_id or by_name)[-1]


def counts_path(history: Path, run: EvaluatedRun) -> Path:
    """Where the counts of a run are kept, beside its history."""
    return history.with_suffix("") / f"{run.id}.jsonl.gz"


def read_counts(history: Path, run: EvaluatedRun) -> list[TaskCounts]:
    """The counts of a run. RAISES: ValueError if they were deleted."""
    path = counts_path(history, run)
    if not path.is_file():
        raise ValueError(f"{path}: missing; evaluate {run.name} again to compare it")
    return list(read_jsonl(path, TaskCounts))
