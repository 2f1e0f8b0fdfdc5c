"""Install the wheel into an empty environment and try it there."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.jsonl import write_json
from phantom.packs.pack import load_pack
from phantom.shipping.trial import check_wheels


def check_package(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    wheels: Annotated[
        list[Path], Argument(help="Wheels; several are loaded into one process")
    ],
    report: Annotated[
        Path | None, Option(help="Where to note what was found (.json)")
    ] = None,
) -> None:
    """Load, run, pipe, serialise and use two processes, away from the project."""
    pack = load_pack(pack_path)
    found = check_wheels(wheels, pack.domain.sample)
    if report:
        write_json(report, {"text": pack.domain.sample, "found": found})
    msg.text(f"\n  {pack.domain.sample}\n")
    for name, lines in found.items():
        msg.good(f"{name} loads and runs in an empty environment; it finds:")
        for line in lines:
            msg.text(f"    {line}")


if __name__ == "__main__":
    run_step(check_package)
