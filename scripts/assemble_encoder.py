"""Put a multilingual encoder together from two packages, cut to one language."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.jsonl import read_some
from phantom.packs.lexicons import read_names
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.training.multilingual import assemble


def assemble_encoder(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    texts_path: Annotated[Path, Argument(help="Text of the language (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for the encoder")],
) -> None:
    """Write multilingual-e5-small with the pieces that the language needs."""
    pack = load_pack(pack_path)
    texts = [example.text for example in read_some(texts_path, Example)]
    texts += [name for x in pack.domain.lexicons for name in read_names(pack, x)]
    kept, all_ = assemble(texts, output)
    msg.good(
        f"Encoder in {output}: {kept:,} of {all_:,} pieces kept",
        f"name it with --vars.encoder {output}",
    )


if __name__ == "__main__":
    run_step(assemble_encoder)
