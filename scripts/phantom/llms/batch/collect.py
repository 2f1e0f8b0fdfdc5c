"""What batches came to: each answer in the journal once, each refusal told."""

import json
from dataclasses import dataclass, field
from typing import Any

from phantom.completions.answers import split_answers
from phantom.completions.journal import read_journal
from phantom.completions.ledger import DONE, Ledger
from phantom.llms.batch.log import (
    BatchEntry,
    BatchLog,
    read_answer,
    read_errors,
    read_results,
)
from phantom.llms.job import Job, Summary
from phantom.llms.wire.dialect import Dialect, Settings
from phantom.llms.wire.egress import Egress
from phantom.llms.wire.faults import FaultError
from phantom.records import Completion

FINAL = frozenset({"completed", "expired", "failed", "cancelled"})


@dataclass
class Collector:
    """Collects batches that have ended.

    told (List[str]): What the provider said of batches and requests that failed.
    """

    job: Job
    log: BatchLog
    ledger: Ledger
    dialect: Dialect
    egress: Egress
    summary: Summary
    told: list[str] = field(default_factory=list)

    async def collect(self) -> list[BatchEntry]:
        """Collect each batch that has ended, and return these."""
        ended = []
        for entry in list(self.log.open.values()):
            batch = await self.egress.batch(entry.batch_id)
            self.job.tell("batch", {"batch": entry.batch_id, "state": batch["status"]})
            if batch["status"] not in FINAL:
                continue
            for message in read_errors(batch):
                self._tell_fault(f"batch {batch['status']}: {message}", entry.specs)
            contents = [
                await self.egress.fetch(batch[key])
                for key in ("output_file_id", "error_file_id")
                if batch.get(key)
            ]
            self._collect(entry, contents)
            self.log.write(BatchEntry(label=entry.label, state="collected"))
            ended.append(entry)
        return ended

    def _collect(self, entry: BatchEntry, contents: list[bytes]) -> None:
        """Journal each answer once, though a process died while collecting."""
        journalled = {
            completion.request
            for _, completion in read_journal(self.job.journal.path)
            if (completion.request or "").startswith(entry.label)
        }
        for line in read_results(*contents):
            try:
                row = json.loads(line)
                name = row["custom_id"]
                spec_ids = entry.requests[name]
            except (ValueError, KeyError, TypeError):
                self.summary.reasons["unreadable batch result"] += 1
                continue
            if name in journalled:
                continue
            journalled.add(name)
            completion = self._read_row(row, spec_ids, entry)
            if completion is not None:
                offset = self.job.journal.append(completion)
                outcomes = self.ledger.add(completion, offset)
                done = sum(outcome.state == DONE for outcome in outcomes)
                self.summary.count(completion)
                self.job.tell("collected", {"request": name, "done": done})

    def _read_row(
        self, row: dict[str, Any], spec_ids: list[str], entry: BatchEntry
    ) -> Completion | None:
        """The completion of a result line; None for an item that failed."""
        settings = Settings(entry.mode, entry.options or self.dialect.options)
        try:
            completion = read_answer(row, spec_ids, entry.prompt)
        except FaultError as fault:
            # Unclear refusals are no reason to give up structured output.
            change = self.dialect.adapt(fault, settings, again=False)
            if change:
                self.job.tell("dialect", {"change": change})
            self._tell_fault(f"{fault.reason}: {fault.message}", len(spec_ids))
            return None
        if any(self.ledger.takes(answer) for answer in split_answers(completion)):
            self.dialect.prove(entry.mode)
        return completion

    def _tell_fault(self, message: str, specs: int) -> None:
        self.summary.reasons[message[:200]] += specs
        self.told.append(message)
