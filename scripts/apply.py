"""Run a pipeline over folders and tables of documents; what is done stays done."""

from enum import Enum
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from console.applying import conclude_applying, track_bytes
from console.options import split_names
from console.step import run_step
from phantom.documents.applier import Setup
from phantom.documents.blocks import Size, join_bad
from phantom.documents.job import Job, run_here, run_processes
from phantom.documents.ray import run_ray
from phantom.documents.sources import Columns
from phantom.packs.document import COMPONENTS
from phantom.reports.documents.build import write_reader


class On(str, Enum):
    """Where it runs."""

    processes = "processes"
    ray = "ray"


def apply(
    pipeline: Annotated[str, Argument(help="An installed wheel's name, or a folder")],
    inputs: Annotated[str, Argument(help="Files and folders, commas between")],
    output: Annotated[Path, Argument(help="Folder for what is found")],
    pack: Annotated[
        Path | None, Option(help="Headings, phrases and names of a domain pack")
    ] = None,
    write: Annotated[
        str, Option(help="Beside JSON lines: tables, docbin, reader; commas between")
    ] = "reader",
    without: Annotated[
        str, Option(help=f"Left out of {', '.join(COMPONENTS)}; commas between")
    ] = "",
    unify: Annotated[
        bool, Option(help="One label for an abbreviation over a document")
    ] = True,
    threshold: Annotated[
        float | None, Option(help="Least similarity of names; over 1 takes equal ones")
    ] = None,
    text_column: Annotated[str, Option(help="Of tables and JSON lines")] = "text",
    id_column: Annotated[str, Option(help="Of tables and JSON lines")] = "id",
    workers: Annotated[int, Option(help="Processes, or Ray's workers", min=1)] = 1,
    on: Annotated[On, Option(help="ray: as a Ray Data job")] = On.processes,
    address: Annotated[str, Option(help="Of a Ray cluster; empty: this machine")] = "",
    block: Annotated[int, Option(help="Documents per block, at most", min=1)] = 256,
    show: Annotated[int, Option(help="Documents in the reader", min=1)] = 50,
) -> None:
    """Apply a pipeline to documents, in blocks that are written whole or not at all."""
    written = split_names(write, ("tables", "docbin", "reader"))
    setup = Setup(
        pipeline,
        pack,
        tuple(split_names(without)),
        unify=unify,
        threshold=threshold,
        tables="tables" in written,
        docbin="docbin" in written,
    )
    paths = [Path(name) for name in split_names(inputs)]
    columns = Columns(text_column, id_column)
    job = Job(paths, output, setup, columns, Size(documents=block))
    with track_bytes(job.open()) as (tell, counts):
        if on is On.ray:
            run_ray(job, tell, workers, address or None)
        elif workers > 1:
            run_processes(job, tell, workers)
        else:
            run_here(job, tell)
    run = counts()
    if not run.counts.documents and not run.counts.bad and not run.kept:
        raise ValueError(f"{inputs}: no document in it")
    join_bad(output)
    page = write_reader(output, show) if "reader" in written else None
    conclude_applying(output, run, page)
    if run.counts.bad and not run.counts.documents and not run.kept:
        raise ValueError(
            f"{inputs}: no document could be read; the reasons are in "
            f"{output / 'bad.jsonl'}. Mend them, then delete {output} or name another"
        )


if __name__ == "__main__":
    run_step(apply)
