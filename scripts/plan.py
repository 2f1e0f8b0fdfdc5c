"""Plan which examples to ask for: a file of specs that a person can read and edit."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from options import RECORDING
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms import load_backend
from phantom.pack import Pack, load_pack
from phantom.plan import make_plan, quota_table
from phantom.records import Spec
from report import print_forecast
from step import run_step


def plan(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    output: Annotated[Path, Argument(help="Where the specs go (.jsonl)")],
    total: Annotated[
        int, Option(help="Examples wanted; 0 for just those of the recording")
    ] = 0,
    seed: Annotated[int, Option(help="The same seed gives the same plan")] = 0,
    llm: Annotated[
        Path, Option(help="Config of the back-end to forecast for; it is not asked")
    ] = RECORDING,
) -> None:
    """Write specs: those that the recording answers, then newly sampled ones; say
    what completing them will take."""
    pack = load_pack(pack_path)
    backend = load_backend(llm)
    frozen = _read_frozen(pack)
    if not total and not frozen:
        raise ValueError(
            f"{pack.path}: the pack has no recording; say how many examples you want "
            "with --total (in the project: --vars.examples)"
        )
    specs = make_plan(pack, total or len(frozen), frozen=frozen, seed=seed)
    write_jsonl(output, specs)
    _print_quotas(pack, specs)
    recorded = min(len(frozen), len(specs))
    msg.good(
        f"{len(specs):,} specs in {output}",
        f"{recorded:,} of the recording, {len(specs) - recorded:,} new (seed {seed})",
    )
    journal = output.with_name("completions.jsonl")
    print_forecast(backend.forecast(pack, specs, journal))


def _read_frozen(pack: Pack) -> list[Spec]:
    for name in ("specs.jsonl.gz", "specs.jsonl"):
        if (pack.recording / name).is_file():
            return list(read_jsonl(pack.recording / name, Spec))
    return []


def _print_quotas(pack: Pack, specs: list[Spec]) -> None:
    rows = [
        (cell.attribute, str(cell.value)[:60], f"{cell.quota:.0f}", f"{cell.planned}")
        for cell in quota_table(pack, specs)
    ]
    header = ("attribute", "value", "quota", "planned")
    msg.table(rows, header=header, aligns=("l", "l", "r", "r"), divider=True)


if __name__ == "__main__":
    run_step(plan)
