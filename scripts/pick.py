"""Open a page on this machine where people pick between candidates side by side."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.packs.pack import load_pack
from phantom.review.comparing import Comparing, read_comparison
from phantom.review.picks import PickLog
from phantom.review.validation import Schema
from phantom.runtime import token_bounds


def pick(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    comparison_path: Annotated[Path, Argument(help="Candidates with passages (.json)")],
    picks_path: Annotated[Path, Argument(help="Picks are appended here (.jsonl)")],
    port: Annotated[int, Option(help="0 for any that is free")] = 0,
) -> None:
    """Serve the page until it is interrupted; see docs/review.md."""
    try:
        from phantom.review.server import make_server
    except ImportError:
        raise ValueError(
            "the page needs starlette and uvicorn: pip install 'spacy-phantom[review]'"
        ) from None
    pack = load_pack(pack_path)
    comparing = Comparing(
        comparison=read_comparison(comparison_path),
        schema=Schema(pack.labels, pack.relations, token_bounds(pack.domain.lang)),
        log=PickLog(picks_path),
    )
    count = len(comparing.comparison.candidates)
    msg.info(f"{count} candidates; picks go to {picks_path}. Stop with Ctrl+C.")
    # Not through wasabi, which would wrap it.
    make_server(comparing, lambda address: print(address, flush=True), port).run()
    for person, choice in comparing.log.latest(comparing.comparison).items():
        msg.text(f"{person} picked {choice.picked or 'none of them'}")


if __name__ == "__main__":
    run_step(pick, torch=False)
