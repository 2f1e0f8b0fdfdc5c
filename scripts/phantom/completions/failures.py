"""failed.jsonl: the specs that failed for good, with the raw text of the answer."""

from pathlib import Path

from phantom.completions.answers import SURPLUS, split_answers
from phantom.completions.journal import read_journal
from phantom.completions.ledger import Ledger
from phantom.jsonl import to_line, write_jsonl
from phantom.records import Rejected, hash_id

RAW_LIMIT = 100_000


def failed_path(journal: Path) -> Path:
    """Where the failures of a journal go: completions.jsonl → failed.jsonl."""
    if "completions" in journal.name:
        return journal.with_name(journal.name.replace("completions", "failed"))
    return journal.with_name(journal.stem + ".failed.jsonl")


def rewrite_failed(journal: Path, ledger: Ledger) -> int:
    """Write failed.jsonl as the journal has it; it is a view, not a record.

    RETURNS (int): The number of failed specs.
    """
    offsets = {e.offset for e in ledger.unanswered.values() if ledger.is_failed(e)}
    failed = []
    for offset in sorted(offsets):
        _, completion = next(read_journal(journal, offset))
        for answer in split_answers(completion):
            entry = ledger.unanswered.get(hash_id(answer.spec_id))
            if answer.reason in SURPLUS or entry is None:
                continue
            if entry.offset == offset and ledger.is_failed(entry):
                failed.append(
                    make_failed(answer.spec_id, entry.reason, completion.completion)
                )
    path = failed_path(journal)
    if failed or path.exists():
        write_jsonl(path, failed)
    return len(failed)


def append_failed(journal: Path, failed: Rejected) -> None:
    """Add one failure."""
    with failed_path(journal).open("a", encoding="utf-8") as file:
        file.write(to_line(failed))


def make_failed(spec_id: str, reason: str, raw: str) -> Rejected:
    """A failure as it stands in the file."""
    detail = "asked for as often as allowed; --retry-failed asks again"
    return Rejected(spec_id=spec_id, reason=reason, detail=detail, raw=raw[:RAW_LIMIT])
