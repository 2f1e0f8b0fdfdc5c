"""Generate completions as a Ray Data job; the same journal as `generate` makes."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from phantom.journal import Journal
from phantom.jsonl import read_jsonl
from phantom.llms import parse_settings
from phantom.llms.ray_job import Worker, run_ray
from phantom.pack import load_pack
from phantom.records import Spec
from report import print_summary
from step import run_step

CONFIG = Path("configs/llm/openai.cfg")


def generate_ray(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    specs_path: Annotated[Path, Argument(help="The plan (.jsonl)")],
    journal_path: Annotated[Path, Argument(help="The journal (.jsonl)")],
    llm: Annotated[Path, Option(help="Config of the back-end")] = CONFIG,
    set_: Annotated[
        list[str] | None, Option("--set", help="Change it, as llm.model=NAME")
    ] = None,
    address: Annotated[
        str, Option(help="Of a Ray cluster; empty starts Ray in this process")
    ] = "",
    workers: Annotated[int, Option(help="Tasks at a time", min=1)] = 2,
    block: Annotated[int, Option(help="Specs per task", min=1)] = 200,
) -> None:
    """Complete the specs that the journal lacks, on Ray's workers."""
    worker = Worker(pack_path.resolve(), llm.resolve(), parse_settings(set_ or []))
    with Journal(journal_path) as journal:
        start = journal.size
        specs = read_jsonl(specs_path, Spec)
        summary = run_ray(worker, specs, journal, address or None, workers, block)
    pack = load_pack(pack_path)
    print_summary(summary, pack, specs_path, journal_path, start)


if __name__ == "__main__":
    run_step(generate_ray)
