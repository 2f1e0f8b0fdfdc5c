"""Search for a better prompt: variants, a few passages of each, scores, one page."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import ENDPOINT, Budget, Llm, LogJson, PackPath, Settings
from console.progress import show_progress
from console.searching import print_round
from console.step import run_step
from phantom.checks import CheckContext, load_config
from phantom.completions.journal import Journal
from phantom.curation.judge import Bench
from phantom.curation.trials import Trial, Trials
from phantom.features import Encoder
from phantom.jsonl import read_jsonl, write_json, write_jsonl, write_text
from phantom.llms import load_backend, parse_settings
from phantom.llms.budget import Price
from phantom.packs.pack import load_pack
from phantom.packs.rubric import read_rubric
from phantom.passages.files import find_texts
from phantom.planning.plan import make_plan
from phantom.prompts.variants import Variant, find_variant, rounds, write_pick
from phantom.reports.prompts import (
    Scored,
    prompts_html,
    score_trial,
    search,
    to_comparison,
)
from phantom.reports.prompts.quick import quick_f1, read_dev


def prompts(
    pack_path: PackPath,
    output: Annotated[Path, Argument(help="Folder for the search")],
    llm: Llm = ENDPOINT,
    set_: Settings = None,
    variants: Annotated[int, Option(help="Guidelines that the LLM proposes")] = 5,
    requests: Annotated[int, Option(help="Wordings of the request, likewise")] = 2,
    systems: Annotated[int, Option(help="System messages, likewise")] = 2,
    first: Annotated[int, Option(help="Passages of each in the first round")] = 8,
    judge: Annotated[bool, Option(help="Have the LLM judge the passages")] = False,
    real: Annotated[list[Path], Option(help="Real text to be near to")] = [],  # noqa: B006
    dev: Annotated[str, Option(help="Labelled dev data, for a quick model's F1")] = "",
    pick: Annotated[str, Option(help="Make this variant the pack's own")] = "",
    seed: Annotated[int, Option(help="Of the specs and the quick model")] = 0,
    budget: Budget = "",
    log_json: LogJson = None,
) -> None:
    """Halve the variants round by round; show them side by side, or pick one."""
    pack = load_pack(pack_path)
    if pick:
        known = list(read_jsonl(output / "variants.jsonl", Variant))
        msg.good(f"{pick}: now in {write_pick(pack, find_variant(known, pick))}")
        return
    backend = load_backend(llm, parse_settings(set_ or []))
    context = CheckContext(pack, load_config(pack_path), real=find_texts(real))
    context.encoder = Encoder() if real else None
    texts, held = context.real_examples if real else [], read_dev(dev)
    kinds, price = (variants, requests, systems), getattr(backend, "price", Price())
    with (
        Journal(output / "prompts.completions.jsonl") as journal,
        show_progress(sum(kinds), log_json, backend.currency) as tell,
    ):
        trials = Trials(pack, backend, journal, tell, budget or None)
        found, summary = trials.variants(*kinds)
        if len(found) < 2:
            raise ValueError(f"no variant was proposed\n{summary.remedy}")
        court = None
        if judge:
            rubric = read_rubric(pack)
            court = Bench(pack, rubric, backend, journal, tell=tell, budget=budget)

        def score(variant: Variant, trial: Trial) -> Scored:
            said = court.vote(trial.passages, 1, seed)[0] if court else None
            f1 = quick_f1(trial.passages, held, pack.domain.lang) if held else None
            return score_trial(
                variant, trial, context, price, judged=said, real=texts, f1=f1
            )

        plan = make_plan(pack, max(rounds(len(found), first)), seed=seed)
        done = search(trials, found, plan, first, score, print_round)
    if not done.scored:
        raise ValueError(f"no round was completed: {done.stopped}\n{done.remedy}")
    title = f"{pack.domain.title}: variants of the prompt"
    told = (title, found, done.scored, done.passages)
    write_jsonl(output / "variants.jsonl", found)
    write_json(output / "comparison.json", to_comparison(*told))
    write_text(output / "prompts.html", prompts_html(*told, done.order[0]))
    if done.stopped:
        msg.warn(f"Ended early: {done.stopped}", done.remedy)
    msg.good(f"{done.order[0]!r} scored best: {output / 'prompts.html'}")
    msg.text(f"To take it up: --pick '{done.order[0]}'; `pick` shows all without names")


if __name__ == "__main__":
    run_step(prompts)
