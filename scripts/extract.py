"""Extract with the LLM itself: the other arm, to set beside the local model."""

import re
from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import (
    ENDPOINT,
    Budget,
    Llm,
    LogJson,
    PackPath,
    Private,
    Settings,
)
from console.progress import show_progress
from console.step import print_counts, run_step
from phantom.completions.journal import Journal, read_journal
from phantom.completions.ledger import read_ledger
from phantom.curation.extraction import (
    Figures,
    as_extraction,
    predict,
    show_sentence,
    to_sentences,
)
from phantom.evaluation.gold import find_gold
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms import Backend, Job, Summary, load_backend, parse_settings
from phantom.llms.job import make_ledger
from phantom.packs.pack import load_pack
from phantom.privacy.paths import is_private, parse_paths
from phantom.prompts.demonstrations import (
    Demonstrations,
    from_examples,
    read_demonstrations,
)
from phantom.prompts.prompter import Prompter
from phantom.records import Example, Origin


def extract(
    pack_path: PackPath,
    data_path: Annotated[Path, Argument(help="Texts with gold labels (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for predictions and journal")],
    private: Private,
    llm: Llm = ENDPOINT,
    set_: Settings = None,
    shots: Annotated[int, Option(help="Worked examples; 0 for zero-shot")] = 0,
    demonstrations: Annotated[
        Path | None, Option(help="Accepted synthetic examples for them")
    ] = None,
    limit: Annotated[int, Option(help="Only the first so many; 0 for all")] = 0,
    budget: Budget = "",
    allow_private: Annotated[
        str, Option(help="Host on this machine that may see private text")
    ] = "",
    log_json: LogJson = None,
) -> None:
    """Have the LLM label texts; write predictions, cost and latency."""
    settings = parse_settings(set_ or [])
    if allow_private:
        settings["llm.allow_private"] = allow_private
    backend = load_backend(llm, settings)
    hidden = is_private(data_path, parse_paths(private))
    origin: Origin = "private" if hidden else "public"
    if origin == "private" and not allow_private:
        raise ValueError(
            f"{data_path}: private, by --private; nothing was sent\nFor a server on "
            "this machine, name its host with --allow-private"
        )
    pack = load_pack(pack_path)
    gold = find_gold(pack, data_path)._replace(origin=origin)
    examples = list(gold.read(limit or None))
    if not examples:
        raise ValueError(f"{data_path}: no text in it")
    pool = read_demonstrations(pack)
    if demonstrations is not None:
        pool = from_examples(read_jsonl(demonstrations, Example), demonstrations)
    shown = Demonstrations(as_extraction(pool, pack), shots)
    prompter = Prompter(pack, "extract", shown, show_sentence)
    sentences = list(to_sentences(examples, origin))
    model = re.sub(r"[^\w.-]+", "_", backend.model)
    name = f"{data_path.parent.name}-{data_path.stem}-{model}-{shots}-shot"
    journal_path = output / f"{name}.completions.jsonl"
    name += f"-first-{limit}" if limit else ""
    with (
        Journal(journal_path) as journal,
        show_progress(len(sentences), log_json, backend.currency) as tell,
    ):
        job = Job(pack, (), journal, tell, budget or None, reuse=False)
        summary = backend.complete(job, sentences, prompter)
    ledger = read_ledger(journal_path, make_ledger(prompter, job))
    lost: Counter[str] = Counter()
    predictions = predict(examples, journal_path, pack, ledger, lost)
    write_jsonl(output / f"{name}.predictions.jsonl", predictions)
    done = len(ledger.done)
    figures = measure(data_path, journal_path, summary, backend, shots, done)
    (output / f"{name}.json").write_text(
        figures.model_dump_json(indent=2) + "\n", encoding="utf-8"
    )
    if lost:
        print_counts("not used", lost, lost.total())
    if summary.pending:
        raise ValueError(
            f"{summary.pending:,} texts have no answer: "
            f"{summary.stopped or summary.reasons.most_common(1)[0][0]}\n{summary.mend}"
        )
    _print_figures(figures)
    msg.good(f"{len(sentences):,} texts labelled, in {output / name}.predictions.jsonl")


def measure(
    data_path: Path,
    journal_path: Path,
    summary: Summary,
    backend: Backend,
    shots: int,
    done: int,
) -> Figures:
    """Cost and latency per 1,000 texts, over the whole journal.

    done (int): Texts that the journal answers, those of other runs included.
    """
    latency, requests = 0.0, 0
    for _, completion in read_journal(journal_path):
        latency += completion.latency or 0.0
        requests += 1
    per = 1_000 / max(1, done)
    cost = summary.cost_total
    return Figures(
        data=str(data_path),
        model=backend.model,
        shots=shots,
        texts=summary.asked,
        completed=summary.completed,
        failed=summary.failed,
        pending=summary.pending,
        requests=requests,
        cost_per_1000=None if cost is None else cost * per,
        currency=backend.currency,
        latency_seconds_per_1000=latency * per,
    )


def _print_figures(figures: Figures) -> None:
    cost = figures.cost_per_1000
    price = "no price" if cost is None else f"{cost:,.2f} {figures.currency}"
    seconds = figures.latency_seconds_per_1000
    msg.text(f"Per 1,000 texts: {price}, {seconds:,.0f} s one request after the other")


if __name__ == "__main__":
    run_step(extract)
