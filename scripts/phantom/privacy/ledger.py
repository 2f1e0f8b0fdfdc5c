"""The ledger of privacy loss: what read private data, at what cost, and what left."""

import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock
from pydantic import Field

from phantom.jsonl import append_line, read_jsonl
from phantom.privacy.accountant import Cost, compose
from phantom.privacy.mechanisms import Mechanism, Positive
from phantom.records import Record

START = "0" * 64
# A unit of privacy is whoever the records are of.
NO_UNITS = frozenset({"document", "documents", "text", "passage", "record", "example"})


class Budget(Record):
    """What may be lost in all, as a person declared it.

    unit (str): Whose records are protected together: patient, client ...
    key (str): The key of `meta` in which a record says whose it is.
    epsilon, delta (float): Of everything that ever reads the private data.
    """

    unit: str = Field(min_length=1)
    key: str = Field(min_length=1)
    epsilon: Positive
    delta: float = Field(gt=0, lt=1)

    def model_post_init(self, context: object) -> None:
        """Refuse a unit that one person has several of."""
        if self.unit.lower() in NO_UNITS:
            raise ValueError(
                f"unit: {self.unit!r} protects one text, and a person has several; "
                "name whose they are, such as patient or client"
            )


class Draw(Record):
    """One line of the ledger; never edited.

    time (str): UTC, ISO 8601.
    purpose (str): The step, and what for.
    reads, leaves (Tuple[str, ...]): Files read; files of what was made of them.
    epsilon (float): Of all mechanisms so far, this one included, at the delta of the
        budget, as was computed then.
    budget (Budget): As declared then.
    previous, digest (str): SHA-256 of the line before, and of this one with it.
    """

    time: str
    purpose: str
    mechanism: Mechanism
    reads: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    epsilon: float
    budget: Budget
    previous: str
    digest: str = ""

    def sealed(self) -> "Draw":
        """A copy that bears its digest."""
        data = self.model_dump(mode="json", exclude={"digest"})
        text = json.dumps(data, sort_keys=True, ensure_ascii=False)
        return self.model_copy(
            update={"digest": hashlib.sha256(text.encode("utf-8")).hexdigest()}
        )


class BudgetExhausted(ValueError):
    """A mechanism would cost more than is left; nothing was read."""


class LedgerBroken(ValueError):
    """The ledger was edited, or its last line is cut off."""


class PrivacyLedger:
    """An append-only file; one process draws at a time.

    path (Path): The .jsonl file; made with its folder at the first draw.
    budget (Budget): As declared now.
    """

    def __init__(self, path: Path, budget: Budget) -> None:
        self.path = path
        self.budget = budget

    def draws(self) -> list[Draw]:
        """All lines. RAISES: LedgerBroken where the chain of digests breaks."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            whole = file.read()
        if whole and not whole.endswith(b"\n"):
            raise LedgerBroken(
                f"{self.path}: the last line is cut off: the draw that it begins was "
                "not made and nothing was read for it; delete that part of a line"
            )
        found: list[Draw] = []
        previous = START
        for number, draw in enumerate(read_jsonl(self.path, Draw), start=1):
            if draw.previous != previous or draw.sealed().digest != draw.digest:
                raise LedgerBroken(
                    f"{self.path}:{number}: this line was changed, moved, or stands "
                    "after a line that was taken out; restore the file from a backup"
                )
            found.append(draw)
            previous = draw.digest
        return found

    def cost(self, more: Sequence[Mechanism] = ()) -> Cost:
        """What all draws cost together, with further mechanisms."""
        mechanisms = [draw.mechanism for draw in self.draws()]
        return compose([*mechanisms, *more], self.budget.delta)

    def draw(
        self,
        purpose: str,
        mechanism: Mechanism,
        reads: Sequence[Path],
        leaves: Sequence[Path] = (),
    ) -> Draw:
        """Take the cost of a mechanism off the budget; the data are read after that.

        RETURNS (Draw): The line, on the disk.
        RAISES: BudgetExhausted if it costs more than is left; then no line is written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_name(self.path.name + ".lock")):
            before = self.draws()
            if before and before[-1].budget.unit != self.budget.unit:
                raise ValueError(
                    f"{self.path}: its draws protect each {before[-1].budget.unit}, "
                    f"the budget speaks of each {self.budget.unit}; take another ledger"
                )
            delta = self.budget.delta
            mechanisms = [draw.mechanism for draw in before]
            epsilon = compose([*mechanisms, mechanism], delta).epsilon
            if epsilon > self.budget.epsilon:
                spent = compose(mechanisms, delta).epsilon
                raise BudgetExhausted(
                    f"{self.path}: {purpose} would bring epsilon from {spent:.3f} to "
                    f"{epsilon:.3f}, over the declared {self.budget.epsilon:g} for "
                    f"each {self.budget.unit} (delta {delta:g}); nothing was read\n"
                    "Ask for less, or have whoever answers for the data declare more"
                )
            made = Draw(
                time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                purpose=purpose,
                mechanism=mechanism,
                reads=tuple(map(str, reads)),
                leaves=tuple(map(str, leaves)),
                epsilon=round(epsilon, 6),
                budget=self.budget,
                previous=before[-1].digest if before else START,
            ).sealed()
            append_line(self.path, made)
        return made
