"""Batch mode: hand in, poll, collect, item by item; any process can take over."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from phantom.completions.failures import rewrite_failed
from phantom.completions.ledger import Ledger, read_ledger
from phantom.llms.batch.collect import Collector
from phantom.llms.batch.log import (
    BatchEntry,
    BatchLog,
    batch_log_path,
)
from phantom.llms.budget import Budget
from phantom.llms.estimate import Estimator
from phantom.llms.job import (
    Backend,
    Job,
    Summary,
    make_ledger,
    make_prompter,
    unfinished,
)
from phantom.llms.openai import OpenAI
from phantom.llms.wire.dialect import Dialect
from phantom.llms.wire.egress import Egress
from phantom.llms.wire.faults import FaultError, explain_fatal
from phantom.llms.wire.queue import Request
from phantom.prompts.prompter import Prompter
from phantom.records import Spec, Usage, hash_id


def run_batches(
    backend: Backend,
    job: Job,
    specs: Callable[[], Iterable[Spec]],
    per_batch: int = 1_000,
    poll: float = 30.0,
    wait: bool = True,
) -> Summary:
    """Collect what is ready, hand in what is lacking.

    specs (Callable): Gives the specs anew each time; a round of asking again needs
        them again.
    per_batch (int): Most requests in a batch.
    poll (float): Seconds between looks at open batches.
    wait (bool): Until all is done; otherwise end after one look and leave the
        rest to a later process.
    RAISES: ValueError if the back-end has no batches.
    """
    if not isinstance(backend, OpenAI):
        raise ValueError(
            "this back-end has no batches\nUse one that asks an endpoint, such as "
            "--llm configs/llm/openai.cfg (--vars.llm configs/llm/openai.cfg under "
            "`spacy project run`)"
        )
    path = job.journal.path
    log = BatchLog(batch_log_path(path))
    log.read()
    prompter = make_prompter(job)
    ledger = read_ledger(path, make_ledger(prompter, job))
    run = BatchRun(
        backend,
        job,
        specs,
        log,
        prompter,
        backend.dialect(path),
        ledger,
        backend.budget(job.budget, ledger),
        backend.connect(),
        per_batch,
        poll,
    )
    return asyncio.run(run.run(wait))


@dataclass
class BatchRun:
    """One process's part in a job that batches do; see `run_batches`."""

    backend: OpenAI
    job: Job
    specs: Callable[[], Iterable[Spec]]
    log: BatchLog
    prompter: Prompter
    dialect: Dialect
    ledger: Ledger
    budget: Budget
    egress: Egress
    per_batch: int
    poll: float
    summary: Summary = field(default_factory=Summary)
    _tickets: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.collector = Collector(
            self.job, self.log, self.ledger, self.dialect, self.egress, self.summary
        )

    async def run(self, wait: bool) -> Summary:
        """Work, and say what it came to."""
        try:
            await self._work(wait)
        except FaultError as fault:
            self.summary.stopped = explain_fatal(fault) or f"{fault.reason}: {fault}"
        finally:
            await self.egress.close()
        rewrite_failed(self.job.journal.path, self.ledger)
        self._conclude()
        return self.summary

    async def _work(self, wait: bool) -> None:
        await self._find_intended()
        for entry in self.log.open.values():
            self._tickets[entry.label].append(self.budget.reserve(entry.most))
        while True:
            before = len(self.ledger.done), self.dialect.settings
            collected = await self._collect()
            # Batches are far apart, often in other processes: a refusal is told now.
            self.dialect.remember()
            after = len(self.ledger.done), self.dialect.settings
            if collected and not self.log.open and after == before:
                why = "the last batches completed no spec"
                self.summary.stopped = ": ".join([why, *self.collector.told[-1:]])
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
        size = self.backend.size(self.job)
        pools: dict[int, list[tuple[Spec, str]]] = defaultdict(list)
        for spec in unfinished(self.specs(), self.ledger, Summary()):
            key = hash_id(spec.id)
            if key in in_hand:
                continue
            entry = self.ledger.unanswered.get(key)
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
            needed = estimator.most(prompt, request.asks, self.dialect.limit)
            if not self._hold(label, needed):
                self.summary.stopped = f"the budget is used up ({self.job.budget})"
                break
            name = f"{label}-{number}"
            prompts[name] = prompt
            requests[name] = [ask.id for ask in request.asks]
            most += needed
        if not prompts:
            return 0
        entry = BatchEntry(
            label=label,
            state="intended",
            requests=requests,
            prompt=self.prompter.digest,
            mode=self.dialect.mode,
            options=self.dialect.options,
            most=most,
        )
        self.log.write(entry)
        settings = self.dialect.request(self.prompter.schema)
        batch_id = await self.egress.submit(prompts, settings, label)
        self.summary.handed_in += 1
        self.log.write(BatchEntry(label=label, state="submitted", batch_id=batch_id))
        self.job.tell("submitted", {"batch": batch_id, "requests": len(prompts)})
        return len(prompts)

    def _hold(self, label: str, most: Usage) -> bool:
        """Reserve for a part of a batch, until it is collected."""
        ticket = self.budget.admit(most)
        if ticket is not None:
            self._tickets[label].append(ticket)
        return ticket is not None

    async def _collect(self) -> int:
        """Collect what has ended, and free what it held. RETURNS (int): How many."""
        ended = await self.collector.collect()
        for entry in ended:
            for ticket in self._tickets.pop(entry.label, ()):
                self.budget.settle(ticket, None, billed=False)
        self.budget.spent = self.ledger.spent
        return len(ended)

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
        self.summary.open_batches = len(self.log.open)
        self.summary.optional = bool(self.log.open) and not self.summary.stopped
        self.summary.remedy = "Run the same command again: open batches are collected."
        price = self.backend.price
        if price.known:
            self.summary.cost_total = price.cost(self.ledger.spent)
            self.summary.currency = price.currency


def _join(pool: list[tuple[Spec, str]]) -> Request:
    return Request([spec for spec, _ in pool], [reason for _, reason in pool])
