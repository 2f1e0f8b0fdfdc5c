"""A back-end that answers from recorded completions, without any model."""

from collections.abc import Container, Iterator
from itertools import islice
from pathlib import Path

from phantom.completions.ledger import DONE, FAILED, Ledger, read_ledger
from phantom.jsonl import read_jsonl
from phantom.llms.budget import Price
from phantom.llms.estimate import Forecast
from phantom.llms.job import Job, Summary, unfinished
from phantom.records import Completion, Spec, Usage
from phantom.registry import phantom_registry

NAMES = ("completions.jsonl.gz", "completions.jsonl")
MEND = (
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

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path else None

    def generate(self, job: Job) -> Summary:
        """Write the recorded completion of each spec that has one.

        The summary's pending specs are those without. RAISES: ValueError if
        there is no recording.
        """
        path = self.path or find_recording(job.pack.recording)
        summary = Summary(mend=MEND, optional=True)
        # Asking a recording again would bring the same answer, so no asking again.
        ledger = read_ledger(job.journal.path, Ledger(reasks=0, rerefusals=0))
        todo = unfinished(job.specs, ledger, summary)
        # Windows of specs keep memory flat; one covers most recordings.
        while window := {spec.id: spec for spec in islice(todo, 50_000)}:
            self._answer(path, window, job, ledger, summary)
        return summary

    def forecast(self, job: Job) -> Forecast:
        """Nothing is paid for: which specs have a recorded completion."""
        ledger = read_ledger(job.journal.path, Ledger(reasks=0, rerefusals=0))
        todo = {spec.id for spec in unfinished(job.specs, ledger, Summary())}
        path = self.path or _find(job.pack.recording)
        answered = len({c.spec_ids[0] for c in _recorded(path, todo)}) if path else 0
        none = Usage()
        return Forecast(len(todo), 0, none, none, Price(), True, answered, MEND)

    def _answer(
        self,
        path: Path,
        window: dict[str, Spec],
        job: Job,
        ledger: Ledger,
        summary: Summary,
    ) -> None:
        for completion in _recorded(path, window):
            offset = job.journal.append(completion)
            verdict = ledger.add(completion, offset)[0]
            del window[verdict.spec_id]
            if verdict.state == DONE:
                summary.completed += 1
            else:
                summary.failed += 1
                summary.reasons[verdict.reason or FAILED] += 1
            job.tell(verdict.state, {"spec_ids": [verdict.spec_id]})
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


def _recorded(path: Path, wanted: Container[str]) -> Iterator[Completion]:
    for completion in read_jsonl(path, Completion):
        if len(completion.spec_ids) > 1:
            raise ValueError(
                f"{path}: an answer to {len(completion.spec_ids)} specs; a recording "
                "holds one spec per line."
            )
        if completion.spec_ids[0] in wanted:
            yield completion
