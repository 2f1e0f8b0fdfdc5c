"""Parts of a plan for processes that work side by side, each with its own journal."""

import glob
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from phantom.completions.journal import Journal, read_journal
from phantom.jsonl import to_line
from phantom.records import Completion, Spec, hash_id

_SHARD = re.compile(r"(\d+)/(\d+)$")


@dataclass(frozen=True)
class Shard:
    """Part i of n. Counting from 0 or from 1 are both fine: n/n is 0/n."""

    index: int
    count: int

    def holds(self, spec_id: str) -> bool:
        """Whether a spec is in this part; each is in exactly one."""
        return hash_id(spec_id) % self.count == self.index % self.count

    def journal(self, path: Path) -> Path:
        """The journal of this part: c.jsonl → c.1-of-4.jsonl."""
        name = f"{path.stem}.{self.index % self.count}-of-{self.count}{path.suffix}"
        return path.with_name(name)

    def select(self, specs: Iterable[Spec]) -> Iterator[Spec]:
        """The specs of this part."""
        return (spec for spec in specs if self.holds(spec.id))


def parse_shard(text: str) -> Shard:
    """Read "i/n". RAISES: ValueError if it is none."""
    match = _SHARD.match(text.strip())
    index, count = (int(g) for g in match.groups()) if match else (0, 0)
    if not 0 <= index <= count or not count:
        raise ValueError(
            f"--shard {text!r}: give i/n, such as 0/4 to 3/4 (or 1/4 to 4/4)"
        )
    return Shard(index, count)


def find_shards(path: Path) -> list[Path]:
    """The journals of the parts of `path`, whatever their number."""
    # Beside each there may be others, such as what failed and what the server takes.
    name = re.compile(rf"{re.escape(path.stem)}\.\d+-of-\d+{re.escape(path.suffix)}")
    found = path.parent.glob(f"{glob.escape(path.stem)}.*")
    return sorted(part for part in found if name.fullmatch(part.name))


def merge_journals(path: Path, parts: Iterable[Path]) -> tuple[int, int]:
    """Add to a journal what it lacks of others; merging twice changes nothing.

    RETURNS (Tuple[int, int]): Lines added, and lines that were there already.
    RAISES: JournalInUse if one of them is being written.
    """
    added = known = 0
    seen = {_digest(completion) for _, completion in read_journal(path)}
    with Journal(path) as journal:
        for part in parts:
            # Opening it makes sure that nobody writes to it, and heals it.
            with Journal(part):
                for _, completion in read_journal(part):
                    digest = _digest(completion)
                    if digest in seen:
                        known += 1
                        continue
                    seen.add(digest)
                    journal.append(completion)
                    added += 1
    return added, known


def _digest(completion: Completion) -> bytes:
    line = to_line(completion)
    return blake2b(line.encode(), digest_size=12).digest()
