"""The loop that keeps requests in flight and sees that each spec ends in one state."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from phantom.llms.budget import Budget
from phantom.llms.estimate import Estimator
from phantom.llms.job import Job, Summary
from phantom.llms.wire.breaker import Breaker
from phantom.llms.wire.dialect import Dialect
from phantom.llms.wire.egress import Egress
from phantom.llms.wire.faults import FaultError
from phantom.llms.wire.flight import Flight
from phantom.llms.wire.limiter import Limiter
from phantom.llms.wire.outcomes import Outcomes
from phantom.llms.wire.queue import Queue, Request
from phantom.llms.wire.signals import on_interrupt
from phantom.prompts.prompter import Prompt, Prompter


@dataclass
class Flow:
    """Sends requests until every spec is completed, failed or given up.

    retries (int): How often a request without an answer is sent again.
    base (float): Seconds of the first wait before that.
    patience (int): Answers without a usable item, from the first on, until it stops.
    grace (float): Seconds that requests in flight have after an interrupt.
    """

    job: Job
    estimator: Estimator
    prompter: Prompter
    egress: Egress
    dialect: Dialect
    budget: Budget
    limiter: Limiter
    breaker: Breaker
    queue: Queue
    summary: Summary
    retries: int = 8
    base: float = 1.0
    patience: int = 10
    grace: float = 10.0
    _flight: Flight = field(default_factory=Flight)
    _held: Request | None = None
    _error: BaseException | None = None

    def __post_init__(self) -> None:
        self.outcomes = Outcomes(
            self.job,
            self.estimator,
            self.dialect,
            self.limiter,
            self.breaker,
            self.queue,
            self.summary,
            self.retries,
            self.base,
            self.patience,
            self._tell,
            self._stop,
        )

    async def run(self) -> None:
        """Work through the queue. RAISES: what stopped it, such as a full disk."""
        started = time.monotonic()
        with on_interrupt(self._interrupt):
            try:
                await self._loop()
                await self._flight.land(lambda: self.summary.interrupted, self.grace)
            finally:
                await self._flight.end()
                await self.egress.close()
        self._give_up_rest()
        self.summary.seconds = time.monotonic() - started
        if self._error is not None:
            raise self._error

    async def _loop(self) -> None:
        while not self.summary.stopped:
            wait = self._blocked()
            if wait == 0:
                request = self._held or self.queue.next(last=not self._flight)
                self._held = None
                if request is None and not self._flight and self.queue.due() is None:
                    return
                if request is None:
                    wait = self.queue.due()
                elif self._start(request):
                    # It goes out before the next prompt is rendered.
                    await asyncio.sleep(0)
                    continue
                else:
                    self._held, wait = request, None
                    if not self._flight:
                        self._stop(f"the budget is used up ({self.job.budget})")
                        return
            await self._flight.sleep(wait)

    def _blocked(self) -> float | None:
        # One request finds out whether another mode helps; many would only cost more.
        if self.dialect.probing and self._flight:
            return None
        waits = (self.limiter.wait(), self.breaker.wait())
        return None if None in waits else max(w for w in waits if w is not None)

    def _start(self, request: Request) -> bool:
        prompt = self.prompter.render(request.asks, request.reasons)
        most = self.estimator.most(prompt, request.asks, self.dialect.limit)
        ticket = self.budget.admit(most)
        if ticket is None:
            return False
        request.ticket, request.sent = ticket, self.dialect.settings
        request.probe, request.started = self.breaker.send(), self.limiter.take()
        self._flight.send(self._send(request, prompt))
        return True

    async def _send(self, request: Request, prompt: Prompt) -> None:
        usage, billed = None, True
        try:
            try:
                settings = self.dialect.request(self.prompter.schema)
                reply = await self.egress.chat(prompt, settings)
                completion = self.outcomes.complete(request, prompt, reply)
                usage = completion.usage or self.estimator.guess(prompt, completion)
                self.limiter.heed(reply.headers)
                self.outcomes.answered(request, completion)
            except FaultError as fault:
                billed = fault.billed
                self.outcomes.failed(request, prompt, fault)
        except asyncio.CancelledError:
            self.summary.give_up(len(request.asks), "interrupted")
        except BaseException as error:
            # A full disk, private text: nothing more may be sent, and it is raised.
            self._error = error
            self.summary.give_up(len(request.asks), type(error).__name__)
            self._stop(str(error))
        finally:
            self.budget.settle(request.ticket, usage, billed)
            self.limiter.give()

    def _give_up_rest(self) -> None:
        rest = sum(1 for _ in self.queue.drain())
        rest += len(self._held.asks) if self._held else 0
        reason = "interrupted" if self.summary.interrupted else "not asked for"
        self.summary.give_up(rest, reason)

    def _stop(self, reason: str) -> None:
        if not self.summary.stopped:
            self.summary.stopped = reason
            self._tell("stop", reason=reason)
        self._flight.wake()

    def _interrupt(self, again: bool) -> None:
        self.summary.interrupted = True
        self._stop("interrupted")
        if again:
            self._flight.cancel()

    def _tell(self, event: str, **data: Any) -> None:
        self.job.tell(
            event,
            {
                **data,
                "completed": self.summary.completed,
                "total_failed": self.summary.failed,
                "in_flight": self.limiter.active,
                "limit": int(self.limiter.limit),
                "cost": round(self.budget.price.cost(self.budget.spent), 6),
            },
        )
