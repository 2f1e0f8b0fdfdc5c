"""A workflow measured step by step beside another checkout."""

import sys
from pathlib import Path

import pytest
from tests.builders import ROOT

sys.path.append(str(ROOT / "measurements"))

import road  # noqa: E402

PROJECT = """
title: Two steps
workflows:
  all: [{steps}]
commands:
  - {{name: write, script: ["python -c 'open(\\"out.txt\\", \\"w\\").close()'"]}}
  - {{name: fail, script: ["python -c 'raise SystemExit(\\"no corpus\\")'"]}}
"""


def project(folder: Path, steps: str) -> Path:
    folder.mkdir()
    (folder / "project.yml").write_text(PROJECT.format(steps=steps))
    return folder


@pytest.mark.slow
def test_each_step_is_run_in_its_folder_and_measured(tmp_path: Path) -> None:
    ours = project(tmp_path / "ours", "write")
    found = road.measure({"this": ours}, "all", [])
    assert (ours / "out.txt").is_file()
    step = found["this"]["write"]
    assert step["wall_s"] > 0 and step["cpu_s"] > 0 and step["peak_mb"] > 1
    assert "road_ratio" not in road.make_report(found)


@pytest.mark.slow
def test_a_step_that_fails_ends_the_measurement(tmp_path: Path) -> None:
    ours = project(tmp_path / "ours", "fail")
    with pytest.raises(RuntimeError, match="(?s)fail ends in 1.*no corpus"):
        road.measure({"this": ours}, "all", [])
    with pytest.raises(ValueError, match="no workflow 'data'"):
        road.list_steps(ours, "data")


def test_ratios_are_of_whole_workflows() -> None:
    ours = {"a": {"wall_s": 1.0, "cpu_s": 2.0, "peak_mb": 100.0}}
    theirs = {
        "a": {"wall_s": 1.0, "cpu_s": 2.0, "peak_mb": 80.0},
        "b": {"wall_s": 3.0, "cpu_s": 2.0, "peak_mb": 50.0},
    }
    report = road.make_report({"this": ours, "beside": theirs})
    assert report["road_ratio"] == 0.25 and report["road_cpu_ratio"] == 0.5
    assert report["road_memory_ratio"] == 1.25
