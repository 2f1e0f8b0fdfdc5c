"""The append-only file of decisions, and what they come to."""

from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from phantom.completions.journal import append_line, heal, read_appended
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
        # By person and example, the latest last; what was undone is gone.
        self._places: dict[Person, dict[str, list[Place]]] = {}
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
        places = self._places.get((annotator, role), {}).get(example)
        return places[-1] if places else None

    def read(self, place: Place) -> Decision:
        """The decision that stands at a place."""
        with self.path.open("rb") as file:
            file.seek(place.offset)
            return Decision.model_validate_json(file.readline())

    def current(self) -> dict[str, dict[Person, Place]]:
        """What holds now, by example and person, in order of the first decision."""
        found: dict[str, dict[Person, Place]] = {}
        for person, examples in self._places.items():
            for example, places in examples.items():
                if places:
                    found.setdefault(example, {})[person] = places[-1]
        return found

    def conflicts(self) -> list[str]:
        """Examples on which annotators disagree and nobody has adjudicated."""
        return [example for example, by in self.current().items() if is_conflict(by)]

    def held(self, annotator: str) -> dict[str, Place]:
        """What an annotator's decisions come to, by example."""
        by = self._places.get((annotator, "annotator"), {})
        return {example: places[-1] for example, places in by.items() if places}

    def pace(self, annotator: str) -> float:
        """Median seconds of an annotator's last fifty decisions; 0 without any."""
        last = sorted(self._seconds.get(annotator, [])[-50:])
        return last[len(last) // 2] if last else 0.0

    def _take(self, offset: int, decision: Decision) -> None:
        self._keys[decision.key] = offset
        by = self._places.setdefault((decision.annotator, decision.role), {})
        places = by.setdefault(decision.example, [])
        if decision.verdict == "undo":
            places[:] = [place for place in places if place.key != decision.undoes]
            return
        shown_raw = not places or places[-1].as_is
        says, verdict = hash(decision.says()), decision.verdict
        as_is = verdict != "accept" or (shown_raw and not decision.edited)
        places.append(Place(offset, decision.key, verdict, decision.role, says, as_is))
        self._seconds.setdefault(decision.annotator, []).append(decision.seconds)

    def _check_undo(self, decision: Decision) -> None:
        if decision.verdict != "undo":
            return
        latest = self.latest(decision.annotator, decision.example, decision.role)
        if latest is None or latest.key != decision.undoes:
            raise ValueError(
                f"{decision.undoes} is not the latest decision of "
                f"{decision.annotator} on {decision.example}; load it again"
            )


def is_conflict(by: dict[Person, Place]) -> bool:
    """Whether people who did not skip say different things, and none adjudicated."""
    if any(place.role == "adjudicator" for place in by.values()):
        return False
    return len({place.says for place in by.values() if place.verdict != "skip"}) > 1
