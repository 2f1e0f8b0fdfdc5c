"""Have a generator draw an image for each example, by the facts of its spec."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import split_names
from console.step import run_step
from phantom.corpora.split import split_examples
from phantom.images.base import Refused, draw_images, load_generator, make_requests
from phantom.images.dataset import (
    SPLITS,
    FailedImage,
    ImageFolder,
    Shards,
    clear,
    describe,
)
from phantom.jsonl import read_jsonl, read_some, write_jsonl
from phantom.records import Example, Spec


def images(
    config: Annotated[Path, Argument(help="Which generator (.yml), and its settings")],
    specs_path: Annotated[Path, Argument(help="The plan (.jsonl), with its facts")],
    examples_path: Annotated[Path, Argument(help="Reports (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for the data set")],
    write: Annotated[
        str, Option(help="folder (Hugging Face), webdataset; commas between")
    ] = "folder,webdataset",
    dev_share: Annotated[
        float, Option(help="Share for validation; 0 for none", min=0, max=0.5)
    ] = 0.1,
    batch: Annotated[int, Option(help="Images asked for at a time", min=1)] = 16,
    seed: Annotated[int, Option(help="The same seed asks for the same")] = 0,
) -> None:
    """Write images with their reports, labels and facts as a data set."""
    forms = split_names(write, ("folder", "webdataset"))
    name, generator = load_generator(config)
    specs = {spec.id: spec for spec in read_jsonl(specs_path, Spec)}
    examples = {x.id: x for x in read_some(examples_path, Example)}
    given = list(examples.values())
    sides = split_examples(given, dev_share, seed=seed) if dev_share else (given, [])
    clear(output)
    failed: list[FailedImage] = []
    counts = dict.fromkeys(SPLITS, 0)
    for split, side in zip(SPLITS, sides, strict=True):
        if not side:
            continue
        requests = make_requests(side, specs.values(), seed)
        with ExitStack() as stack:
            writers: list[ImageFolder | Shards] = []
            if "folder" in forms:
                writers.append(stack.enter_context(ImageFolder(output / split)))
            if "webdataset" in forms:
                writers.append(stack.enter_context(Shards(output, split)))
            for request, image in draw_images(generator, requests, batch):
                if isinstance(image, Refused):
                    failed.append(FailedImage(id=request.id, reason=image.reason))
                    continue
                file = f"{counts[split]:07}.png"
                counts[split] += 1
                example, spec = examples[request.id], specs[request.id]
                row = describe(example, spec, file, name)
                for writer in writers:
                    writer.add(image, row)
    if failed:
        write_jsonl(output / "failed.jsonl", failed)
        msg.warn(f"{len(failed):,} without an image", f"such as {failed[0].reason}")
    if not any(counts.values()):
        raise ValueError(f"no image at all; {output / 'failed.jsonl'} says why")
    said = ", ".join(f"{count:,} {split}" for split, count in counts.items())
    msg.good(f"Images with reports: {said}, in {output}")


if __name__ == "__main__":
    run_step(images)
