"""Extract with the LLM itself: the other arm, to set beside the local model."""

import json
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from phantom.demonstrations import Demonstrations, from_examples, read_demonstrations
from phantom.extract import as_extraction, predict, show_sentence, to_sentences
from phantom.journal import Journal, read_journal
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms import Job, Summary, load_backend, parse_settings
from phantom.llms.openai import OpenAI, make_ledger
from phantom.pack import load_pack
from phantom.private import is_private, private_roots
from phantom.prompts import Prompter
from phantom.records import Example
from progress import show_progress
from step import print_counts, run_step

CONFIG = Path("configs/llm/openai.cfg")


def extract(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    data_path: Annotated[Path, Argument(help="Texts with gold labels (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for predictions and journal")],
    llm: Annotated[Path, Option(help="Config of the back-end")] = CONFIG,
    set_: Annotated[
        list[str] | None, Option("--set", help="Change it, as llm.model=NAME")
    ] = None,
    shots: Annotated[int, Option(help="Worked examples; 0 for zero-shot")] = 0,
    demonstrations: Annotated[
        Path | None, Option(help="Accepted synthetic examples for them")
    ] = None,
    limit: Annotated[int, Option(help="Only the first so many; 0 for all")] = 0,
    budget: Annotated[str, Option(help="Hard stop, as for generate")] = "",
    project: Annotated[
        Path, Option(help="Lists private paths under vars.private")
    ] = Path("project.yml"),
    allow_private: Annotated[
        str, Option(help="Host on this machine that may see private text")
    ] = "",
    log_json: Annotated[Path | None, Option(help="One JSON line per event")] = None,
) -> None:
    """Have the LLM label texts; write predictions, cost and latency."""
    settings = parse_settings(set_ or [])
    if allow_private:
        settings["llm.allow_private"] = allow_private
    backend = load_backend(llm, settings)
    if not isinstance(backend, OpenAI):
        raise ValueError(f"{llm}: a recording can't label texts; use phantom.OpenAI.v1")
    private = is_private(data_path, private_roots(project))
    if private and not allow_private:
        raise ValueError(
            f"{data_path}: private, by {project}; nothing was sent\nFor a server on "
            "this machine, name its host with --allow-private"
        )
    pack = load_pack(pack_path)
    pool = read_demonstrations(pack)
    if demonstrations is not None:
        pool = from_examples(read_jsonl(demonstrations, Example), demonstrations)
    shown = Demonstrations(as_extraction(pool, pack), shots)
    prompter = Prompter(pack, "extract", shown, show_sentence)
    examples = list(islice(read_jsonl(data_path, Example), limit or None))
    name = f"{data_path.parent.name}-{data_path.stem}-{shots}-shot"
    journal_path = output / f"{name}.completions.jsonl"
    with (
        Journal(journal_path) as journal,
        show_progress(len(examples), log_json, backend.currency) as tell,
    ):
        job = Job(pack, (), journal, tell, budget or None, reuse=False)
        ledger = make_ledger(prompter, job)
        sentences = to_sentences(examples, "private" if private else "public")
        size = backend.size(pack)
        summary = backend.complete(job, sentences, prompter, ledger, size)
    lost: Counter[str] = Counter()
    predictions = predict(examples, journal_path, pack, ledger, lost)
    write_jsonl(output / f"{name}.predictions.jsonl", predictions)
    figures = measure(journal_path, summary, backend, shots)
    (output / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")
    if lost:
        print_counts("not used", lost, lost.total())
    if summary.pending:
        raise ValueError(
            f"{summary.pending:,} texts have no answer: "
            f"{summary.stopped or summary.reasons.most_common(1)[0][0]}\n{summary.mend}"
        )
    msg.good(f"{len(examples):,} texts labelled, in {output / name}.predictions.jsonl")


def measure(
    journal_path: Path, summary: Summary, backend: OpenAI, shots: int
) -> dict[str, str | int | float | None]:
    """Cost and latency per 1,000 texts, over the whole journal."""
    latency, requests = 0.0, 0
    for _, completion in read_journal(journal_path):
        latency += completion.latency or 0.0
        requests += 1
    per = 1_000 / max(1, summary.completed)
    cost = summary.cost_total
    return {
        "model": backend.model,
        "shots": shots,
        "texts": summary.asked,
        "completed": summary.completed,
        "failed": summary.failed,
        "pending": summary.pending,
        "requests": requests,
        "cost_per_1000": None if cost is None else cost * per,
        "currency": backend.currency,
        "latency_seconds_per_1000": latency * per,
    }


if __name__ == "__main__":
    run_step(extract)
