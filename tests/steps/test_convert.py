"""The step `convert`: real text needs permission, whatever file it comes in."""

from pathlib import Path

import pytest
from tests.builders import FINANCE, example

from convert import convert
from phantom.jsonl import write_jsonl

PASSAGES = [
    example(f"<ORG id=1>Firm {i}</ORG> sold its {i}th mill.", id=f"s{i}", model="m")
    for i in range(10)
]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"origin": "public", "sources": ("finer_ord",)}, "for evaluation only"),
        ({"origin": "private", "sources": ("files",)}, "--train-on-private"),
        ({}, "does not say which model wrote it"),
    ],
)
def test_real_text_without_permission_ends_the_step(
    tmp_path: Path, fields: dict[str, object], message: str
) -> None:
    real = example("Rates rose by a point.", id="real", **fields)
    write_jsonl(tmp_path / "checked.jsonl", [*PASSAGES, real])
    with pytest.raises(ValueError, match=message):
        convert(FINANCE, tmp_path / "checked.jsonl", tmp_path / "out")


def test_declared_private_text_is_converted(tmp_path: Path) -> None:
    fields = {"origin": "private", "sources": ("files",)}
    real = example("Rates rose by a point.", id="real", **fields)
    write_jsonl(tmp_path / "checked.jsonl", [*PASSAGES, real])
    out = tmp_path / "out"
    convert(FINANCE, tmp_path / "checked.jsonl", out, train_on_private=["files"])
    assert (out / "train.spacy").is_file() and (out / "dev.spacy").is_file()
