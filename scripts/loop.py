"""Run rounds by themselves: diagnose, refill, write, train, until it no longer pays."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from console.loop import print_end, print_unpaid
from console.options import ENDPOINT, RECORDING, PackPath
from console.project import run_command
from console.step import run_step
from phantom.completions.journal import Journal
from phantom.completions.ledger import Ledger, read_ledger
from phantom.evaluation.diagnosis import rounds as log
from phantom.feedback.refill import read_refill
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms import Job, load_backend
from phantom.llms.spending import has_room
from phantom.packs.pack import load_pack
from phantom.planning.rounds import answered, specs_path
from phantom.records import Spec

TRAIN = ("curate", "check", "convert", "train", "evaluate", "diagnose", "refill")


def loop(
    project: Annotated[Path, Argument(help="Folder of project.yml")],
    pack_path: PackPath,
    corpus_path: Annotated[Path, Argument(help="Folder of the rounds' folders")],
    gold: Annotated[Path, Option(help="Dev data that every round is diagnosed on")],
    run: Annotated[str, Option(help="Folder in training/ and metrics/")],
    number: Annotated[int, Option("--rounds", help="Rounds in all", min=1)] = 2,
    llm: Annotated[Path, Option(help="Config of the back-end")] = RECORDING,
    price: Annotated[Path, Option(help="Prices what a recording lacks")] = ENDPOINT,
    budget: Annotated[str, Option(help="Hard stop, over the journal")] = "",
    set_: Annotated[
        list[str] | None, Option("--set", help="Variable of the project: name=value")
    ] = None,
) -> None:
    """Run rounds until the last, or until one is not worth its price; after a kill,
    run it again and it goes on."""
    pack, backend = load_pack(pack_path), load_backend(llm)
    journal = corpus_path / "completions.jsonl"
    given = dict(pair.partition("=")[::2] for pair in set_ or [])
    given |= {"llm": str(llm), "budget": budget, "gold": str(gold)}
    done = log.read_rounds(corpus_path / "loop.jsonl")
    stop = ""
    for n in range(1, number + 1):
        if n in done:
            stop = done[n].stop
            if stop:
                break
            continue
        folder = corpus_path / f"round-{n}"
        own = given | log.round_variables(n, run, corpus_path, gold)
        run_command(project, "plan", own)
        specs = list(read_jsonl(specs_path(corpus_path, n), Spec))
        spent = False
        try:
            run_command(project, "generate", own)
        except SystemExit:
            forecast = backend.forecast(Job(pack, specs, Journal(journal)))
            spent = not has_room(forecast, read_ledger(journal, Ledger()), budget)
            if not spent:
                raise
        found = answered(specs, journal)
        unpaid = [spec for spec in specs if spec.id not in found]
        if backend.forecast(Job(pack, unpaid, Journal(journal))).lacking:
            write_jsonl(folder / "to_pay.jsonl", unpaid)
            forecast = load_backend(price).forecast(Job(pack, unpaid, Journal(journal)))
            print_unpaid(folder / "to_pay.jsonl", len(unpaid), forecast)
        new = [spec for spec in specs if spec.round == n and spec.id in found]
        if n > 1 and not new:
            stop = log.SPENT if spent else log.UNPAID
            break
        for name in TRAIN:
            run_command(project, name, own)
        gains = log.compare_rounds(project / "metrics", run, n)
        asks = read_refill(corpus_path / f"round-{n + 1}/refill.yml", pack)[0]
        stop = log.why_stop(gains, spent, sum(ask.count for ask in asks))
        done[n] = log.Round(
            number=n, specs=len(specs), added=len(new), gains=gains, stop=stop
        )
        log.write_rounds(corpus_path / "loop.jsonl", done)
        if stop:
            break
    print_end(done.values(), stop or f"{number} rounds are done")


if __name__ == "__main__":
    run_step(loop)
