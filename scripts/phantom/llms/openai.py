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
from phantom.llms.job import Job, Summary, unfinished
from phantom.llms.wire.breaker import Breaker
from phantom.llms.wire.dialect import MODES, Dialect, dialect_path
from phantom.llms.wire.egress import Egress, is_loopback
from phantom.llms.wire.flow import Flow
from phantom.llms.wire.limiter import Limiter
from phantom.llms.wire.queue import Queue
from phantom.packs.pack import Pack
from phantom.passages.markup import check_passage
from phantom.passages.tags import check_tags
from phantom.prompts.demonstrations import Demonstrations, read_demonstrations
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
    allow_private: str | None = None

    def __post_init__(self) -> None:
        if self.structured not in MODES:
            raise ValueError(f"structured: {self.structured!r} is none of {MODES}")
        self.price = Price(
            self.price_input, self.price_output, self.price_cached, self.currency
        )
        self._dialect: Dialect | None = None

    def generate(self, job: Job) -> Summary:
        """Complete what the journal lacks. RAISES: ValueError, for a missing key."""
        prompter = self.prompter(job)
        ledger = make_ledger(prompter, job)
        return self.complete(job, job.specs, prompter, ledger, self.size(job.pack))

    def complete(
        self,
        job: Job,
        asks: Iterable[Any],
        prompter: Prompter,
        ledger: Ledger,
        size: int,
    ) -> Summary:
        """Complete any asks that the prompter can render."""
        egress = self.connect()
        read_ledger(job.journal.path, ledger)
        if job.retry_failed:
            ledger.forgive()
        rewrite_failed(job.journal.path, ledger)
        budget = self.budget(job.budget, ledger)
        before = self.price.cost(budget.spent)
        summary = Summary(other_prompt=ledger.other_prompt)
        flow = Flow(
            job,
            Estimator(ledger),
            prompter,
            egress,
            self.dialect(prompter, job.journal.path),
            budget,
            Limiter(self.concurrency, self.start),
            Breaker(self.breaker_after, self.breaker_pause, self.breaker_probes),
            Queue(unfinished(asks, ledger, summary), size, self.concurrency),
            summary,
            max_tokens=self.max_tokens,
            retries=self.retries,
            base=self.backoff,
        )
        asyncio.run(flow.run())
        if self.price.known:
            summary.cost_total = self.price.cost(budget.spent)
            summary.cost = summary.cost_total - before
            summary.currency = self.price.currency
        summary.mend = "Run the same command again: what is done is not asked again."
        return summary

    def forecast(self, job: Job) -> Forecast:
        """What the job would take, without a request; its journal may be closed."""
        prompter = self.prompter(job)
        ledger = read_ledger(job.journal.path, make_ledger(prompter, job))
        if job.retry_failed:
            ledger.forgive()
        todo = unfinished(job.specs, ledger, Summary())
        return forecast(todo, prompter, ledger, self.size(job.pack), self.price)

    def prompter(self, job: Job) -> Prompter:
        """The prompts of a generate run."""
        pool = job.demonstrations
        if pool is None:
            pool = read_demonstrations(job.pack)
        count = job.pack.domain.generation.demonstrations
        return Prompter(job.pack, demonstrations=Demonstrations(pool, count))

    def size(self, pack: Pack) -> int:
        """Specs per request."""
        return self.specs_per_request or pack.domain.generation.specs_per_request

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

    def dialect(self, prompter: Prompter, journal: Path) -> Dialect:
        """What the endpoint understands, remembered beside the journal."""
        if self._dialect is None:
            self._dialect = Dialect(
                {"model": self.model, **(self.options or {})},
                prompter.schema,
                self.structured,
                self.base_url,
                dialect_path(journal),
            )
        self._dialect.schema = prompter.schema
        return self._dialect

    def budget(self, text: str | None, ledger: Ledger) -> Budget:
        """The budget, with what the journal says was spent."""
        if text is None:
            return Budget(self.price, spent=ledger.spent)
        limit, tokens = parse_budget(text, self.price)
        return Budget(self.price, limit, tokens, ledger.spent)

    @property
    def max_tokens(self) -> int | None:
        """Most tokens of an answer, if the options say so."""
        for name in ("max_tokens", "max_completion_tokens"):
            if self.options and name in self.options:
                return int(self.options[name])
        return None

    def check_key(self) -> None:
        """RAISES: ValueError without a key, before anything is started."""
        self._key()

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


def make_ledger(prompter: Prompter, job: Job) -> Ledger:
    """An empty ledger for a job, in which unreadable tags are failures."""
    check = check_passage if prompter.task == "generate" else check_tags
    labels = list(job.pack.labels)
    return Ledger(prompter.digest, job.reuse, check=lambda text: check(text, labels))
