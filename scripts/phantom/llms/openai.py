"""A back-end that asks any server that speaks the OpenAI API."""

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phantom.completions.failures import rewrite_failed
from phantom.completions.ledger import Ledger, read_ledger
from phantom.llms.budget import Budget, Price, parse_budget
from phantom.llms.estimate import Estimator, Forecast, forecast
from phantom.llms.job import (
    Job,
    Summary,
    make_ledger,
    make_prompter,
    unfinished,
)
from phantom.llms.wire.addresses import check_url
from phantom.llms.wire.breaker import Breaker
from phantom.llms.wire.dialect import MODES, Dialect, dialect_path
from phantom.llms.wire.egress import Egress, is_loopback
from phantom.llms.wire.flow import Flow
from phantom.llms.wire.limiter import Limiter
from phantom.llms.wire.queue import Queue
from phantom.prompts.prompter import Prompter
from phantom.registry import phantom_registry


@phantom_registry.phantom_llms("phantom.OpenAI.v1")
@dataclass
class OpenAI:
    """`phantom.OpenAI.v1`: the settings of an endpoint.

    base_url (str): Such as "https://api.openai.com/v1".
    model (str): As the server names it.
    key_env (Optional[str]): Environment variable with the key; None for servers
        that want none. The key is read from nowhere else.
    options (Dict[str, Any]): Sent with each request: temperature, seed ...
    concurrency (int): Most requests in flight; `start` at first.
    timeout (float): Seconds for one answer.
    structured (str): "schema", "json" or "text"; what is refused is not used again.
    specs_per_request (Optional[int]): None takes the pack's.
    price_input, price_cached, price_output (float): Per million tokens; cached as
        input where None.
    headers, query (Dict[str, str]): Sent with each request, not secret.
    retries (int): Of a request without an answer; the first after about `backoff`
        seconds, then twice as long each time.
    breaker_after (int): Failures in a row until all requests pause for
        `breaker_pause` seconds, doubling, for at most `breaker_probes` times.
    useless_after (int): Answers without a usable item, from the first of a run on,
        until it stops.
    allow_private (Optional[str]): Host on this machine that private text may go to.
    """

    base_url: str
    model: str
    key_env: str | None = "OPENAI_API_KEY"
    options: dict[str, Any] | None = None
    concurrency: int = 64
    start: int = 16
    timeout: float = 120.0
    structured: str = "schema"
    specs_per_request: int | None = None
    price_input: float = 0.0
    price_cached: float | None = None
    price_output: float = 0.0
    currency: str = "USD"
    headers: dict[str, str] | None = None
    query: dict[str, str] | None = None
    retries: int = 8
    backoff: float = 1.0
    breaker_after: int = 10
    breaker_pause: float = 30.0
    breaker_probes: int = 3
    useless_after: int = 10
    allow_private: str | None = None

    def __post_init__(self) -> None:
        check_url(self.base_url)
        if self.structured not in MODES:
            raise ValueError(f"structured: {self.structured!r} is none of {MODES}")
        self.price = Price(
            self.price_input, self.price_output, self.price_cached, self.currency
        )

    def generate(self, job: Job) -> Summary:
        """Complete what the journal lacks. RAISES: ValueError, for a missing key."""
        return self.complete(job, job.specs, make_prompter(job))

    def complete(self, job: Job, asks: Iterable[Any], prompter: Prompter) -> Summary:
        """Complete any asks that the prompter can render. RAISES: As `generate`."""
        egress = self.connect()
        ledger = read_ledger(job.journal.path, make_ledger(prompter, job))
        if job.retry_failed or self._is_hopeless(ledger):
            ledger.forgive()
        rewrite_failed(job.journal.path, ledger)
        budget = self.budget(job.budget, ledger)
        before = self.price.cost(budget.spent)
        summary = Summary(other_prompt=ledger.other_prompt)
        todo = unfinished(asks, ledger, summary)
        flow = Flow(
            job,
            Estimator(ledger),
            prompter,
            egress,
            self.dialect(job.journal.path),
            budget,
            Limiter(self.concurrency, self.start),
            Breaker(self.breaker_after, self.breaker_pause, self.breaker_probes),
            Queue(todo, self.size(job), self.concurrency),
            summary,
            retries=self.retries,
            base=self.backoff,
            patience=self.useless_after,
        )
        asyncio.run(flow.run())
        if self._is_hopeless(ledger) and summary.failed:
            ledger.forgive()
            rewrite_failed(job.journal.path, ledger)
            summary.pending, summary.failed = summary.pending + summary.failed, 0
            summary.stopped = summary.stopped or flow.outcomes.explain_useless()
        if self.price.known:
            summary.cost_total = self.price.cost(budget.spent)
            summary.cost = summary.cost_total - before
            summary.currency = self.price.currency
        summary.remedy = "Run the same command again: what is done is not asked again."
        return summary

    def forecast(self, job: Job) -> Forecast:
        """What the job would take, without a request; its journal may be closed."""
        prompter = make_prompter(job)
        ledger = read_ledger(job.journal.path, make_ledger(prompter, job))
        if job.retry_failed or self._is_hopeless(ledger):
            ledger.forgive()
        todo = unfinished(job.specs, ledger, Summary())
        return forecast(todo, prompter, ledger, self.size(job), self.price)

    def check_ready(self) -> None:
        """RAISES: ValueError without a key, before anything is started."""
        self._key()

    def share(self, workers: int) -> dict[str, Any]:
        """An equal part of the requests in flight."""
        part = max(1, self.concurrency // workers)
        return {"llm.concurrency": part, "llm.start": part}

    def size(self, job: Job) -> int:
        """Specs per request."""
        default = job.pack.domain.generation.specs_per_request
        return job.size or self.specs_per_request or default

    def connect(self) -> Egress:
        """Open the way to the endpoint. RAISES: ValueError without a key."""
        return Egress(
            self.base_url,
            self._key(),
            self.timeout,
            self.headers,
            self.query,
            self.concurrency,
            self.allow_private,
        )

    def dialect(self, journal: Path) -> Dialect:
        """What the endpoint understands, remembered beside the journal."""
        options = {"model": self.model, **(self.options or {})}
        return Dialect(options, self.structured, self.base_url, dialect_path(journal))

    def budget(self, text: str | None, ledger: Ledger) -> Budget:
        """The budget, with what the journal says was spent."""
        if text is None:
            return Budget(self.price, spent=ledger.spent)
        limit, tokens = parse_budget(text, self.price)
        return Budget(self.price, limit, tokens, ledger.spent)

    def _is_hopeless(self, ledger: Ledger) -> bool:
        """Whether no answer was ever of use: then no spec is to blame."""
        return not ledger.done and ledger.requests >= self.useless_after

    def _key(self) -> str:
        if self.key_env is None:
            return "none"
        key = os.environ.get(self.key_env, "").strip()
        if key:
            return key
        if is_loopback(Egress.host_of(self.base_url)):
            return "none"
        raise ValueError(
            f"No key: set the environment variable {self.key_env}, for "
            f"{self.base_url}. Keys are read from the environment only."
        )
