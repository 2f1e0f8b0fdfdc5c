"""Convert annotated text from one format to another; nothing is lost silently."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.formats.base import Report
from phantom.formats.exchange import (
    Side,
    exchange,
    guess_format,
    guess_target,
    share_settings,
)
from phantom.records import Origin


def convert_format(
    source_path: Annotated[Path, Argument(help="A file or folder to read")],
    target_path: Annotated[Path, Argument(help="A file or folder to write")],
    source: Annotated[
        str, Option("--from", help="Its format; '' tells it from the content")
    ] = "",
    target: Annotated[
        str, Option("--to", help="The format to write; '' tells it from the suffix")
    ] = "",
    settings: Annotated[
        list[str] | None,
        Option("--set", help="A setting as key=value; from.key=, to.key= for one"),
    ] = None,
    origin: Annotated[
        Origin, Option(help="Whose text it is, unless the records say so themselves")
    ] = "private",
    skip: Annotated[
        bool, Option("--skip", help="Leave records that are wrong out, and go on")
    ] = False,
) -> None:
    """Write what one format holds in another; print what it cannot hold."""
    read_as = source or guess_format(source_path)
    write_as = target or guess_target(target_path)
    ours, theirs = share_settings(settings or [], read_as, write_as)
    given, made = Side(source_path, read_as, ours), Side(target_path, write_as, theirs)
    count = exchange(given, made, origin, skip)
    for report in (given.report, made.report):
        for note in report.notes:
            msg.info(note)
        for line in report.broken:
            msg.warn(f"Left out: {line}")
    rows = [
        ("examples", f"read from {read_as}", f"{given.report.read:,}", ""),
        *_rows(f"left out of {read_as}", given.report),
        *_rows(f"has no place in {write_as}", made.report),
        ("examples", f"written to {write_as}", f"{count:,}", ""),
    ]
    header = ("what", "", "count", "first")
    msg.table(rows, header=header, aligns=("l", "l", "r", "l"), divider=True)
    msg.good(f"{count:,} examples in {target_path}")


def _rows(title: str, report: Report) -> list[tuple[str, str, str, str]]:
    return [
        (reason, title, f"{count:,}", report.places.get(reason, [""])[0])
        for reason, count in report.left_out.most_common()
    ]


if __name__ == "__main__":
    run_step(convert_format, torch=False)
