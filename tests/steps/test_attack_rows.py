"""The step attack-rows: copies of private rows fail, with figures in the report."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import attack_rows
from console.step import make_app


def write(path: Path, seed: int) -> Path:
    rng = np.random.default_rng(seed)
    rows = [
        f"{a},{w:.1f},{d}"
        for a, w, d in zip(
            rng.integers(20, 90, 120),
            rng.normal(70, 12, 120),
            rng.choice(["aspirin", "heparin", "none"], 120),
            strict=True,
        )
    ]
    path.write_text("\n".join(["age,weight,drug", *rows]) + "\n")
    return path


def run(folder: Path, made: Path, private: Path, *more: str) -> str:
    arguments = [str(made), str(private), str(write(folder / "others.csv", 7))]
    arguments += ["drug", str(folder / "told.json"), *more]
    done = CliRunner().invoke(make_app(attack_rows.attack_rows), arguments)
    if done.exception:
        raise done.exception
    return done.output


def test_copies_fail_and_other_rows_pass(tmp_path: Path) -> None:
    private = write(tmp_path / "private.csv", 1)
    with pytest.raises(ValueError, match="attribute drug: gain .*may not be released"):
        run(tmp_path, private, private)
    (verdict,) = json.loads((tmp_path / "told.json").read_text())["verdicts"]
    assert verdict["fails"] and verdict["low"] > 0.3
    output = run(tmp_path, write(tmp_path / "made.csv", 2), private)
    assert "No attack is surely beyond its limit" in output
    with pytest.raises(ValueError, match="no column 'dose'"):
        run(tmp_path, private, private, "--known", "dose")
