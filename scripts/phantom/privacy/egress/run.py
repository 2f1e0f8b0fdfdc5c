"""Commands run behind a wall, and what went out of them."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from phantom.jsonl import write_json, write_text
from phantom.privacy.egress.markers import Markers

HERE = Path(__file__).parent
UNSHARE = ("unshare", "--user", "--map-root-user", "--net")
# Headers of Ethernet, IP and TCP, with options; half of all packets carry nothing else.
PER_PACKET = 120
MOST_SHOWN = 4000


@dataclass
class Run:
    """What commands did behind the wall.

    statuses (List[int]): Of the commands that ran; one that fails is the last.
    seconds (List[float]): That each took.
    namespace (bool): Whether the kernel let nothing out but loopback; without it the
        guard alone, which sees Python's sockets.
    connections (List[Dict]): Each address that was connected to or looked up.
    sent (Dict[str, bytes]): What was handed to each connection.
    interfaces (Dict[str, Dict]): Bytes and packets by interface, as the kernel counted.
    """

    statuses: list[int]
    output: str
    namespace: bool
    connections: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, bytes] = field(default_factory=dict)
    interfaces: dict[str, dict[str, int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    @property
    def bytes_sent(self) -> int:
        """Of all connections."""
        return sum(map(len, self.sent.values()))

    @property
    def refused(self) -> list[dict[str, Any]]:
        """Attempts to leave this machine."""
        return [line for line in self.connections if not line["allowed"]]

    @property
    def unseen(self) -> int:
        """Bytes beyond the guard's and all headers, by the kernel's count."""
        if not self.namespace:
            return 0
        counts = self.interfaces.values()
        spent = sum(x["bytes"] - PER_PACKET * x["packets"] for x in counts)
        return max(0, spent - self.bytes_sent)

    def leaked(self, markers: Markers) -> Counter[str]:
        """Markers in what was sent, or in an address that was asked for."""
        found: Counter[str] = Counter()
        for data in self.sent.values():
            found += markers.found(data)
        asked = "\n".join(line["address"] for line in self.connections)
        return found + markers.found(asked.encode())


def run_guarded(
    folder: Path,
    commands: Sequence[Sequence[str]],
    keep: Path,
    variables: Mapping[str, str] | None = None,
    llm: Path | None = None,
    namespace: bool = True,
) -> Run:
    """Run commands so that nothing leaves unseen.

    folder (Path): Where they run. keep (Path): Folder for what they send; emptied.
    variables (Optional[Mapping[str, str]]): Of their environment, beside our own.
    llm (Optional[Path]): Where to write the settings of a model that answers on
        loopback for as long as they run.
    namespace (bool): Have the kernel cut off every network but loopback.
    RAISES: ValueError if that is asked for and this machine can't.
    """
    if namespace and not has_namespaces():
        raise ValueError(
            "this machine gives no network namespace to `unshare --user --net`; run "
            "on a Linux that does, or with --no-namespace, which guards Python alone"
        )
    shutil.rmtree(keep, ignore_errors=True)
    hook = keep / "hook"
    guard = HERE / "guard.py"
    write_text(
        hook / "sitecustomize.py",
        f"import runpy\n\nrunpy.run_path({str(guard)!r}, run_name='egress_guard')\n",
    )
    library = str(HERE.parents[2])
    paths = [str(hook), library, os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "EGRESS_FOLDER": str(keep.resolve()),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }
    plan = {
        "folder": str(folder),
        "commands": [list(command) for command in commands],
        "variables": dict(variables or {}),
        "llm": str(llm) if llm else "",
        "namespace": namespace,
    }
    write_json(keep / "plan.json", plan)
    program = [sys.executable, str(HERE / "inside.py")]
    files = [str(keep / "plan.json"), str(keep / "result.json")]
    done = subprocess.run(
        [*(UNSHARE if namespace else ()), *program, *files],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if not (keep / "result.json").is_file():
        raise ValueError(f"the run behind the wall broke off:\n{done.stderr[-2000:]}")
    result = json.loads((keep / "result.json").read_text())
    lines = keep / "connections.jsonl"
    text = lines.read_text(encoding="utf-8") if lines.is_file() else ""
    return Run(
        [x["status"] for x in result["results"]],
        "".join(x["output"] for x in result["results"])[-MOST_SHOWN:],
        namespace,
        [json.loads(line) for line in text.splitlines()],
        {path.name: path.read_bytes() for path in sorted(keep.glob("*.bin"))},
        result["interfaces"],
        [x["seconds"] for x in result["results"]],
    )


@cache
def has_namespaces() -> bool:
    """Whether this machine gives a user a network namespace of its own."""
    if shutil.which(UNSHARE[0]) is None:
        return False
    return subprocess.run([*UNSHARE, "true"], capture_output=True).returncode == 0
