"""Wheels on trial: installed into an empty environment, away from the project."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

PINNED = ("spacy", "spacy-transformers", "transformers", "torch", "thinc", "numpy")


def check_wheels(wheels: Sequence[Path], text: str) -> dict[str, list[str]]:
    """Install wheels with nothing but what they require, load them, run them.

    wheels (Sequence[Path]): All are loaded into one process.
    text (str): A passage of the domain.
    RETURNS (Dict[str, List[str]]): Entities and relations that each pipeline found.
    RAISES: ValueError if one does not install, load, run, or give the same twice.
    """
    for wheel in wheels:
        if not wheel.is_file():
            raise ValueError(f"{wheel}: no such wheel; run `package` first")
    with TemporaryDirectory(prefix="phantom-check-") as name:
        folder = Path(name)
        venv.create(folder / "env", with_pip=True)
        scripts = "Scripts" if os.name == "nt" else "bin"
        python = folder / "env" / scripts / "python"
        # The versions this project was tested with, and no second copy of torch.
        constraints = folder / "constraints.txt"
        pins = (f"{name}=={version(name).partition('+')[0]}" for name in PINNED)
        constraints.write_text("\n".join(pins))
        paths = [str(wheel.resolve()) for wheel in wheels]
        # Compiling all of torch takes longer than loading what is needed of it.
        pip = [str(python), "-m", "pip", "install", "--quiet", "--no-compile"]
        _run([*pip, "--constraint", str(constraints), *paths], folder)
        sample = folder / "sample.txt"
        sample.write_text(text, encoding="utf-8")
        probe = Path(__file__).with_name("probe.py").read_text(encoding="utf-8")
        (folder / "probe.py").write_text(probe, encoding="utf-8")
        packages = [wheel.name.split("-")[0] for wheel in wheels]
        output = _run([str(python), "probe.py", str(sample), *packages], folder)
        return json.loads(output.splitlines()[-1])


def _run(command: list[str], folder: Path) -> str:
    keep = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    done = subprocess.run(
        command, cwd=folder, env=keep, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(
            f"{Path(command[0]).name} {' '.join(command[1:4])} ... failed in an empty "
            f"environment (Python {sys.version.split()[0]})\n{done.stderr[-3000:]}"
        )
    return done.stdout
