"""Where the minutes of a workflow go, step by step, beside another commit.

Usage: python measurements/road.py [--beside COMMIT] [--workflow data] [--json FILE]
       [--vars.domain finance ...]

Both commits are checked out into fresh folders. Each runs its own commands of that
name, step by step in turn, so that what else the machine does falls on both. A step
that one of them lacks, such as one that was renamed, counts for the one that has it;
peak memory is that of the largest process of a step. `road_ratio` is the wall time of
this commit by that of the other; speed.py takes the file along (--road).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from speed_machine import describe_machine  # noqa: E402

Step = dict[str, float]


def check_out(commit: str, folder: Path) -> Path:
    """A fresh work tree of a commit, with what is at hand of ../shared beside it."""
    git = ["git", "-C", str(ROOT)]
    command = [*git, "worktree", "add", "-q", "--detach", str(folder), commit]
    subprocess.run(command, check=True)
    beside, shared = folder.parent / "shared", ROOT.parent / "shared"
    if shared.exists() and not beside.exists():
        beside.symlink_to(shared.resolve())
    return folder


def list_steps(folder: Path, workflow: str) -> list[str]:
    """Commands of a workflow. RAISES: ValueError if project.yml has no such one."""
    text = (folder / "project.yml").read_text(encoding="utf-8")
    workflows = yaml.safe_load(text)["workflows"]
    if workflow not in workflows:
        raise ValueError(f"{folder}/project.yml: no workflow {workflow!r}")
    return list(workflows[workflow])


def run_step(folder: Path, step: str, variables: Sequence[str]) -> Step:
    """Run one command of a project in a process of its own.

    RETURNS (Dict[str, float]): wall and processor seconds, peak memory in MB.
    RAISES: RuntimeError with the end of what it printed if it fails.
    """
    command = [sys.executable, "-m", "spacy", "project", "run", step, str(folder)]
    # Nothing of this checkout may stand before the other's own modules.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, *variables],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            end = output.read().decode(errors="replace")[-2_000:]
            raise RuntimeError(f"{folder}: {step} ends in {process.returncode}\n{end}")
    cpu = used.ru_utime + used.ru_stime
    return {"wall_s": wall, "cpu_s": cpu, "peak_mb": used.ru_maxrss / 1024}


def measure(
    folders: dict[str, Path], workflow: str, variables: Sequence[str]
) -> dict[str, dict[str, Step]]:
    """Run the workflow in all folders, step by step in turn."""
    steps = {name: list_steps(path, workflow) for name, path in folders.items()}
    found: dict[str, dict[str, Step]] = {name: {} for name in folders}
    for place in range(max(map(len, steps.values()))):
        for name, path in folders.items():
            if place < len(steps[name]):
                step = steps[name][place]
                found[name][step] = run_step(path, step, variables)
                print(f"{name:8} {step:20} {_show(found[name][step])}", flush=True)
    return found


def _show(step: Step) -> str:
    wall, cpu, peak = step["wall_s"], step["cpu_s"], step["peak_mb"]
    return f"{wall:8.1f} s, {cpu:8.1f} s of processor time, {peak:6.0f} MB"


def sum_up(steps: dict[str, Step]) -> Step:
    """The whole of a workflow: times added, the largest memory."""
    whole = {key: sum(s[key] for s in steps.values()) for key in ("wall_s", "cpu_s")}
    return whole | {"peak_mb": max(s["peak_mb"] for s in steps.values())}


def make_report(found: dict[str, dict[str, Step]]) -> dict[str, Any]:
    """Figures of both, and this commit's wall time, processor time and memory by the
    other's."""
    wholes = {name: sum_up(steps) for name, steps in found.items()}
    report: dict[str, Any] = {"steps": found, "whole": wholes}
    if len(wholes) == 2:
        ours, theirs = wholes["this"], wholes["beside"]
        report["road_ratio"] = ours["wall_s"] / theirs["wall_s"]
        report["road_cpu_ratio"] = ours["cpu_s"] / theirs["cpu_s"]
        report["road_memory_ratio"] = ours["peak_mb"] / theirs["peak_mb"]
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", help="commit to run beside this one")
    parser.add_argument("--workflow", default="all")
    parser.add_argument("--json", type=Path)
    args, variables = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as place:
        commits = {"this": "HEAD"} | ({"beside": args.beside} if args.beside else {})
        folders = {n: check_out(c, Path(place) / n) for n, c in commits.items()}
        try:
            found = measure(folders, args.workflow, variables)
        finally:
            for folder in folders.values():
                command = ["git", "-C", str(ROOT), "worktree", "remove", "--force"]
                subprocess.run([*command, str(folder)], check=False)
    report = make_report(found) | {"machine": describe_machine(), "commits": commits}
    for name, whole in report["whole"].items():
        print(f"{name:8} {args.workflow:20} {_show(whole)}")
    if "road_ratio" in report:
        print(f"wall time by the other's: {report['road_ratio']:.2f}")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
