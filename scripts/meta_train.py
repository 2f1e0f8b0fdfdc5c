"""Prepare a pipeline for few examples, by Reptile over tasks of synthetic text."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import print_counts, run_step
from phantom.corpora.origins import count_passages
from phantom.jsonl import read_jsonl
from phantom.records import Example
from phantom.runtime import load_pipeline, register_components
from phantom.training.adapted import save_as
from phantom.training.reptile import ReptileSettings
from phantom.training.reptile import meta_train as prepare
from phantom.training.scoring import predict_beside, score
from phantom.training.to_gold import read_corpus


def meta_train(
    pipeline: Annotated[str, Argument(help="Folder, or name of an installed wheel")],
    corpus: Annotated[Path, Argument(help="Folder that `convert` filled")],
    output: Annotated[Path, Argument(help="Folder for the pipeline")],
    tasks: Annotated[int, Option(help="How many tasks are gone through")] = 60,
    size: Annotated[int, Option(help="Examples of a task")] = 16,
    step: Annotated[float, Option(help="Part of the way to the first task")] = 0.3,
    seed: Annotated[int, Option(help="Which tasks these are")] = 0,
) -> None:
    """Move weights part of the way to those of each task; measure what is forgotten."""
    register_components()
    nlp = load_pipeline(pipeline)
    dev = read_corpus(nlp, corpus / "dev.spacy")
    before = score(nlp, predict_beside(nlp, dev))
    settings = ReptileSettings(tasks=tasks, size=size, step=step, seed=seed)
    read = list(read_jsonl(corpus / "train.jsonl", Example))
    done = prepare(nlp, read, settings)
    after = score(nlp, predict_beside(nlp, dev))
    print_counts("tasks by", Counter(task.key for task in done), len(done))
    for name, scores in (("before", before), ("after", after)):
        msg.text(
            f"synthetic dev {name}: entities {100 * (scores.ents_f or 0):.1f}, "
            f"relations {100 * (scores.rel_micro_f or 0):.1f}"
        )
    origins = count_passages(x.model_dump() for x in read)
    nlp.meta["meta_trained"] = {
        **settings.model_dump(mode="json"),
        "origins": origins.model_dump(mode="json"),
    }
    nlp.meta["performance"] = after.model_dump(mode="json")
    save_as(nlp, output)
    msg.good(f"Pipeline in {output}", "adapt starts from it; curve --on compares")


if __name__ == "__main__":
    run_step(meta_train)
