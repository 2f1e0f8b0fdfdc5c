"""Make the certificates of a federation, away from its coordinator."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import split_names
from console.step import run_step
from phantom.training.federated.kits import make_kits


def federate_kits(
    folder: Annotated[Path, Argument(help="Gets a folder for each, and the authority")],
    sites: Annotated[str, Option(help="Their names, with commas between")],
    host: Annotated[str, Option(help="Name by which sites reach the coordinator")],
) -> None:
    """Make a folder with certificate and key for the coordinator and each site."""
    made = make_kits(folder, host, split_names(sites))
    msg.good(
        f"Hand each its folder: {', '.join(path.name for path in made)}",
        f"{folder / 'authority'} signs more; who has it can pass for any of them",
    )


if __name__ == "__main__":
    run_step(federate_kits, torch=False)
