"""Have an LLM judge passages, once it is known what its verdicts are worth."""

from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option
from wasabi import msg

from console.judging import beside_judge, print_people, print_ruling, print_worth
from console.options import ENDPOINT, Budget, Llm, LogJson, PackPath, Settings
from console.progress import show_progress
from console.step import run_step
from phantom.completions.journal import Journal
from phantom.curation.judge import (
    Bench,
    measure_pairs,
    measure_people,
    measure_worth,
    open_gates,
    plant_faults,
    read_planted,
    rule,
)
from phantom.jsonl import read_jsonl, write_json, write_jsonl
from phantom.llms import load_backend, parse_settings
from phantom.packs.pack import load_pack
from phantom.packs.rubric import read_rubric
from phantom.records import Example
from phantom.review.decisions import DecisionLog
from phantom.review.left import left_as_they_were


def judge(
    pack_path: PackPath,
    examples_path: Annotated[Path, Argument(help="Passages to judge (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for verdicts and journal")],
    llm: Llm = ENDPOINT,
    set_: Settings = None,
    votes: Annotated[int, Option(help="Per passage; 0 for those of judge.yml")] = 0,
    each: Annotated[int, Option(help="Faults to plant per criterion")] = 40,
    planted: Annotated[str, Option(help="Planted passages of before (.jsonl)")] = "",
    reviews: Annotated[str, Option(help="Decisions of people (.jsonl)")] = "",
    limit: Annotated[int, Option(help="Judge only the first so many; 0: all")] = 0,
    worth_only: Annotated[bool, Option(help="Judge planted faults alone")] = False,
    no_model: Annotated[bool, Option(help="Without label_errors beside it")] = False,
    seed: Annotated[int, Option(help="Of the faults and of the order")] = 0,
    budget: Budget = "",
    log_json: LogJson = None,
) -> None:
    """Report precision and recall on planted faults; then judge the passages."""
    pack = load_pack(pack_path)
    rubric = read_rubric(pack)
    backend = load_backend(llm, parse_settings(set_ or []))
    examples = list(islice(read_jsonl(examples_path, Example), limit or None))
    if not examples:
        raise ValueError(f"{examples_path}: empty; no passage to judge")
    if planted:
        trial = read_planted(list(read_jsonl(Path(planted), Example)))
    else:
        trial = plant_faults(pack, examples, each, seed)
    count = votes or rubric.votes
    with (
        Journal(output / "judge.completions.jsonl") as journal,
        show_progress(len(trial.examples) * count, log_json, backend.currency) as tell,
    ):
        bench = Bench(pack, rubric, backend, journal, tell=tell, budget=budget or None)
        tried, summary = bench.vote(trial.examples, count, seed)
        choices, _ = bench.prefer(trial.pairs)
        worth = measure_worth(tried, trial.criteria, rubric)
        gates, pairs = open_gates(worth, rubric), measure_pairs(choices)
        beside = beside_judge(pack, rubric, examples, trial, not no_model)
        print_worth(worth, gates, pairs, beside)
        figures: dict[str, Any] = {"worth": [x.model_dump() for x in worth]}
        figures |= {"label_errors": beside and beside.model_dump(), "gates": gates}
        figures |= {"model": backend.model, "votes": count, "pairs": pairs}
        write_json(output / "judge.json", figures)
        if worth_only or summary.pending:
            if summary.pending:
                msg.warn(f"{summary.pending:,} votes are missing", summary.remedy)
            return
        judged, summary = bench.vote(examples, count, seed)
    if reviews and Path(reviews).is_file():
        people = left_as_they_were(DecisionLog(Path(reviews)), examples)
        figures["people"] = measure_people(judged, people, rubric)
        print_people(figures["people"])
    ruling = rule(examples, judged, gates)
    write_jsonl(output / "verdicts.jsonl", judged.values())
    write_jsonl(output / "judged.jsonl", ruling.kept)
    write_jsonl(output / "rejected_by_judge.jsonl", ruling.rejected)
    write_json(output / "judge.json", {**figures, "to_review": ruling.to_review})
    print_ruling(ruling, len(examples))
    if summary.pending:
        msg.warn(f"{summary.pending:,} votes are missing: run again", summary.remedy)
    msg.good(f"{len(ruling.kept):,} of {len(examples):,} passages kept, in {output}")


if __name__ == "__main__":
    run_step(judge)
