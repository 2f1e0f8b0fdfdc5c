"""The append-only journal of completions: one line per finished answer."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout
from pydantic import ValidationError

from phantom.jsonl import RecordT, to_line
from phantom.records import Completion, Record


class JournalInUse(ValueError):
    """Another process is writing to the journal."""


class Journal:
    """An open journal; one process at a time.

    path (Path): The .jsonl file; created with its folder where it is missing.
    fsync (bool): Wait for the disk after each line. Without it a line survives
        `kill -9` of this process, but perhaps not a power cut.
    healed (int): Bytes of a torn last line that were set aside at the start.
    size (int): Bytes in the journal, which is the offset of the next line.
    """

    def __init__(self, path: Path, fsync: bool = False) -> None:
        self.path = path
        self.fsync = fsync
        self.healed = 0
        self.size = 0
        self._descriptor = -1
        self._pid_path = path.with_name(path.name + ".pid")
        self._lock = FileLock(path.with_name(path.name + ".lock"))

    def __enter__(self) -> "Journal":
        """Lock, heal and open. RAISES: JournalInUse with the other's pid."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # The system frees the lock of a process that died, so none is stale.
            self._lock.acquire(timeout=0)
        except Timeout:
            raise JournalInUse(
                f"{self.path}: process {self._read_pid()} is writing to this journal. "
                "Wait for it or stop it; to work side by side, give each process "
                "its own --shard."
            ) from None
        try:
            self._pid_path.write_text(str(os.getpid()))
            self.healed = heal(self.path)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._descriptor = os.open(self.path, flags, 0o644)
            self.size = os.fstat(self._descriptor).st_size
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)
        self._descriptor = -1
        self._pid_path.unlink(missing_ok=True)
        self._lock.release()

    def append(self, completion: Completion) -> int:
        """Write one line and hand it to the system before returning.

        RETURNS (int): The line's offset in the file, in bytes.
        """
        offset = self.size
        line = to_line(completion).encode("utf-8")
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
        except OSError:
            # The next line must not be glued to half of this one.
            os.ftruncate(self._descriptor, offset)
            raise
        self.size += written
        if self.fsync:
            os.fsync(self._descriptor)
        return offset

    def _read_pid(self) -> str:
        try:
            return self._pid_path.read_text().strip() or "(unknown)"
        except OSError:
            return "(unknown)"


def read_journal(path: Path, start: int = 0) -> Iterator[tuple[int, Completion]]:
    """Stream a journal, with the byte offset of each line; see `read_appended`."""
    remedy = "Cut the line out of the file; its specs will be asked for again."
    for offset, _, completion in read_appended(path, Completion, remedy, start):
        yield offset, completion


def read_appended(
    path: Path, record: type[RecordT], remedy: str, start: int = 0
) -> Iterator[tuple[int, int, RecordT]]:
    """Stream an append-only file, with the bytes where each line starts and ends.

    remedy (str): What to do about a line that can't be read, for the message.
    start (int): Offset of the line to begin with.
    YIELDS (Tuple[int, int, Record]): A last line that breaks off is one that is being
        written, or was when the power went: it is left out.
    RAISES: ValueError with the path and offset of a line that can't be read.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(start)
        offset = start
        for line in file:
            if not line.endswith(b"\n") and not _is_whole(line, record):
                return
            end = offset + len(line)
            if not line.isspace():
                try:
                    yield offset, end, record.model_validate_json(line)
                except ValidationError as error:
                    raise ValueError(
                        f"{path}: byte {offset}: not a {record.__name__.lower()}: "
                        f"{error.errors()[0]['msg']}. {remedy}"
                    ) from None
            offset = end


def heal(path: Path, record: type[Record] = Completion) -> int:
    """Set a torn last line aside, in `<name>.torn`, so that lines can follow.

    record (Type[Record]): What each line holds.
    RETURNS (int): The number of bytes set aside; 0 if the last line is whole.
    """
    if not path.exists() or not path.stat().st_size:
        return 0
    with path.open("rb+") as file:
        start = end = file.seek(0, os.SEEK_END)
        tail = b""
        while start > 0 and b"\n" not in tail:
            step = min(start, 65_536)
            start -= step
            file.seek(start)
            tail = file.read(step) + tail
        torn = tail[tail.rfind(b"\n") + 1 :]
        if torn and _is_whole(torn, record):
            # An editor left out the newline.
            file.seek(end)
            file.write(b"\n")
            return 0
        if torn:
            with path.with_name(path.name + ".torn").open("ab") as aside:
                aside.write(torn + b"\n")
            file.truncate(end - len(torn))
    return len(torn)


def _is_whole(line: bytes, record: type[Record] = Completion) -> bool:
    """Whether a line without newline lacks nothing else."""
    try:
        record.model_validate_json(line)
    except ValidationError:
        return False
    return True
