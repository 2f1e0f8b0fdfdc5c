"""Package the trained pipeline as a wheel that loads anywhere."""

from enum import Enum
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.packs.pack import load_pack
from phantom.shipping.wheel import build_wheel


class Quantize(str, Enum):
    """What becomes of the encoder's weights: they stay, or are rounded."""

    none = "none"
    int8 = "int8"


def package(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    pipeline: Annotated[Path, Argument(help="Folder of the trained pipeline")],
    output: Annotated[Path, Argument(help="Folder for the package and its wheel")],
    version: Annotated[str, Option(help="Version of the wheel")] = "0.1.0",
    metrics: Annotated[
        Path | None, Option(help="Evaluation to state in meta.json (.json)")
    ] = None,
    reports: Annotated[
        Path | None, Option(help="The run's folder in metrics/, for the model card")
    ] = None,
    quantize: Annotated[
        Quantize, Option(help="int8: smaller, quicker on CPUs, slightly other scores")
    ] = Quantize.none,
) -> None:
    """Build a wheel with weights, components, scores, licence, provenance and card."""
    output.mkdir(parents=True, exist_ok=True)
    wheel = build_wheel(
        load_pack(pack_path),
        pipeline,
        output,
        version=version,
        metrics=metrics,
        licence=Path("LICENSE") if Path("LICENSE").is_file() else None,
        int8=quantize is Quantize.int8,
        reports=reports,
    )
    final = wheel.replace(output / wheel.name)
    size = final.stat().st_size / 2**20
    msg.good(
        f"{final} ({size:.0f} MB)",
        f"Install it with: pip install {final}\nThe model card, in it too: "
        f"{output / 'model_card.html'} and .md",
    )


if __name__ == "__main__":
    run_step(package)
