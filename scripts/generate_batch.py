"""Generate completions through a provider's Batch API: cheaper, within a day."""

from typing import Annotated

from typer import Option

from console.batches import print_batches
from console.options import (
    ENDPOINT,
    Budget,
    JournalPath,
    Llm,
    LogJson,
    PackPath,
    Settings,
    SpecsPath,
)
from console.progress import show_progress
from console.step import run_step
from console.summaries import conclude, print_summary
from phantom.completions.journal import Journal
from phantom.jsonl import count_records, read_jsonl
from phantom.llms import Job, load_backend, parse_settings
from phantom.llms.batch.batch import run_batches
from phantom.packs.pack import load_pack
from phantom.records import Spec


def generate_batch(
    pack_path: PackPath,
    specs_path: SpecsPath,
    journal_path: JournalPath,
    llm: Llm = ENDPOINT,
    set_: Settings = None,
    budget: Budget = "",
    per_batch: Annotated[int, Option(help="Requests per batch", min=1)] = 1_000,
    poll: Annotated[float, Option(help="Seconds between looks")] = 30.0,
    wait: Annotated[bool, Option(help="Until all batches have ended")] = True,
    log_json: LogJson = None,
) -> None:
    """Hand in what the journal lacks; collect what any process handed in before."""
    backend = load_backend(llm, parse_settings(set_ or []))
    pack = load_pack(pack_path)
    total = count_records(specs_path)
    with (
        Journal(journal_path) as journal,
        show_progress(total, log_json, backend.currency) as tell,
    ):
        job = Job(pack, (), journal, tell, budget or None)
        summary = run_batches(
            backend, job, lambda: read_jsonl(specs_path, Spec), per_batch, poll, wait
        )
        tell("summary", summary.to_event())
    if summary.open_batches and not summary.stopped:
        print_batches(summary)
    else:
        print_summary(summary)
        conclude(summary, journal_path)


if __name__ == "__main__":
    run_step(generate_batch)
