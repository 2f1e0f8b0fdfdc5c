"""Have the encoder read on: masked words of synthetic and public text, no labels."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.distilling import track_steps
from console.step import run_step
from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack
from phantom.privacy.paths import parse_paths
from phantom.reports.pretraining import plot_losses
from phantom.training import pretrain as library
from phantom.training.cost import CostMeter
from phantom.training.pretrained import PretrainSettings
from phantom.training.public_text import read_own_text, read_public_text


def pretrain(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    encoder: Annotated[
        str, Argument(help="Hugging Face name, path, or package with an encoder")
    ],
    output: Annotated[Path, Argument(help="Folder for the encoder")],
    metrics: Annotated[Path, Option(help="Folder for cost and curve of the loss")],
    own: Annotated[
        str, Option(help="Training passages of `convert` (train.jsonl), or none")
    ] = "",
    text: Annotated[str, Option(help="Public text, commas between")] = "",
    take: Annotated[
        int, Option(help="Only so many public texts, by seed; 0 for all")
    ] = 0,
    steps: Annotated[int, Option(help="Of the optimizer")] = 500,
    batch: Annotated[int, Option(help="Wordpieces of a step, padding included")] = 4096,
    learn_rate: Annotated[float, Option(help="The highest, of the encoder")] = 5e-5,
    warmup: Annotated[float, Option(help="Share of steps in which it rises")] = 0.1,
    head_steps: Annotated[
        int, Option(help="First steps, in which just a head learns, if it is new")
    ] = 100,
    seed: Annotated[int, Option(help="Of texts held out, order and masks")] = 0,
    resume: Annotated[bool, Option(help="Go on with an interrupted run")] = True,
    benchmarks: Annotated[
        Path, Option(help="Folder of the test sets, whose texts stay out")
    ] = Path("assets/benchmarks"),
    private: Annotated[str, Option(help="Private files and folders")] = "",
) -> None:
    """Adapt an encoder by masked language modelling, for `train` to begin with."""
    pack, paths = load_pack(pack_path), parse_paths(text)
    public = read_public_text(
        *(pack, paths),
        benchmarks=benchmarks,
        private=parse_paths(private),
        take=take,
        seed=seed,
    )
    texts = [*(read_own_text(pack, Path(own)) if own else ()), *public.examples]
    if not texts:
        raise ValueError("no text; name training passages, public files, or both")
    settings = PretrainSettings(
        steps=steps,
        head_steps=head_steps,
        batch=batch,
        learn_rate=learn_rate,
        warmup=warmup,
        seed=seed,
    )
    goes_on = resume and library.checkpoint_of(output).is_file()
    with CostMeter(metrics / "pretrain_cost.json", goes_on), track_steps() as tell:
        done = library.pretrain(
            encoder, texts, output, settings, resume=resume, tell=tell
        )
    write_jsonl(metrics / "pretrain.jsonl", done.curve)
    plot_losses(done.curve, metrics / "pretrain.png")
    if done.new_head:
        msg.info(
            f"{encoder} has no head for masked words; a new one, which is left out "
            f"of the encoder, learnt alone for {head_steps:,} steps"
        )
    msg.info(
        f"Perplexity of masked words, on {done.held_out:,} texts held out: "
        f"{done.before:.1f} before, {done.after:.1f} after"
    )
    msg.good(
        f"Encoder in {output}, curve in {metrics / 'pretrain.png'}",
        f"train with it: --vars.encoder {output}",
    )


if __name__ == "__main__":
    run_step(pretrain)
