"""Train a small VAE on labelled images, for `images` to draw with."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import split_names
from console.step import run_step
from phantom.images.labelled import read_images
from phantom.images.vae import save_vae, train_vae


def image_model(
    data: Annotated[str, Argument(help="digits, or an .npz file as of MedMNIST")],
    output: Annotated[Path, Argument(help="The model (.pt)")],
    classes: Annotated[
        str, Option(help="Names of the classes in order, commas between; '' numbers")
    ] = "",
    steps: Annotated[int, Option(help="Batches of training", min=1)] = 1500,
    seed: Annotated[int, Option(help="The same seed trains the same model")] = 0,
) -> None:
    """Train a convolutional VAE that draws images of a class."""
    images = read_images(data, tuple(split_names(classes)))
    model, loss = train_vae(images, steps, seed)
    save_vae(model, images.classes, output)
    msg.good(
        f"{output}: draws {', '.join(images.classes)}",
        f"trained on {len(images.labels):,} images, loss {loss:.1f} at the end",
    )


if __name__ == "__main__":
    run_step(image_model)
