"""The append-only file of picks, and what holds of it."""

from pathlib import Path

from filelock import FileLock

from phantom.completions.journal import heal, read_appended
from phantom.jsonl import append_line
from phantom.records import Comparison, Pick

MEND = "Mend the line or cut it out of the file; the candidates can be shown again."


class PickLog:
    """The picks of all people; several processes may append at once.

    path (Path): The .jsonl file; created with its folder at the first pick.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(path.name + ".lock"))

    def append(self, pick: Pick) -> bool:
        """Write a pick and wait for the disk; only then is it saved.

        RETURNS (bool): False if it stands in the file already.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            heal(self.path, Pick)
            if any(other.key == pick.key for other in self.read()):
                return False
            append_line(self.path, pick)
        return True

    def read(self) -> list[Pick]:
        """All picks, in the order in which they were made."""
        return [pick for _, _, pick in read_appended(self.path, Pick, MEND)]

    def latest(self, comparison: Comparison) -> dict[str, Pick]:
        """The pick of each person that holds, of this comparison as it is now."""
        known = comparison.digest()
        return {x.annotator: x for x in self.read() if x.comparison == known}
