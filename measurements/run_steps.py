"""Steps of the project as a measurement runs them: processes, with short training."""

import re
import subprocess
import sys
from pathlib import Path

from recorded import PACK

from phantom.evaluation.diagnosis.records import Diagnosis
from phantom.jsonl import write_text

ROOT = Path(__file__).resolve().parents[1]


def step(name: str, *arguments: object) -> None:
    """Run a step of the project from its root."""
    command = [sys.executable, f"scripts/{name}.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])


def train(folder: Path, gold: Path, config: Path) -> tuple[Diagnosis, Path]:
    """Convert accepted.jsonl, train and diagnose."""
    step("convert", PACK, folder / "accepted.jsonl", folder)
    output = folder / "training"
    step("train", config, folder, output, "--metrics", folder / "metrics")
    step(
        *("diagnose", PACK, gold, folder / "metrics"),
        *("--pipeline", output / "model-best", "--train", folder / "train.jsonl"),
        "--no-model",
    )
    path = folder / "metrics" / "diagnosis.json"
    return Diagnosis.model_validate_json(path.read_text(encoding="utf-8")), path


def shorten(config: Path, output: Path, steps: int) -> Path:
    """A training config with fewer steps, its rates and evaluations in proportion."""
    text = config.read_text(encoding="utf-8")
    parts = {"max_steps": 1, "total_steps": 1, "eval_frequency": 3, "warmup_steps": 12}
    for name, part in parts.items():
        text = re.sub(rf"(?m)^{name} = \d+$", f"{name} = {steps // part}", text)
    write_text(output, text)
    return output
