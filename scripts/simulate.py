"""Simulate the scenarios of a pack: facts that specs hand to the writer."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath
from console.step import print_counts, run_step
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import load_pack
from phantom.planning.scenarios.base import simulate as run_scenarios
from phantom.records import Fact


def simulate(
    pack_path: PackPath,
    output: Annotated[Path, Argument(help="The facts (.jsonl)")],
    seed: Annotated[int, Option(help="The same seed gives the same facts")] = 0,
    only: Annotated[
        str, Option(help="Names of scenarios, commas between; '' for all")
    ] = "",
) -> None:
    """Write what happens in the scenarios of scenarios.yml, one fact per line."""
    pack = load_pack(pack_path)
    names = [name.strip() for name in only.split(",") if name.strip()]
    events: Counter[str] = Counter()
    left: Counter[str] = Counter()
    count = write_jsonl(output, run_scenarios(pack, seed, names, left))
    rare = caused = 0
    for fact in read_jsonl(output, Fact):
        events[fact.event] += 1
        rare += fact.rare
        caused += bool(fact.because)
    print_counts("events", events, count)
    if left:
        print_counts("not told", left, left.total())
    msg.good(
        f"{count:,} facts in {output}",
        f"{rare:,} of rare events, {caused:,} with what led to them (seed {seed})",
    )


if __name__ == "__main__":
    run_step(simulate)
