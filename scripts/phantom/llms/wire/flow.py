"""The loop that keeps requests in flight and sees that each spec ends in one state."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from phantom.completions.failures import append_failed, make_failed
from phantom.completions.ledger import AGAIN, DONE
from phantom.llms.budget import Budget
from phantom.llms.estimate import Estimator
from phantom.llms.job import Job, Summary
from phantom.llms.wire import faults
from phantom.llms.wire.breaker import Breaker
from phantom.llms.wire.dialect import Dialect
from phantom.llms.wire.egress import Egress
from phantom.llms.wire.flight import Flight
from phantom.llms.wire.limiter import Limiter
from phantom.llms.wire.queue import Again, Queue, Request
from phantom.llms.wire.replies import Reply, filtered_reply, to_completion
from phantom.llms.wire.signals import on_interrupt
from phantom.prompts.prompter import Prompt, Prompter
from phantom.records import Completion, Usage, hash_id


@dataclass
class Flow:
    """Sends requests until every spec is completed, failed or given up.

    retries (int): How often a request without an answer is sent again.
    base (float): Seconds of the first wait before that.
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
    max_tokens: int | None = None
    retries: int = 8
    base: float = 1.0
    grace: float = 10.0
    _flight: Flight = field(default_factory=Flight)
    _held: Request | None = None
    _error: BaseException | None = None

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
        waits = (self.limiter.wait(), self.breaker.wait())
        return None if None in waits else max(w for w in waits if w is not None)

    def _start(self, request: Request) -> bool:
        prompt = self.prompter.render(request.asks, request.reasons)
        most = self.estimator.most(prompt, request.asks, self.max_tokens)
        ticket = self.budget.admit(most)
        if ticket is None:
            return False
        request.ticket, request.mode = ticket, self.dialect.mode
        request.probe, request.started = self.breaker.send(), self.limiter.take()
        self._flight.send(self._send(request, prompt))
        return True

    async def _send(self, request: Request, prompt: Prompt) -> None:
        usage, billed = None, True
        try:
            try:
                reply = await self.egress.chat(prompt, self.dialect.request())
                completion = self._complete(request, prompt, reply)
                usage = completion.usage or self.estimator.guess(prompt, completion)
                self.limiter.heed(reply.headers)
                self._answered(request, completion)
            except faults.FaultError as fault:
                billed = fault.billed
                self._failed(request, fault)
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

    def _complete(self, request: Request, prompt: Prompt, reply: Reply) -> Completion:
        standing = self.estimator.ledger.standing
        before = (standing.get(hash_id(ask.id)) for ask in request.asks)
        return to_completion(
            reply,
            [ask.id for ask in request.asks],
            prompt.digest,
            attempt=1 + max((entry.asked for entry in before if entry), default=0),
            estimate=self.estimator.input(prompt),
        )

    def _answered(self, request: Request, completion: Completion) -> None:
        offset = self.job.journal.append(completion)
        self.limiter.succeed()
        self.breaker.succeed()
        self.dialect.accept(request.mode)
        ledger = self.estimator.ledger
        asks = {ask.id: ask for ask in request.asks}
        states = {DONE: 0, AGAIN: 0, "failed": 0}
        for spec_id, state, reason, raw in ledger.add(completion, offset):
            states[state] += 1
            if state == DONE:
                self.summary.completed += 1
            elif state == AGAIN:
                size = ledger.standing[hash_id(spec_id)].size
                self.queue.ask_again(Again(asks[spec_id], reason or "", size))
            else:
                failed = make_failed(spec_id, reason or "", raw)
                append_failed(self.job.journal.path, failed)
                self.summary.failed += 1
                self.summary.reasons[reason or ""] += 1
        self.summary.count(completion)
        usage = completion.usage or Usage()
        self._tell(
            "answer",
            **states,
            finish=completion.finish_reason,
            latency=completion.latency,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
        )

    def _failed(self, request: Request, fault: faults.FaultError) -> None:
        self._tell("fault", reason=fault.reason, message=fault.message[:300])
        fatal = faults.explain_fatal(fault)
        changed = None if fatal else self.dialect.adapt(fault, request.mode)
        if fatal:
            self.summary.give_up(len(request.asks), fault.reason)
            self._stop(fatal)
        elif faults.is_filtered(fault):
            prompt = self.prompter.render(request.asks, request.reasons)
            self._answered(request, self._complete(request, prompt, filtered_reply()))
        elif changed:
            self.breaker.succeed()
            self._tell("dialect", change=changed)
            self.queue.retry(request, 0.0)
        elif faults.is_transient(fault):
            self._retry(request, fault)
        elif len(request.asks) > 1:
            # One spec may be what the server objects to.
            self.breaker.succeed()
            for ask in request.asks:
                self.queue.ask_again(Again(ask, "", len(request.asks) // 2))
        else:
            self._trip(request, fault)
            reason = f"{fault.reason}: {fault.message[:100]}"
            self.summary.give_up(len(request.asks), reason)

    def _retry(self, request: Request, fault: faults.FaultError) -> None:
        news = faults.is_congestion(fault) and self.limiter.congest(request.started)
        # A burst of 429 to requests sent together is one failure, not many.
        if fault.status != 429 or news or request.probe:
            self._trip(request, fault)
        request.tries += 1
        delay = faults.read_retry_after(fault)
        if delay is not None:
            self.limiter.pause(delay)
            self._tell("pause", seconds=delay)
        else:
            delay = faults.backoff(request.tries, self.base)
        if request.tries > self.retries:
            self.summary.give_up(len(request.asks), fault.reason)
        else:
            self.queue.retry(request, delay)

    def _trip(self, request: Request, fault: faults.FaultError) -> None:
        if self.breaker.fail(request.probe):
            self._tell("breaker", failures=self.breaker.failures)
        if self.breaker.gave_up:
            self._stop(
                f"{self.breaker.failures} requests in a row had no answer, probes "
                f"after pauses included; the last one: {fault.reason}: {fault.message}"
            )

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
