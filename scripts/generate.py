"""Have the passages written: by recorded completions, or by a language model."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from phantom.journal import Journal
from phantom.jsonl import read_jsonl
from phantom.ledger import read_ledger
from phantom.llms import Job, load_backend
from phantom.pack import load_pack
from phantom.records import Spec
from step import run_step


def generate(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    specs_path: Annotated[Path, Argument(help="The plan (.jsonl)")],
    journal_path: Annotated[Path, Argument(help="The journal (.jsonl), appended to")],
    llm: Annotated[Path, Option(help="Who writes: a config in configs/llm/")] = Path(
        "configs/llm/recording.cfg"
    ),
) -> None:
    """Complete every spec that the journal lacks."""
    backend = load_backend(llm)
    with Journal(journal_path) as journal:
        ledger = read_ledger(journal_path)
        specs = read_jsonl(specs_path, Spec)
        summary = backend.generate(Job(load_pack(pack_path), specs, journal, ledger))
    if summary.pending:
        msg.warn(f"{summary.pending:,} specs have no completion yet", summary.mend)
    msg.good(f"{summary.completed:,} of {summary.asked:,} specs are in {journal_path}")


if __name__ == "__main__":
    run_step(generate)
