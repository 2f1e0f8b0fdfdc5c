"""Turn originals of the benchmarks, and exports of your own, into JSON lines."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.evaluation.originals import convert_split, missing_files
from phantom.formats.base import Report
from phantom.jsonl import write_jsonl
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack


def prepare_benchmarks(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    folder: Annotated[Path, Argument(help="Benchmark data; originals lie in raw/")],
) -> None:
    """Check and convert what was fetched; say what was not, and what was left out.

    RAISES: ValueError at the end if a file as a whole could not be read.
    """
    raw = folder / "raw"
    written, failed = 0, []
    for name, dataset in load_benchmarks(load_pack(pack_path)).datasets.items():
        for key, split in dataset.splits.items():
            if split.original is None:
                continue
            missing = missing_files(split.original, raw)
            if missing:
                msg.text(f"{name} {key}: not fetched: {', '.join(map(str, missing))}")
                continue
            report, target = Report(), folder / split.file
            try:
                examples = convert_split(name, dataset, key, raw, report)
                count = write_jsonl(target, examples)
            except (ValueError, OSError) as error:
                failed.append(f"{name} {key}: {error}")
                continue
            msg.info(f"{name} {key}: {count:,} records in {target}")
            for line in report.lines():
                msg.text(f"  {line}")
            if report.broken:
                msg.warn(f"{name} {key}: {len(report.broken):,} records are wrong")
            written += 1
    if failed:
        raise ValueError("\n".join(failed))
    if not written:
        msg.warn(
            "No originals to prepare",
            "`spacy project assets` fetches them; without a network, put benchmark "
            "files in this form into the folder, or name another with "
            "--vars.benchmarks.",
        )


if __name__ == "__main__":
    run_step(prepare_benchmarks)
