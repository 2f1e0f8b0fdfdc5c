"""Batch mode: hand in, poll, collect, item by item; any process can take over."""

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from phantom.completions.failures import rewrite_failed
from phantom.completions.journal import read_journal
from phantom.completions.ledger import DONE, read_ledger
from phantom.llms.batch.log import (
    BatchEntry,
    BatchLog,
    batch_log_path,
    read_answer,
    read_results,
)
from phantom.llms.budget import add_usage
from phantom.llms.estimate import Estimator
from phantom.llms.job import Job, Summary, unfinished
from phantom.llms.openai import OpenAI, make_ledger
from phantom.llms.wire.faults import FaultError, explain_fatal
from phantom.llms.wire.queue import Request
from phantom.records import Completion, Spec, Usage, hash_id

FINAL = frozenset({"completed", "expired", "failed", "cancelled"})


@dataclass
class BatchRun:
    """One process's part in a job that batches do.

    specs (Callable): Gives the specs anew each time; a round of asking again needs
        them again.
    per_batch (int): Most requests in a batch.
    poll (float): Seconds between looks at open batches.
    """

    backend: OpenAI
    job: Job
    specs: Callable[[], Iterable[Spec]]
    per_batch: int = 1_000
    poll: float = 30.0
    summary: Summary = field(default_factory=Summary)
    _tickets: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def run(self, wait: bool = True) -> Summary:
        """Collect what is ready, hand in what is lacking.

        wait (bool): Until all is done; otherwise end after one look and leave the
            rest to a later process.
        """
        return asyncio.run(self._run(wait))

    async def _run(self, wait: bool) -> Summary:
        path = self.job.journal.path
        self.log = BatchLog(batch_log_path(path))
        self.log.read()
        self.prompter = self.backend.prompter(self.job)
        self.dialect = self.backend.dialect(self.prompter, path)
        self.ledger = make_ledger(self.prompter, self.job)
        read_ledger(path, self.ledger)
        self.budget = self.backend.budget(self.job.budget, self.ledger)
        self.egress = self.backend.connect()
        try:
            await self._work(wait)
        except FaultError as fault:
            self.summary.stopped = explain_fatal(fault) or f"{fault.reason}: {fault}"
        finally:
            await self.egress.close()
        rewrite_failed(path, self.ledger)
        self._conclude()
        return self.summary

    async def _work(self, wait: bool) -> None:
        await self._find_intended()
        for entry in self.log.open.values():
            self._tickets[entry.label].append(self.budget.reserve(entry.most))
        while True:
            before = len(self.ledger.done)
            collected = await self._collect_ready()
            if collected and not self.log.open and len(self.ledger.done) == before:
                self.summary.stopped = "the last batches completed no spec"
                return
            await self._submit_lacking()
            if not self.log.open or not wait:
                return
            await asyncio.sleep(self.poll)

    async def _find_intended(self) -> None:
        """A process may have died between handing in and writing down the id."""
        for entry in list(self.log.open.values()):
            if entry.state == "intended":
                found = await self.egress.find_batch(entry.label)
                state = "submitted" if found else "lost"
                update = {"state": state, "batch_id": found or "", "requests": {}}
                self.log.write(entry.model_copy(update=update))

    async def _submit_lacking(self) -> int:
        count = 0
        chunk: list[Request] = []
        for request in self._requests():
            chunk.append(request)
            if len(chunk) == self.per_batch:
                count += await self._submit(chunk)
                chunk = []
        return count + await self._submit(chunk)

    def _requests(self) -> Iterator[Request]:
        """What is lacking and in no open batch, in requests of the right size."""
        in_hand = self.log.in_hand()
        size = self.backend.size(self.job.pack)
        pools: dict[int, list[tuple[Spec, str]]] = defaultdict(list)
        for spec in unfinished(self.specs(), self.ledger, Summary()):
            key = hash_id(spec.id)
            if key in in_hand:
                continue
            entry = self.ledger.standing.get(key)
            share = min(size, entry.size) if entry else size
            pools[share].append((spec, entry.reason if entry else ""))
            if len(pools[share]) == share:
                yield _join(pools.pop(share))
        for pool in pools.values():
            yield _join(pool)

    async def _submit(self, chunk: list[Request]) -> int:
        """Hand in a batch, as much of it as the budget admits."""
        label = uuid.uuid4().hex[:16]
        estimator = Estimator(self.ledger)
        prompts, requests, most = {}, {}, Usage()
        for number, request in enumerate(chunk):
            prompt = self.prompter.render(request.asks, request.reasons)
            needed = estimator.most(prompt, request.asks, self.backend.max_tokens)
            if not self._hold(label, needed):
                self.summary.stopped = f"the budget is used up ({self.job.budget})"
                break
            name = f"{label}-{number}"
            prompts[name] = prompt
            requests[name] = [ask.id for ask in request.asks]
            most = add_usage(most, needed)
        if not prompts:
            return 0
        entry = BatchEntry(
            label=label,
            state="intended",
            requests=requests,
            prompt=self.prompter.digest,
            mode=self.dialect.mode,
            most=most,
        )
        self.log.write(entry)
        batch_id = await self.egress.submit(prompts, self.dialect.request(), label)
        self.log.write(BatchEntry(label=label, state="submitted", batch_id=batch_id))
        self.job.tell("submitted", {"batch": batch_id, "requests": len(prompts)})
        return len(prompts)

    def _hold(self, label: str, most: Usage) -> bool:
        """Reserve for a part of a batch, until it is collected."""
        ticket = self.budget.admit(most)
        if ticket is not None:
            self._tickets[label].append(ticket)
        return ticket is not None

    async def _collect_ready(self) -> int:
        """Collect each batch that has ended. RETURNS (int): How many."""
        count = 0
        for entry in list(self.log.open.values()):
            batch = await self.egress.batch(entry.batch_id)
            self.job.tell("batch", {"batch": entry.batch_id, "state": batch["status"]})
            if batch["status"] not in FINAL:
                continue
            contents = [
                await self.egress.fetch(batch[key])
                for key in ("output_file_id", "error_file_id")
                if batch.get(key)
            ]
            self._collect(entry, contents)
            for ticket in self._tickets.pop(entry.label, ()):
                self.budget.settle(ticket, None, billed=False)
            self.budget.spent = self.ledger.spent
            self.log.write(BatchEntry(label=entry.label, state="collected"))
            count += 1
        return count

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
                verdicts = self.ledger.add(completion, offset)
                done = sum(verdict.state == DONE for verdict in verdicts)
                self.summary.count(completion)
                self.job.tell("collected", {"request": name, "done": done})

    def _read_row(
        self, row: dict[str, Any], spec_ids: list[str], entry: BatchEntry
    ) -> Completion | None:
        """The completion of a result line; None for an item that failed."""
        try:
            completion = read_answer(row, spec_ids, entry.prompt)
        except FaultError as fault:
            self.dialect.adapt(fault, entry.mode)
            self.summary.reasons[fault.code or fault.reason] += len(spec_ids)
            return None
        if completion.finish_reason != "content_filter":
            self.dialect.accept(entry.mode)
        return completion

    def _conclude(self) -> None:
        counts = Summary()
        in_hand = self.log.in_hand()
        for spec in unfinished(self.specs(), self.ledger, counts):
            self.summary.pending += 1
            if hash_id(spec.id) in in_hand:
                self.summary.reasons["in an open batch"] += 1
        self.summary.asked = counts.asked
        self.summary.repeats = counts.repeats
        self.summary.completed, self.summary.failed = counts.completed, counts.failed
        self.summary.optional = bool(self.log.open) and not self.summary.stopped
        self.summary.mend = "Run the same command again: open batches are collected."
        price = self.backend.price
        if price.known:
            self.summary.cost_total = price.cost(self.ledger.spent)
            self.summary.currency = price.currency


def _join(pool: list[tuple[Spec, str]]) -> Request:
    return Request([spec for spec, _ in pool], [reason for _, reason in pool])
