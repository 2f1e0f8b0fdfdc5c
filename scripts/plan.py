"""Plan which examples to ask for: a file of specs that a person can read and edit."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import RECORDING
from console.step import run_step
from console.summaries import print_forecast, print_quotas
from phantom.completions.journal import Journal
from phantom.feedback.hints import NOTES, add_style, read_hints, usable_hints
from phantom.jsonl import write_jsonl
from phantom.llms import Job, load_backend
from phantom.packs.pack import Pack, load_pack
from phantom.planning.plan import make_plan, quota_table
from phantom.planning.rounds import answered, carry_on, read_recorded
from phantom.planning.stale import describe_stale
from phantom.records import Spec


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
    hints: Annotated[
        str,
        Option(help="hints.json of an earlier check, for specs without an answer"),
    ] = "",
) -> None:
    """Write specs: those that the recording answers, then newly sampled ones; say
    what completing them will take."""
    pack = load_pack(pack_path)
    backend = load_backend(llm)
    recorded = read_recorded(pack)
    known = {spec.id for spec in recorded}
    journal = output.with_name("completions.jsonl")
    frozen = recorded
    if hints or total:
        frozen = carry_on(recorded, output)
    if total and not hints:
        # What is paid for stays; the rest is drawn anew.
        keep = known | answered(frozen, journal)
        frozen = [spec for spec in frozen if spec.id in keep]
    if not total and not frozen:
        raise ValueError(
            f"{pack.path}: the pack has no recording; say how many examples you want "
            "with --total (in the project: --vars.examples)"
        )
    stale = describe_stale(pack, frozen)
    if stale:
        title = f"{pack.path}: specs of what domain.yml does not have (any more)"
        msg.warn(title, "\n".join(stale))
    specs = make_plan(pack, total or len(frozen), frozen=frozen, seed=seed)
    if hints:
        keep = known | answered(specs, journal)
        specs = _take_up(Path(hints), specs, keep, pack, seed)
    write_jsonl(output, specs)
    print_quotas(quota_table(pack, specs))
    before = sum(spec.id in known for spec in specs)
    msg.good(
        f"{len(specs):,} specs in {output}",
        f"{before:,} of the recording, {len(specs) - before:,} new (seed {seed})",
    )
    print_forecast(backend.forecast(Job(pack, specs, Journal(journal))))


def _take_up(
    path: Path, specs: list[Spec], keep: set[str], pack: Pack, seed: int
) -> list[Spec]:
    """Give specs without an answer hints from a file; say which are left out."""
    hints, left_out = usable_hints(read_hints(path), pack)
    for reason, count in left_out.items():
        msg.info(f"{count:,} of the hints are left out: {reason}")
    new = sum(spec.id not in keep for spec in specs)
    if not hints:
        msg.warn(f"{path}: no hint to take up")
    elif not new:
        msg.warn(
            f"{path}: no spec to give hints to; all {len(specs):,} are answered",
            f"Ask for more than {len(specs):,} with --total (in the project: "
            "--vars.examples)",
        )
    else:
        msg.info(f"{new:,} new specs carry {NOTES} of {len(hints):,} hints each")
    return add_style(specs, hints, pack, seed, keep)


if __name__ == "__main__":
    run_step(plan)
