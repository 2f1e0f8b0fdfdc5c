"""Plan which examples to ask for: a file of specs that a person can read and edit."""

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from console.options import (
    RECORDING,
    JournalPath,
    Kinds,
    PackPath,
    Private,
    Recorded,
    References,
)
from console.refill import print_asked
from console.step import run_step
from console.summaries import (
    print_forecast,
    print_hints,
    print_moved,
    print_planned,
    print_quotas,
    print_stale,
    print_told,
)
from phantom.completions.journal import Journal
from phantom.feedback.hints import read_hints, usable_hints
from phantom.feedback.refill import read_refill
from phantom.jsonl import write_jsonl
from phantom.llms import Job, load_backend
from phantom.packs.pack import load_pack
from phantom.planning.quotas import quota_table
from phantom.planning.references import read_references
from phantom.planning.refill import next_refill
from phantom.planning.rounds import (
    adopt_flat_plan,
    next_plan,
    read_earlier,
    specs_path,
)
from phantom.planning.scenarios.grounds import read_wishes
from phantom.planning.stale import describe_stale
from phantom.planning.writers import find_writers
from phantom.privacy.paths import parse_paths


def plan(
    pack_path: PackPath,
    corpus_path: Annotated[Path, Argument(help="Folder of the rounds' folders")],
    journal_path: JournalPath,
    round_: Annotated[int, Option("--round", help="Which round this is", min=1)] = 1,
    total: Annotated[int, Option(help="Examples wanted; 0: the recorded ones")] = 0,
    seed: Annotated[int, Option(help="The same seed gives the same plan")] = 0,
    llm: Annotated[Path, Option(help="Back-end to forecast for")] = RECORDING,
    hints: Annotated[str, Option(help="hints.json of check, for open specs")] = "",
    references: References = "",
    facts: Annotated[str, Option(help="Facts of simulate for new specs to tell")] = "",
    facts_share: Annotated[float, Option(help="Share of new specs that do")] = 0.5,
    rare: Annotated[float, Option(help="Share of those that tell rare events")] = 0.2,
    personas: Annotated[float, Option(help="Share of new specs with a writer")] = 0.0,
    refill: Annotated[str, Option(help="refill.yml: add just what it asks for")] = "",
    kinds: Kinds = "",
    recording: Recorded = "",
    private: Private = "",
) -> None:
    """Write specs: recorded ones, then new ones; say what completing them takes."""
    pack = load_pack(pack_path).with_recording(recording).with_weights(kinds)
    backend = load_backend(llm)
    print_moved(adopt_flat_plan(corpus_path))
    found = usable_hints(read_hints(Path(hints)), pack) if hints else None
    earlier = read_earlier(corpus_path, round_)
    more: dict[str, Any] = {"number": round_, "seed": seed}
    more["references"] = read_references(parse_paths(references), parse_paths(private))
    if refill:
        asked = read_refill(Path(refill), pack)
        made = next_refill(pack, earlier, journal_path, *asked[:2], **more)
        print_asked(*asked)
    else:
        if facts:
            more["wishes"] = read_wishes(Path(facts), pack, facts_share, rare)
        more["writers"] = find_writers(pack, personas, seed)
        made = next_plan(pack, total, earlier, journal_path, found and found[0], **more)
    output = specs_path(corpus_path, round_)
    write_jsonl(output, made.specs)

    print_stale(pack.path, describe_stale(pack, made.specs))
    if found:
        print_hints(Path(hints), *found, made)
    print_quotas(quota_table(pack, made.specs))
    print_told(made.specs)
    print_planned(pack, output, made, seed)
    print_forecast(backend.forecast(Job(pack, made.specs, Journal(journal_path))))


if __name__ == "__main__":
    run_step(plan)
