"""The toy project as a user has it: copied, run as a process, asked what is to do."""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.builders import ROOT
from weasel.cli.run import project_run

TOY = ["--vars.packs", "tests/domains", "--vars.domain", "pets"]
SMALL = ["--vars.config", "configs/smoke.cfg"]


def run(
    folder: Path, workflow: str, *more: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spacy", "project", "run", workflow, "."]
    environment = {
        # Caches are written, as for most people; nothing may run again for them.
        **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT / "tests/no_network"),
        "NO_NETWORK_LOG": str(folder / "connections.txt"),
        **variables,
    }
    return subprocess.run(
        [*command, *TOY, *SMALL, *more],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def copy_project(folder: Path) -> Path:
    """All that commands of the toy domain read."""
    for name in ("scripts", "configs", "tests/domains"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("project.yml", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def ran(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The commands that a run did not pass over."""
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return commands_run(done.stdout)


def commands_run(told: str) -> list[str]:
    stems = re.findall(r"Running command: \S+ scripts/(\w+)\.py", told)
    return [stem.replace("_", "-") for stem in stems]


def to_do(folder: Path, workflow: str, **variables: object) -> list[str]:
    """What `spacy project run --dry` would run, asked of it without a process."""
    given = dict(zip(TOY[::2], TOY[1::2], strict=True)) | {SMALL[0]: SMALL[1]}
    overrides = {name.removeprefix("--"): value for name, value in given.items()}
    overrides |= {f"vars.{name}": value for name, value in variables.items()}
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        project_run(folder, workflow, overrides=overrides, dry=True)
    return commands_run(told.getvalue())
