"""What a generate run is given and what it comes to, whatever the back-end."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from phantom.completions.journal import Journal
from phantom.completions.ledger import Ledger
from phantom.llms.estimate import Forecast
from phantom.packs.pack import Pack
from phantom.passages.markup import check_passage
from phantom.passages.tags import check_tags
from phantom.prompts.demonstrations import (
    Demonstration,
    Demonstrations,
    read_demonstrations,
)
from phantom.prompts.prompter import Prompter
from phantom.records import Completion, Spec, Usage, hash_id

Listener = Callable[[str, dict[str, Any]], None]


def ignore(event: str, data: dict[str, Any]) -> None:
    """A listener that does nothing."""


@dataclass
class Summary:
    """What a run came to.

    asked (int): Specs given, less repeats. completed, failed, pending (int): Of
        those, now and before; each spec is one of the three.
    before (int): Completed in earlier runs.
    reasons (Counter[str]): Why specs failed or are pending.
    spent (Usage): Tokens of this run's requests.
    cost (Optional[float]): Of this run; `cost_total` of the whole journal.
    stopped (Optional[str]): Why the run ended early.
    remedy (str): What a person can do about the pending ones.
    handed_in, open_batches (int): Batches that this run handed in, and that are not
        collected yet.
    """

    asked: int = 0
    completed: int = 0
    before: int = 0
    failed: int = 0
    pending: int = 0
    repeats: int = 0
    requests: int = 0
    spent: Usage = Usage()
    cost: float | None = None
    cost_total: float | None = None
    currency: str = ""
    other_prompt: int = 0
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None
    interrupted: bool = False
    optional: bool = False
    remedy: str = ""
    handed_in: int = 0
    open_batches: int = 0

    def count(self, completion: Completion) -> None:
        """Count a request and its tokens."""
        self.requests += 1
        self.spent += completion.usage or Usage()

    def to_event(self) -> dict[str, Any]:
        """Its figures for the log, in built-in types; those of `spent` among them."""
        figures = {**vars(self), **self.spent.model_dump()}
        del figures["spent"]
        return figures

    def give_up(self, count: int, reason: str) -> None:
        """Leave so many specs to a later run."""
        if count:
            self.pending += count
            self.reasons[reason] += count


@dataclass
class Job:
    """What to complete and where to write it.

    pack (Pack): The domain.
    specs (Iterable[Spec]): Streamed once.
    journal (Journal): Open, to get each completion as it arrives.
    tell (Listener): Called with each event; must return at once.
    budget (Optional[str]): Such as "5" or "200000 tokens", over the whole journal.
    reuse (bool): Whether completions of another prompt count as done.
    retry_failed (bool): Whether specs that failed before are asked for again.
    demonstrations (Optional[List[Demonstration]]): Instead of the pack's own.
    size (Optional[int]): Specs per request; None takes the back-end's, else the pack's.
    check (Optional[Callable]): Why the text of an item can't be used, None if it can;
        by default whether the pack's tags in it can be read.
    """

    pack: Pack
    specs: Iterable[Spec]
    journal: Journal
    tell: Listener = ignore
    budget: str | None = None
    reuse: bool = True
    retry_failed: bool = False
    demonstrations: list[Demonstration] | None = None
    size: int | None = None
    check: Callable[[str], str | None] | None = None


class Backend(Protocol):
    """Writes completions into a journal.

    currency (str): Of its price. model (str): What answers, for files and tables.
    """

    currency: str
    model: str

    def generate(self, job: Job) -> Summary:
        """Complete the job's specs, those that the journal lacks.

        RAISES: ValueError if nothing can be done, such as for a missing key.
        """

    def complete(self, job: Job, asks: Iterable[Any], prompter: Prompter) -> Summary:
        """Complete anything that the prompter renders, as far as the journal lacks it.

        asks (Iterable[Any]): Each with an `id`; instead of the job's specs.
        RAISES: As `generate`.
        """

    def forecast(self, job: Job) -> Forecast:
        """What the job would take, without a request; its journal may be closed."""

    def check_ready(self) -> None:
        """RAISES: ValueError if nothing can be asked, such as for a missing key."""

    def share(self, workers: int) -> dict[str, Any]:
        """Settings, by dotted key, of one of so many that work side by side."""


def make_prompter(job: Job) -> Prompter:
    """The prompts of a generate run."""
    pool = job.demonstrations
    if pool is None:
        pool = read_demonstrations(job.pack)
    count = job.pack.domain.generation.demonstrations
    return Prompter(job.pack, demonstrations=Demonstrations(pool, count))


def make_ledger(prompter: Prompter, job: Job) -> Ledger:
    """An empty ledger for a job, in which texts that it can't use are failures."""
    labels = list(job.pack.labels)
    check = check_passage if prompter.task == "generate" else check_tags
    return Ledger(
        prompter.digest,
        job.reuse,
        check=job.check or (lambda text: check(text, labels)),
    )


def unfinished(
    specs: Iterable[Spec], ledger: Ledger, summary: Summary
) -> Iterator[Spec]:
    """The specs to ask for: neither done nor failed before, none twice.

    summary (Summary): Counts what is passed over.
    """
    seen: set[int] = set()
    for spec in specs:
        key = hash_id(spec.id)
        if key in seen:
            summary.repeats += 1
            continue
        seen.add(key)
        summary.asked += 1
        entry = ledger.unanswered.get(key)
        if key in ledger.done:
            summary.before += 1
            summary.completed += 1
        elif entry and ledger.is_failed(entry):
            summary.failed += 1
            summary.reasons[entry.reason] += 1
        else:
            yield spec
