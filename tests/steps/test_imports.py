"""No step waits for what it does not use: torch, transformers, spaCy take seconds."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.builders import PETS, ROOT, example

from phantom.jsonl import write_jsonl

pytestmark = pytest.mark.slow

# These train, predict or package, and so import what that takes at once.
HEAVY_STEPS = {
    *("adapt", "apply", "assemble_encoder", "attack", "attack_rows", "curve"),
    *("diagnose", "distill", "evaluate"),
    *("explain", "federate", "federate_site", "image_model", "meta_train"),
    *("package", "pretrain", "prompts"),
    *("self_train", "shortcuts", "soften"),
    *("train", "train_private"),
}
HEAVY = ("torch", "transformers", "spacy_transformers")
LOOK = """
import json, runpy, sys
def found(names):
    return [name for name in names if sys.modules.get(name)]
"""


def run(code: str, *arguments: str) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(
        [sys.executable, "-c", LOOK + code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout.splitlines()[-1])


def test_light_steps_start_without_spacy_and_torch() -> None:
    steps = sorted(path.stem for path in (ROOT / "scripts").glob("*.py"))
    assert set(steps) >= HEAVY_STEPS
    light = [step for step in steps if step not in HEAVY_STEPS]
    assert {"plan", "generate", "curate", "check", "convert", "merge_shards"} <= {
        *light
    }
    code = """
imported = {}
for step in sys.argv[1:]:
    runpy.run_path(f"scripts/{step}.py", run_name="step")
    if not imported and found(["torch", "transformers", "spacy_transformers", "spacy"]):
        imported[step] = found(["torch", "transformers", "spacy_transformers", "spacy"])
print(json.dumps(imported))
"""
    assert run(code, *light) == {}


def test_sentences_are_split_where_torch_is_left_out() -> None:
    code = """
from phantom.runtime import leave_out_torch
leave_out_torch()
from phantom.passages.sentences import split_sentences
print(json.dumps([*split_sentences("It rose. It fell.", "en")]))
"""
    assert run(code) == [[0, 8], [9, 17]]


def test_curate_and_convert_run_without_torch(tmp_path: Path) -> None:
    passages = [
        example(f"<ANIMAL id=1>Cat {i}</ANIMAL> slept.", id=f"s{i}", model="m")
        for i in range(20)
    ]
    write_jsonl(tmp_path / "checked.jsonl", passages)
    code = """
sys.argv[0] = f"scripts/{sys.argv.pop(1)}.py"
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(found(["torch", "transformers", "spacy_transformers"])))
"""
    checked, out = str(tmp_path / "checked.jsonl"), str(tmp_path / "out")
    assert run(code, "convert", str(PETS), checked, out) == []
    assert (tmp_path / "out" / "train.spacy").is_file()
    recording = PETS / "recording"
    plan, answers = (
        str(next(recording.glob(f"{name}.jsonl*"))) for name in ("specs", "completions")
    )
    files = [str(tmp_path / name) for name in ("accepted.jsonl", "rejected.jsonl")]
    assert run(code, "curate", str(PETS), plan, answers, *files) == []
    assert (tmp_path / "accepted.jsonl").is_file()
