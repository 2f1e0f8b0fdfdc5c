"""The append-only file of decisions, and what they come to."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from phantom.completions.journal import heal, read_appended
from phantom.jsonl import append_line
from phantom.review.records import Decision, Role

REMEDY = "Mend the line or cut it out of the file; the example will be shown again."


# A person may both annotate and adjudicate.
Person = tuple[str, Role]


class Place(NamedTuple):
    """Where the line of a decision stands, and what can be counted without it.

    says (int): Hash of what it says.
    as_is (bool): Whether it leaves the annotation as the example has it.
    """

    offset: int
    key: str
    verdict: str
    role: Role
    says: int
    as_is: bool


class DecisionLog:
    """The decisions of all annotators; several processes may append at once.

    Of each decision only its place is held in memory.

    path (Path): The .jsonl file; created with its folder at the first decision.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        self._inode: int | None = None
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self.size = 0
        # By example and person, the latest last; what was undone is gone.
        self._places: dict[str, dict[Person, list[Place]]] = {}
        self._held: dict[str, dict[str, Place]] = {}
        self._conflicts: dict[str, None] = {}
        self._keys: dict[str, int] = {}
        self._seconds: dict[str, list[float]] = {}

    def append(self, decision: Decision) -> bool:
        """Write a decision and wait for the disk; only then is it saved.

        RETURNS (bool): False if it stands in the file already.
        RAISES: ValueError if it undoes what is not the annotator's latest decision on
            the example.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            heal(self.path, Decision)
            self.refresh()
            if decision.key in self._keys:
                return False
            self._check_undo(decision)
            append_line(self.path, decision)
            self.refresh()
        return True

    def refresh(self) -> None:
        """Take up what was appended since, by this process or another.

        A file that was put in the place of the other, or cut, is read anew.
        """
        stat = self.path.stat() if self.path.exists() else None
        inode = stat.st_ino if stat else None
        if self._inode not in (None, inode) or (stat and stat.st_size < self.size):
            self._forget()
        self._inode = inode
        for offset, end, decision in read_appended(
            self.path, Decision, REMEDY, self.size
        ):
            self._take(offset, decision)
            self.size = end

    def has(self, key: str) -> bool:
        """Whether a decision with this key was written."""
        return key in self._keys

    def latest(
        self, annotator: str, example: str, role: Role = "annotator"
    ) -> Place | None:
        """The decision of a person on an example that holds now."""
        places = self._places.get(example, {}).get((annotator, role))
        return places[-1] if places else None

    def read(self, place: Place) -> Decision:
        """The decision that stands at a place."""
        with self.path.open("rb") as file:
            file.seek(place.offset)
            return Decision.model_validate_json(file.readline())

    def current(self) -> dict[str, dict[Person, Place]]:
        """What holds now, by example and person, in order of the first decision."""
        found = {example: self._current(example) for example in self._places}
        return {example: by for example, by in found.items() if by}

    def conflicts(self) -> list[str]:
        """Examples on which annotators disagree and nobody has adjudicated."""
        return list(self._conflicts)

    def held(self, annotator: str) -> Mapping[str, Place]:
        """What an annotator's decisions come to, by example."""
        return self._held.get(annotator, {})

    def pace(self, annotator: str) -> float:
        """Median seconds of an annotator's last fifty decisions; 0 without any."""
        last = sorted(self._seconds.get(annotator, [])[-50:])
        return last[len(last) // 2] if last else 0.0

    def _take(self, offset: int, decision: Decision) -> None:
        self._keys[decision.key] = offset
        person, example = (decision.annotator, decision.role), decision.example
        places = self._places.setdefault(example, {}).setdefault(person, [])
        if decision.verdict == "undo":
            places[:] = [place for place in places if place.key != decision.undoes]
        else:
            places.append(_place(offset, decision, places))
            self._seconds.setdefault(decision.annotator, []).append(decision.seconds)
        if decision.role == "annotator":
            held = self._held.setdefault(decision.annotator, {})
            if places:
                held[example] = places[-1]
            else:
                held.pop(example, None)
        if is_conflict(self._current(example)):
            self._conflicts[example] = None
        else:
            self._conflicts.pop(example, None)

    def _current(self, example: str) -> dict[Person, Place]:
        by = self._places.get(example, {})
        return {person: places[-1] for person, places in by.items() if places}

    def _check_undo(self, decision: Decision) -> None:
        if decision.verdict != "undo":
            return
        latest = self.latest(decision.annotator, decision.example, decision.role)
        if latest is None or latest.key != decision.undoes:
            raise ValueError(
                f"{decision.undoes} is not the latest decision of "
                f"{decision.annotator} on {decision.example}; load it again"
            )


def _place(offset: int, decision: Decision, earlier: list[Place]) -> Place:
    shown_raw = not earlier or earlier[-1].as_is
    says, verdict = hash(decision.says()), decision.verdict
    as_is = verdict != "accept" or (shown_raw and not decision.edited)
    return Place(offset, decision.key, verdict, decision.role, says, as_is)


def is_conflict(by: dict[Person, Place]) -> bool:
    """Whether people who did not skip say different things, and none adjudicated."""
    decided = [place for place in by.values() if place.verdict != "skip"]
    if any(place.role == "adjudicator" for place in decided):
        return False
    return len({place.says for place in decided}) > 1
