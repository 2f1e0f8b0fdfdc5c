"""The speed benchmark once for each class of CPU that this machine is or stands in for.

Usage: python measurements/speed_classes.py FOLDER [options of speed.py]

A better CPU stands in for a lesser one by the environment's switches (see CLASSES in
speed_machine.py), so frequency, caches and memory stay those of the better one. Each
class gets FOLDER/CLASS.json; a table of all is printed at the end.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from speed_machine import CLASSES, describe_machine  # noqa: E402

COLUMNS = {
    "precision": "auto picks",
    "predict_ratio_auto": "predict",
    "predict_ratio_int8": "predict, int8",
    "f1_delta_int8": "F1, int8",
    "share_of_limit": "of the bare encoder",
    "train_ratio_auto": "train",
}


def run_class(name: str, machine: dict[str, Any], path: Path, rest: list[str]) -> Any:
    """Measure one class in a process of its own. RETURNS (Dict): Its figures."""
    own = name == machine["class"]
    environment = dict(os.environ) if own else {**os.environ, **CLASSES[name]}
    program = [sys.executable, str(ROOT / "measurements" / "speed.py")]
    subprocess.run([*program, "--json", str(path), *rest], env=environment, check=True)
    return json.loads(path.read_text(encoding="utf-8"))


def make_table(figures: dict[str, dict[str, Any]]) -> str:
    """A Markdown table, one row for each class; says which another stands in for."""
    lines = ["| class | " + " | ".join(COLUMNS.values()) + " |"]
    lines.append("|---" * (len(COLUMNS) + 1) + "|")
    for name, row in figures.items():
        cells = [name + (" (stand-in)" if row["machine"]["stands_in"] else "")]
        for key in COLUMNS:
            value = row[key]
            shown = f"{value:.2f}" if isinstance(value, float) else value or ""
            cells.append(shown)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure every class up to this machine's own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="for one JSON file for each class")
    args, rest = parser.parse_known_args()
    machine = describe_machine()
    names = list(CLASSES)
    if machine["class"] not in names:
        raise SystemExit(f"no class of CPU here: {machine['instruction_sets']}")
    args.folder.mkdir(parents=True, exist_ok=True)
    figures = {}
    for name in names[: names.index(machine["class"]) + 1]:
        print(f"-- {name}", flush=True)
        path = args.folder / f"{name.lower().replace('/', '-')}.json"
        figures[name] = run_class(name, machine, path, rest)
    print(f"\n{machine['processor']}, {machine['threads']} threads\n")
    print(make_table(figures))


if __name__ == "__main__":
    main()
