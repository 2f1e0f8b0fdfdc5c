"""One run of the LLM as labeller: who may see the texts, the answers, what it took."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phantom.completions.journal import read_journal
from phantom.completions.ledger import read_ledger
from phantom.curation.extraction import (
    as_extraction,
    predict,
    show_sentence,
    to_sentences,
)
from phantom.jsonl import load_record, read_jsonl
from phantom.llms.job import Backend, Job, Summary, make_ledger
from phantom.packs.pack import Pack
from phantom.privacy.paths import is_private
from phantom.prompts.demonstrations import Demonstration, Demonstrations
from phantom.prompts.prompter import Prompter
from phantom.records import Example, Labelled, Origin, Record


class Figures(Record):
    """What a run of the LLM as labeller took; stands beside its predictions.

    data (str): Path of the texts. model (str): The LLM, as its config names it.
    shots (int): Worked examples shown.
    texts (int): Different ones; each was completed, failed or is pending.
    completed, failed, pending (int): Of the texts.
    requests (int): Answers in the journal.
    cost_per_1000 (Optional[float]): Per 1,000 texts; null without a price.
    currency (str): Of the cost.
    latency_seconds_per_1000 (float): Seconds that the server took for 1,000 texts,
        one request after the other.
    """

    data: str
    model: str
    shots: int
    texts: int
    completed: int
    failed: int
    pending: int
    requests: int
    cost_per_1000: float | None
    currency: str
    latency_seconds_per_1000: float

    @property
    def name(self) -> str:
        """For tables."""
        return f"{self.model}, {self.shots}-shot"


@dataclass
class Labelling:
    """What a run came to.

    predictions (List[Labelled]): One per example, in their order.
    lost (Counter[str]): What could not be used, by reason.
    """

    predictions: list[Labelled]
    lost: Counter[str]
    summary: Summary
    figures: Figures


def find_origin(data: Path, private: list[Path], host: str) -> Origin:
    """Whether texts are public, or private and allowed to go to a host.

    private (List[Path]): Absolute files and folders of private text.
    host (str): Of a server on this machine that may see private text; "" for none.
    RAISES: ValueError for private texts without a host.
    """
    if not is_private(data, private):
        return "public"
    if not host:
        raise ValueError(
            f"{data}: private, by --private; nothing was sent\nFor a server on "
            "this machine, name its host with --allow-private"
        )
    return "private"


def name_run(data: Path, model: str, shots: int) -> str:
    """The beginning of a run's file names: its data, model and shots."""
    safe = re.sub(r"[^\w.-]+", "_", model)
    return f"{data.parent.name}-{data.stem}-{safe}-{shots}-shot"


def make_labeller(pack: Pack, pool: Iterable[Demonstration], shots: int) -> Prompter:
    """The prompts of a run. pool (Iterable[Demonstration]): Of writing."""
    shown = Demonstrations(as_extraction(pool, pack), shots)
    return Prompter(pack, "extract", shown, show_sentence)


def label_texts(
    backend: Backend,
    job: Job,
    prompter: Prompter,
    data: Path,
    examples: Sequence[Example],
    shots: int,
) -> Labelling:
    """Have a back-end label the texts that the job's journal lacks.

    data (Path): Where the examples were read from, for the figures.
    examples (Sequence[Example]): Of one origin; their gold labels are not shown.
    RAISES: ValueError if nothing can be asked.
    """
    sentences = list(to_sentences(examples, examples[0].origin))
    summary = backend.complete(job, sentences, prompter)
    ledger = read_ledger(job.journal.path, make_ledger(prompter, job))
    lost: Counter[str] = Counter()
    found = list(predict(examples, job.journal.path, job.pack, ledger, lost))
    figures = measure(data, job.journal.path, summary, backend, shots, len(ledger.done))
    return Labelling(found, lost, summary, figures)


def read_figures(path: Path) -> Figures:
    """What a run took. RAISES: ValueError if extract did not write it."""
    if not path.is_file():
        raise ValueError(f"{path}: no such file\nRun extract again; it writes it")
    return load_record(path, Figures)


def read_labelled(
    predictions: Path, left_out: Counter[str]
) -> tuple[Figures, list[Example]]:
    """What a run took, and its texts with its labels; `labelled_by` is the model.

    predictions (Path): As extract wrote it, beside the figures.
    left_out (Counter[str]): Counts what the model did not answer.
    RAISES: ValueError if extract did not write it.
    """
    name = predictions.name.removesuffix(".jsonl").removesuffix(".predictions")
    figures = read_figures(predictions.with_name(f"{name}.json"))
    found = []
    for record in read_jsonl(predictions, Labelled):
        if record.state == "completed":
            fields = record.model_dump(exclude={"state"})
            fields["labelled_by"] = figures.model
            found.append(Example.model_validate(fields))
        else:
            left_out[f"answer {record.state}"] += 1
    return figures, found


def measure(
    data: Path,
    journal: Path,
    summary: Summary,
    backend: Backend,
    shots: int,
    done: int,
) -> Figures:
    """Cost and latency per 1,000 texts, over the whole journal.

    done (int): Texts that the journal answers, those of other runs included.
    """
    latency, requests = 0.0, 0
    for _, completion in read_journal(journal):
        latency += completion.latency or 0.0
        requests += 1
    per = 1_000 / max(1, done)
    cost = summary.cost_total
    return Figures(
        data=str(data),
        model=backend.model,
        shots=shots,
        texts=summary.asked,
        completed=summary.completed,
        failed=summary.failed,
        pending=summary.pending,
        requests=requests,
        cost_per_1000=None if cost is None else cost * per,
        currency=backend.currency,
        latency_seconds_per_1000=latency * per,
    )
