"""Extract with the LLM itself: the other arm, to set beside the local model."""

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
from console.results import show_labelling
from console.step import run_step
from phantom.completions.journal import Journal
from phantom.curation.labelling import (
    find_origin,
    label_texts,
    make_labeller,
    name_run,
)
from phantom.evaluation.gold import find_gold
from phantom.jsonl import read_jsonl, write_json, write_jsonl
from phantom.llms import Job, load_backend, parse_settings
from phantom.packs.pack import load_pack
from phantom.privacy.paths import parse_paths
from phantom.prompts.demonstrations import from_examples, read_demonstrations
from phantom.records import Example


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
    origin = find_origin(data_path, parse_paths(private), allow_private)
    settings = parse_settings(set_ or [])
    if allow_private:
        settings["llm.allow_private"] = allow_private
    backend = load_backend(llm, settings)
    pack = load_pack(pack_path)
    gold = find_gold(pack, data_path)._replace(origin=origin)
    examples = list(gold.read(limit or None))
    if not examples:
        raise ValueError(f"{data_path}: no text in it")
    pool = read_demonstrations(pack)
    if demonstrations is not None:
        pool = from_examples(read_jsonl(demonstrations, Example), demonstrations)
    prompter = make_labeller(pack, pool, shots)
    name = name_run(data_path, backend.model, shots)
    texts = len({example.text for example in examples})
    with (
        Journal(output / f"{name}.completions.jsonl") as journal,
        show_progress(texts, log_json, backend.currency) as tell,
    ):
        job = Job(pack, (), journal, tell, budget or None, reuse=False)
        run = label_texts(backend, job, prompter, data_path, examples, shots)
    name += f"-first-{limit}" if limit else ""
    write_jsonl(output / f"{name}.predictions.jsonl", run.predictions)
    write_json(output / f"{name}.json", run.figures)
    show_labelling(run)
    msg.good(f"{texts:,} texts labelled, in {output / name}.predictions.jsonl")


if __name__ == "__main__":
    run_step(extract)
