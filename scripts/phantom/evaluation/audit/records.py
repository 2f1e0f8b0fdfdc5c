"""What an audit holds: scores by group, gaps, swaps."""

from collections.abc import Sequence
from typing import Literal

from phantom.records import Origin, Record

ALL = "all"
Metric = Literal["recall", "precision", "f1", "overconfidence"]
Task = Literal["entities", "relations"]


class Cell(Record):
    """One score of one group beside the other documents of its dimension.

    label (str): Of the entity or relation; "all" for all together.
    documents, support (int): Documents of the group, and what the score is a share of:
        gold ones for recall, predicted ones for precision and overconfidence, both
        for F1.
    value, rest (Optional[float]): Of the group, and of the documents that name another
        group alone; None where there are too few to say anything.
    gap (Optional[float]): The first less the second.
    low, high (Optional[float]): Its 95% interval.
    p (Optional[float]): That the group is no worse, corrected over all cells.
    alarm (bool): Whether it is worse: p below 5% and an interval without 0.
    """

    dimension: str
    group: str
    task: Task
    metric: Metric
    label: str
    documents: int
    support: int
    value: float | None = None
    rest: float | None = None
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    alarm: bool = False

    @property
    def name(self) -> str:
        """For people: "sex = female: recall of DISEASE"."""
        of = f" of {self.label}" if self.label != ALL else f" of {self.task}"
        return f"{self.dimension} = {self.group}: {self.metric}{of}"

    @property
    def is_too_small(self) -> bool:
        """Whether nothing can be said about the group here."""
        return self.gap is None


class Spread(Record):
    """From the worst to the best group of a dimension, all labels together.

    low, high (float): 95% interval; a largest difference is never below 0.
    by_chance (float): What 95% of shuffled documents stay below.
    """

    dimension: str
    task: Task
    metric: Metric
    worst: str
    best: str
    gap: float
    low: float
    high: float
    by_chance: float


class Parity(Record):
    """Differences between groups in what is found in a document, as fairlearn has them.

    A document is positive where it holds the label; groups with too few documents,
    positive or negative ones are left out.

    documents (int): Of these groups; positives (int): Of them, with the label in gold.
    demographic_parity (Optional[float]): Of the share of documents where it was found.
    equal_opportunity (Optional[float]): Of that share where gold has it.
    equalized_odds (Optional[float]): The larger of the difference before and of that
        share where gold does not have it.
    intervals (Dict[str, Tuple[float, float]]): 95% of each of the three that is there;
        a largest difference is never below 0, and resamples push it up. None where no
        resample differs.
    """

    dimension: str
    task: Task
    label: str
    groups: tuple[str, ...]
    documents: int = 0
    positives: int = 0
    demographic_parity: float | None = None
    equal_opportunity: float | None = None
    equalized_odds: float | None = None
    intervals: dict[str, tuple[float, float]] = {}


class Flip(Record):
    """How often a swap changes what is found.

    dimension, old, new (str): Such as "sex", "female" and "male"; old and new are ""
        for all groups together.
    label (str): Of an entity or relation; "all" for all together.
    passages (int): Swaps; a passage may have several of a dimension.
    predictions, flips (int): Found before or after the swap, and those of them found in
        one of the two alone.
    low, high (float): 95% interval of the share, by passage.
    changed (int): Swaps in which anything changed.
    """

    dimension: str
    old: str
    new: str
    task: Task
    label: str
    passages: int
    predictions: int
    flips: int
    low: float
    high: float
    changed: int

    @property
    def share(self) -> float:
        """Of the predictions."""
        return self.flips / self.predictions if self.predictions else 0.0


class Flipped(Record):
    """A passage before and after, with what changed: (text, label) of each."""

    example: str
    dimension: str
    old: str
    new: str
    before: str
    after: str
    lost: list[tuple[str, str]]
    found: list[tuple[str, str]]


class Audit(Record):
    """The content of audit.json.

    source (str): What was predicted on. origin (str): The widest of the texts.
    documents (int): Units that are resampled.
    small (Dict[str, Dict[str, int]]): Documents of groups too small, by dimension.
    scores (Dict[str, float]): F1 of entities and relations over all documents.
    not_swapped (Dict[str, int]): Passages that no swap was made of, by reason.
    """

    domain: str
    source: str
    origin: Origin
    documents: int
    scores: dict[str, float]
    cells: list[Cell]
    spreads: list[Spread]
    parity: list[Parity]
    small: dict[str, dict[str, int]] = {}
    flips: list[Flip] = []
    flipped: list[Flipped] = []
    not_swapped: dict[str, int] = {}
    notes: list[str] = []

    @property
    def alarms(self) -> list[Cell]:
        """Cells in which a group is worse off, the widest gap first."""
        found = [cell for cell in self.cells if cell.alarm]
        return sorted(found, key=lambda cell: -abs(cell.gap or 0.0))

    def worse(self, names: Sequence[str] | None = None) -> dict[str, list[str]]:
        """Groups that are worse off, by dimension, worst first.

        names (Optional[Sequence[str]]): "dimension: group" of those wanted instead.
        RAISES: ValueError for a name that the audit does not have.
        """
        known = {
            f"{c.dimension}: {c.group}": (c.dimension, c.group) for c in self.cells
        }
        found: dict[str, list[str]] = {}
        for name in names or [f"{c.dimension}: {c.group}" for c in self.alarms]:
            if name not in known:
                raise ValueError(
                    f"no group {name!r} in the audit; it has {', '.join(known)}"
                )
            dimension, group = known[name]
            groups = found.setdefault(dimension, [])
            if group not in groups:
                groups.append(group)
        return found
