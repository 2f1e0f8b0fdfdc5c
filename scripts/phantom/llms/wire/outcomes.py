"""What an answer, or a refusal, means for the specs of a request and for the rest."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from phantom.completions.failures import append_failed, make_failed
from phantom.completions.ledger import AGAIN, DONE, FAILED, NO_ITEM
from phantom.llms.estimate import Estimator
from phantom.llms.job import Job, Summary
from phantom.llms.wire import faults, windows
from phantom.llms.wire.breaker import Breaker
from phantom.llms.wire.dialect import Dialect
from phantom.llms.wire.limiter import Limiter
from phantom.llms.wire.queue import Queue, Reask, Request
from phantom.llms.wire.replies import (
    Reply,
    filtered_reply,
    to_completion,
    torn_reply,
)
from phantom.llms.wire.waits import backoff, read_retry_after
from phantom.prompts.prompter import Prompt
from phantom.records import Completion, Usage, hash_id

# A server that is not there is tried so often before the first answer of a run.
FIRST_TRIES = 3
LONGEST_WAIT = 3_600.0


@dataclass
class Outcomes:
    """Takes what came back, in the order in which it came.

    retries (int): How often a request without an answer is sent again.
    base (float): Seconds of the first wait before that.
    patience (int): Answers without a usable item, from the first on, until the run
        stops.
    tell (Callable): Of each event. stop (Callable): Send nothing more, for a reason.
    """

    job: Job
    estimator: Estimator
    dialect: Dialect
    limiter: Limiter
    breaker: Breaker
    queue: Queue
    summary: Summary
    retries: int
    base: float
    patience: int
    tell: Callable[..., None]
    stop: Callable[[str], None]
    _useless: Counter[str] = field(default_factory=Counter)
    _shown: str = ""
    _useful: bool = False

    def complete(self, request: Request, prompt: Prompt, reply: Reply) -> Completion:
        """The line for the journal. RAISES: FaultError if the reply is none."""
        standing = self.estimator.ledger.unanswered
        before = (standing.get(hash_id(ask.id)) for ask in request.asks)
        return to_completion(
            reply,
            [ask.id for ask in request.asks],
            prompt.digest,
            attempt=1 + max((entry.asked for entry in before if entry), default=0),
            estimate=self.estimator.input(prompt),
        )

    def answered(self, request: Request, completion: Completion) -> None:
        """Journal an answer; ask again for what it lacks."""
        offset = self.job.journal.append(completion)
        self.limiter.succeed()
        self.breaker.succeed()
        ledger = self.estimator.ledger
        asks = {ask.id: ask for ask in request.asks}
        states = {DONE: 0, AGAIN: 0, FAILED: 0}
        reasons: Counter[str] = Counter()
        for spec_id, state, reason, raw in ledger.add(completion, offset):
            states[state] += 1
            reasons[reason or ""] += 1
            if state == DONE:
                self.summary.completed += 1
            elif state == AGAIN:
                size = ledger.unanswered[hash_id(spec_id)].size
                self.queue.ask_again(Reask(asks[spec_id], reason or "", size))
            else:
                failed = make_failed(spec_id, reason or "", raw)
                append_failed(self.job.journal.path, failed)
                self.summary.failed += 1
                self.summary.reasons[reason or ""] += 1
        self.summary.count(completion)
        usage = completion.usage or Usage()
        self.tell(
            "answer",
            **states,
            finish=completion.finish_reason,
            latency=completion.latency,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
        )
        self._judge(request, completion, reasons)

    def _judge(
        self, request: Request, completion: Completion, reasons: Counter[str]
    ) -> None:
        """Whether the mode is to blame, or the model never gives what is of use."""
        mode = request.sent.mode if request.sent else self.dialect.mode
        held = any(reason not in NO_ITEM for reason in reasons)
        # A torn item, or one without its text, speaks neither for nor against a mode.
        nothing = not held and '"text"' not in completion.completion
        suspect = nothing and "refused" not in reasons
        if held:
            self.dialect.prove(mode)
        elif suspect and (change := self.dialect.doubt(mode)):
            self.tell("dialect", change=change)
        self._useful = self._useful or "" in reasons
        if self._useful or mode != self.dialect.mode:
            return
        if suspect and not self.dialect.settled:
            return
        self._useless[reasons.most_common(1)[0][0] if reasons else "empty"] += 1
        self._shown = self._shown or completion.completion.strip()
        if self._useless.total() >= self.patience:
            self.stop(self.explain_useless())

    def explain_useless(self) -> str:
        """Why a run without a single usable item is not carried on."""
        shown = " ".join(self._shown.split())
        shown = f"{shown[:300]!r}" if shown else "nothing but white space"
        reason = max(self._useless, key=self._useless.__getitem__, default="empty")
        return (
            f"none of the first {self.summary.requests:,} answers holds a usable item, "
            f"most for: {reason}. One of them: {shown}"
        )

    def failed(
        self, request: Request, prompt: Prompt, fault: faults.FaultError
    ) -> None:
        """Send again, ask otherwise, ask for each spec alone, or give up."""
        self.tell("fault", reason=fault.reason, message=fault.message[:300])
        fatal = faults.explain_fatal(fault)
        if fatal:
            self.summary.give_up(len(request.asks), fault.reason)
            self.stop(fatal)
        elif faults.is_filtered(fault):
            self.answered(request, self.complete(request, prompt, filtered_reply()))
        elif (text := faults.find_torn(fault)) is not None:
            self.answered(request, self.complete(request, prompt, torn_reply(text)))
        elif overflow := windows.read_overflow(fault):
            self._overflowed(request, prompt, fault, overflow)
        else:
            self._refused(request, fault)

    def _refused(self, request: Request, fault: faults.FaultError) -> None:
        sent = request.sent or self.dialect.settings
        current = sent == self.dialect.settings
        change = self.dialect.adapt(fault, sent, again=request.refused > 0)
        request.refused += current
        if change is not None:
            self.breaker.succeed()
            if change:
                self.tell("dialect", change=change)
            self.queue.retry(request, 0.0)
        elif faults.is_transient(fault):
            self._retry(request, fault)
        else:
            self._part(request, fault)

    def _part(self, request: Request, fault: faults.FaultError) -> None:
        """One spec may be what the server objects to: ask for fewer together."""
        if len(request.asks) > 1:
            self.breaker.succeed()
            for ask in request.asks:
                self.queue.ask_again(Reask(ask, "", len(request.asks) // 2))
        else:
            self._trip(request, fault)
            self.summary.give_up(len(request.asks), fault.brief)

    def _overflowed(
        self,
        request: Request,
        prompt: Prompt,
        fault: faults.FaultError,
        overflow: windows.Overflow,
    ) -> None:
        """Make requests fit the window; stop if none can."""
        count = len(request.asks)
        tokens = int(self.estimator.input(prompt) * self.estimator.margin)
        each = self.estimator.output(request.asks) / count
        fit = None
        if overflow.window is not None:
            fixed = sum(len(part.text) for part in prompt.parts[:-1])
            share = fixed / max(1, prompt.characters)
            size = overflow.prompt or tokens
            fit = windows.find_fit(overflow.window, size, share, each, count)
        sent = request.sent or self.dialect.settings
        stale = sent != self.dialect.settings or count > self.queue.size
        change = self.dialect.limit_to(fit.room) if fit else None
        if fit and fit.specs < min(count, self.queue.size):
            self.queue.size = fit.specs
            change = f"{change or ''}, {fit.specs} specs per request".lstrip(", ")
        if change or (fit and stale):
            self.breaker.succeed()
            if change:
                self.tell("dialect", change=change)
            for ask in request.asks:
                self.queue.ask_again(Reask(ask, "", count))
        elif self.summary.completed > self.summary.before:
            self._part(request, fault)
        else:
            self.summary.give_up(count, fault.brief)
            limit = self.dialect.limit
            why = windows.describe(overflow, tokens, count, limit)
            self.stop(f"{why} ({fault.reason}: {fault.message})")

    def _retry(self, request: Request, fault: faults.FaultError) -> None:
        request.tries += 1
        first = not self.summary.requests and faults.never_reached(fault)
        news = faults.is_congestion(fault) and self.limiter.congest(request.started)
        # A burst of 429 to requests sent together is one failure, not many.
        if not first and (fault.status != 429 or news or request.probe):
            self._trip(request, fault)
        delay = read_retry_after(fault.headers, fault.message, fault.body)
        if delay is not None and delay > LONGEST_WAIT:
            self.stop(
                f"the server asks to wait {delay / 3600:,.1f} hours ({fault.reason}: "
                f"{fault.message})"
            )
        elif delay is not None:
            self.limiter.pause(delay)
            self.tell("pause", seconds=delay)
        else:
            delay = backoff(request.tries, self.base)
        if first and request.tries >= FIRST_TRIES:
            self.stop(fault.message)
        if request.tries > self.retries:
            self.summary.give_up(len(request.asks), fault.brief)
        else:
            self.queue.retry(request, delay)

    def _trip(self, request: Request, fault: faults.FaultError) -> None:
        if self.breaker.fail(request.probe):
            self.tell("breaker", failures=self.breaker.failures)
        if self.breaker.gave_up:
            self.stop(
                f"{self.breaker.failures} requests in a row had no answer, probes "
                f"after pauses included; the last one: {fault.reason}: {fault.message}"
            )
