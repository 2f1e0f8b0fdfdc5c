"""Generate completions for the specs of a plan, each journalled as it arrives."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from typer import Option
from wasabi import msg

from console.options import (
    RECORDING,
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
from console.summaries import conclude, print_forecast, print_summary
from phantom.completions.journal import Journal
from phantom.completions.shards import Shard, parse_shard
from phantom.jsonl import count_records, read_jsonl
from phantom.llms import Job, load_backend, parse_settings
from phantom.packs.pack import load_pack
from phantom.prompts.demonstrations import from_examples
from phantom.records import Example, Spec


def generate(
    pack_path: PackPath,
    specs_path: SpecsPath,
    journal_path: JournalPath,
    llm: Llm = RECORDING,
    set_: Settings = None,
    budget: Budget = "",
    dry_run: Annotated[bool, Option(help="Print the forecast, ask nothing")] = False,
    shard: Annotated[str, Option(help="i/n: that part, with its own journal")] = "",
    demonstrations: Annotated[
        Path | None, Option(help="Accepted synthetic examples to show the model")
    ] = None,
    reuse: Annotated[
        bool, Option(help="Whether completions of another prompt count")
    ] = True,
    retry_failed: Annotated[bool, Option(help="Ask for failed specs again")] = False,
    fsync: Annotated[bool, Option(help="Wait for the disk after each answer")] = False,
    log_json: LogJson = None,
) -> None:
    """Complete the specs that the journal lacks; none is paid for twice."""
    pack = load_pack(pack_path)
    backend = load_backend(llm, parse_settings(set_ or []))
    part = parse_shard(shard) if shard else Shard(0, 1)
    if shard:
        journal_path = part.journal(journal_path)
    journal = Journal(journal_path, fsync)
    shown = None
    if demonstrations is not None:
        shown = from_examples(read_jsonl(demonstrations, Example), demonstrations)
    total = -(-count_records(specs_path) // part.count)
    if not total:
        raise ValueError(f"{specs_path}: empty; run plan first")
    job = Job(
        pack=pack,
        specs=part.select(read_jsonl(specs_path, Spec)),
        journal=journal,
        budget=budget or None,
        reuse=reuse,
        retry_failed=retry_failed,
        demonstrations=shown,
    )
    if dry_run:
        print_forecast(backend.forecast(job))
        return
    with journal, show_progress(total, log_json, backend.currency) as tell:
        if journal.healed:
            msg.warn(f"A torn last line of {journal.healed:,} bytes was set aside")
        summary = backend.generate(replace(job, tell=tell))
        tell("summary", summary.to_event())
    print_summary(summary)
    conclude(summary, journal_path)


if __name__ == "__main__":
    run_step(generate)
