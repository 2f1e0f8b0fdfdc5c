"""Generate completions as a Ray Data job; the same journal as `generate` makes."""

from typing import Annotated

from typer import Option

from console.options import ENDPOINT, JournalPath, Llm, PackPath, Settings, SpecsPath
from console.step import run_step
from console.summaries import conclude, print_summary
from phantom.completions.journal import Journal
from phantom.jsonl import read_jsonl
from phantom.llms import parse_settings
from phantom.llms.ray import Worker, run_ray
from phantom.records import Spec


def generate_ray(
    pack_path: PackPath,
    specs_path: SpecsPath,
    journal_path: JournalPath,
    llm: Llm = ENDPOINT,
    set_: Settings = None,
    address: Annotated[
        str, Option(help="Of a Ray cluster; empty starts Ray in this process")
    ] = "",
    workers: Annotated[int, Option(help="Tasks at a time", min=1)] = 2,
    block: Annotated[int, Option(help="Specs per task", min=1)] = 200,
) -> None:
    """Complete the specs that the journal lacks, on Ray's workers."""
    worker = Worker(pack_path.resolve(), llm.resolve(), parse_settings(set_ or []))
    with Journal(journal_path) as journal:
        specs = read_jsonl(specs_path, Spec)
        summary = run_ray(worker, specs, journal, address or None, workers, block)
    print_summary(summary)
    conclude(summary, journal_path)


if __name__ == "__main__":
    run_step(generate_ray)
