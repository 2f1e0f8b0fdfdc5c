"""What batches leave behind: the sidecar of a journal, which says what was handed in,
so that any process can collect it, and the provider's results."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phantom.completions.journal import heal
from phantom.jsonl import read_jsonl, to_line
from phantom.llms.wire.errors import read_error
from phantom.llms.wire.faults import is_filtered
from phantom.llms.wire.replies import Reply, filtered_reply, to_completion
from phantom.records import Completion, Record, Usage, hash_id


class BatchEntry(Record):
    """A line of the sidecar.

    label (str): Ours; the provider keeps it with the batch.
    state (str): "intended" before it is handed in, "submitted", "collected", or
        "lost" if it never arrived.
    batch_id (str): The provider's.
    requests (Dict[str, List[str]]): Spec ids by request id, with "intended".
    mode, options (str, Dict[str, Any]): The settings that it went out with.
    most (Usage): The most that the batch can use.
    """

    label: str
    state: str
    batch_id: str = ""
    requests: dict[str, list[str]] = {}
    prompt: str = ""
    mode: str = ""
    options: dict[str, Any] = {}
    most: Usage = Usage()

    @property
    def specs(self) -> int:
        """How many specs it asks for."""
        return sum(map(len, self.requests.values()))


@dataclass
class BatchLog:
    """Batches that are open: handed in, or perhaps, and not yet collected."""

    path: Path
    open: dict[str, BatchEntry] = field(default_factory=dict)

    def read(self) -> None:
        """Read the sidecar, if there is one; a torn last line is healed."""
        heal(self.path)
        if self.path.exists():
            for entry in read_jsonl(self.path, BatchEntry):
                self._take(entry)

    def write(self, entry: BatchEntry) -> None:
        """Add a line, before or after what it says is done."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(to_line(entry))
        self._take(entry)

    def in_hand(self) -> set[int]:
        """Hashes of the specs that open batches ask for."""
        return {
            hash_id(spec_id)
            for entry in self.open.values()
            for spec_ids in entry.requests.values()
            for spec_id in spec_ids
        }

    def _take(self, entry: BatchEntry) -> None:
        if entry.state in ("collected", "lost"):
            self.open.pop(entry.label, None)
            return
        known = self.open.get(entry.label)
        if known is not None:
            update = {"state": entry.state, "batch_id": entry.batch_id}
            entry = known.model_copy(update=update)
        self.open[entry.label] = entry


def batch_log_path(journal: Path) -> Path:
    """Beside the journal: completions.jsonl → completions.batches.jsonl."""
    return journal.with_name(f"{journal.stem}.batches.jsonl")


def read_results(*contents: bytes) -> Iterator[bytes]:
    """Lines of result files."""
    for content in contents:
        yield from (line for line in content.splitlines() if line.strip())


def read_answer(row: dict[str, Any], spec_ids: list[str], prompt: str) -> Completion:
    """The completion of a result line.

    prompt (str): Digest of the prompt.
    RAISES: FaultError for an item that failed.
    """
    response = row.get("response") or {}
    body = response.get("body") or {}
    status = response.get("status_code", 0)
    reply = Reply(body, row["custom_id"], {}, 0.0)
    fault = read_error(body) if status == 200 else read_error(body or row, status)
    if fault is not None:
        if not is_filtered(fault):
            raise fault
        reply = filtered_reply(row["custom_id"])
    completion = to_completion(reply, spec_ids, prompt)
    return completion.model_copy(update={"latency": None})


def read_errors(batch: dict[str, Any]) -> list[str]:
    """What a provider says of a batch that failed as a whole."""
    fault = read_error({"error": batch.get("errors")}) if batch.get("errors") else None
    return [fault.message] if fault is not None else []
