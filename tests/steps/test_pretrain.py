"""The step `pretrain`: which text an encoder may read, and what it writes."""

import json
from pathlib import Path

import pytest
from encoders import build_encoder
from tests.builders import MEDICINE, example
from typer.testing import CliRunner

import pretrain
from console.step import make_app
from phantom.jsonl import write_jsonl

OWN = [
    example(f"Patient {i} had <DISEASE id=1>gout</DISEASE>.", id=f"g{i}", model="m")
    for i in range(30)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Passages of ours, public notes, a test split, and an encoder."""
    folder = tmp_path_factory.mktemp("pretrain")
    build_encoder("bert", folder / "bert")
    write_jsonl(folder / "train.jsonl", OWN)
    hers = OWN[0].model_copy(update={"origin": "private", "sources": ("ward",)})
    write_jsonl(folder / "hers.jsonl", [hers])
    (folder / "notes.txt").write_text("Zinc hurts nobody.\n\nGout hurts.\n")
    for split in ("train", "test"):
        held = [example("Gout hurts.", id=split)]
        write_jsonl(folder / "benchmarks" / "ncbi_disease" / f"{split}.jsonl", held)
    return folder


def call(folder: Path, *more: object) -> str:
    given = [MEDICINE, folder / "bert", folder / "encoder", "--steps", 2]
    given += ["--head-steps", 1, "--metrics", folder / "metrics"]
    given += ["--benchmarks", folder / "benchmarks", *more]
    result = CliRunner().invoke(make_app(pretrain.pretrain), list(map(str, given)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def test_it_reads_ours_and_public_text_but_no_test_split(folder: Path) -> None:
    files = ("--own", folder / "train.jsonl", "--text", folder / "notes.txt")
    output = call(folder, *files)
    assert "learnt alone for 1 steps" in output and "before, " in output
    assert f"--vars.encoder {folder / 'encoder'}".replace(" ", "") in output.replace(
        " ", ""
    )
    said = json.loads((folder / "encoder" / "pretraining.json").read_text())
    counts = said["training_data"]
    # Of 31 texts, the one of the test split left out, five in a hundred are held out.
    assert counts["examples"] + said["held_out"] == 31
    assert counts["public"] + counts["synthetic"] == 29
    assert (folder / "metrics" / "pretrain.png").stat().st_size > 1000


def test_private_text_and_test_splits_are_refused(folder: Path) -> None:
    notes = folder / "notes.txt"
    with pytest.raises(ValueError, match="private, by --private"):
        call(folder, "--text", notes, "--private", notes)
    with pytest.raises(ValueError, match="private text of 'ward'"):
        call(folder, "--own", folder / "hers.jsonl")
    with pytest.raises(ValueError, match="test"):
        call(folder, "--text", folder / "benchmarks" / "ncbi_disease" / "test.jsonl")
    with pytest.raises(ValueError, match="no text; name"):
        call(folder)
