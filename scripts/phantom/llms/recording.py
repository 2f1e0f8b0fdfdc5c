"""A back-end that answers from recorded completions, without any model."""

import json
from collections.abc import Container, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from phantom.completions.answers import split_answers
from phantom.completions.ledger import DONE, FAILED, Ledger, read_ledger
from phantom.jsonl import read_jsonl
from phantom.llms.budget import Price
from phantom.llms.estimate import Forecast
from phantom.llms.job import Job, Summary, make_ledger, unfinished
from phantom.prompts.prompter import Prompter
from phantom.records import Completion, Usage
from phantom.registry import phantom_registry

NAMES = ("completions.jsonl.gz", "completions.jsonl")
REMEDY = (
    "To have them written, set OPENAI_API_KEY and run again with --llm "
    "configs/llm/openai.cfg (--vars.llm configs/llm/openai.cfg under "
    "`spacy project run`; docs/generation.md has other servers); what is done is kept."
)


@phantom_registry.phantom_llms("phantom.Recording.v1")
class Recording:
    """`phantom.Recording.v1`: completions that were recorded before.

    path (Optional[Union[str, Path]]): A file of completions, one spec each; None takes
        recording/completions.jsonl.gz of the domain pack.
    """

    currency = ""
    model = "recording"

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path else None

    def generate(self, job: Job) -> Summary:
        """Write the recorded completion of each spec that has one.

        The summary's pending specs are those without. RAISES: ValueError if
        there is no recording.
        """
        # Asking a recording again would bring the same answer, so no asking again.
        return self._replay(job, job.specs, Ledger(reasks=0, rerefusals=0))

    def complete(self, job: Job, asks: Iterable[Any], prompter: Prompter) -> Summary:
        """Write the recorded completion of each ask that has one, by its id.

        RAISES: As `generate`.
        """
        ledger = make_ledger(prompter, job)
        ledger.reasks = ledger.rerefusals = 0
        return self._replay(job, asks, ledger)

    def _replay(self, job: Job, asks: Iterable[Any], ledger: Ledger) -> Summary:
        path = self.path or find_recording(job.pack.recording)
        summary = Summary(remedy=REMEDY, optional=True)
        read_ledger(job.journal.path, ledger)
        todo = unfinished(asks, ledger, summary)
        # Windows of specs keep memory flat; one covers most recordings.
        while window := {ask.id for ask in islice(todo, 50_000)}:
            self._answer(path, window, job, ledger, summary)
        return summary

    def check_ready(self) -> None:
        """A recording wants no key."""

    def share(self, workers: int) -> dict[str, Any]:
        """Nothing: readers of a file do not get in each other's way."""
        return {}

    def forecast(self, job: Job) -> Forecast:
        """Nothing is paid for: which specs have a recorded completion."""
        ledger = read_ledger(job.journal.path, Ledger(reasks=0, rerefusals=0))
        todo = {spec.id for spec in unfinished(job.specs, ledger, Summary())}
        path = self.path or _find(job.pack.recording)
        answered = (
            len({c.spec_ids[0] for c in read_recorded(path, todo)}) if path else 0
        )
        none = Usage()
        return Forecast(len(todo), 0, none, none, Price(), True, answered, REMEDY)

    def _answer(
        self,
        path: Path,
        window: set[str],
        job: Job,
        ledger: Ledger,
        summary: Summary,
    ) -> None:
        # Where a spec was asked for again, a later line may hold what the first lacks.
        useless: dict[str, Completion] = {}
        for completion in read_recorded(path, window):
            spec_id = completion.spec_ids[0]
            if not ledger.takes(next(split_answers(completion, pieces=False))):
                useless[spec_id] = completion
                continue
            useless.pop(spec_id, None)
            window.discard(spec_id)
            ledger.add(completion, job.journal.append(completion))
            summary.completed += 1
            job.tell(DONE, {"spec_ids": [spec_id]})
        for spec_id, completion in useless.items():
            window.discard(spec_id)
            outcome = ledger.add(completion, job.journal.append(completion))[0]
            summary.failed += 1
            summary.reasons[outcome.reason or FAILED] += 1
            job.tell(FAILED, {"spec_ids": [spec_id]})
        summary.pending += len(window)
        if window:
            summary.reasons["no recorded completion"] += len(window)
            job.tell("pending", {"specs": len(window)})


def find_recording(folder: Path) -> Path:
    """The file of completions in a pack's recording/. RAISES: ValueError."""
    path = _find(folder)
    if path is None:
        raise ValueError(
            f"{folder}: no {NAMES[0]} here, so this domain has no recording to answer "
            f"from. Set OPENAI_API_KEY and use --llm configs/llm/openai.cfg."
        )
    return path


def _find(folder: Path) -> Path | None:
    paths = (folder / name for name in NAMES)
    return next((path for path in paths if path.is_file()), None)


def read_recorded(path: Path, wanted: Container[str]) -> Iterator[Completion]:
    """The recorded completions of some specs, one spec each.

    path (Path): A recording, or any journal: answers to several specs are split.
    """
    for completion in read_jsonl(path, Completion):
        if len(completion.spec_ids) == 1:
            if completion.spec_ids[0] in wanted:
                yield completion
            continue
        for answer in split_answers(completion):
            if answer.item is not None and answer.spec_id in wanted:
                text = json.dumps(answer.item, ensure_ascii=False)
                update = {"spec_ids": (answer.spec_id,), "completion": text}
                # What the request used is not told apart by spec.
                yield completion.model_copy(update=update | {"usage": None})
