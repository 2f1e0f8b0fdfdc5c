"""The figures of a run behind the wall, and its page."""

import json
import time
from ast import literal_eval
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from phantom.privacy.egress import Markers, Run
from phantom.reports.pages import page_environment


def account(
    done: Run,
    planted: Markers,
    files: Sequence[Path],
    commands: Sequence[Sequence[str]],
    seed: int,
    inputs: str,
) -> dict[str, Any]:
    """What was planted, run, sent, refused and found, with a digest of all of it.

    files (Sequence[Path]): That hold the markers. seed (int): Of these.
    commands (Sequence[Sequence[str]]): As called; the last that ran may have failed.
    inputs (str): Digest of all that the run depends on.
    """
    leaked = done.leaked(planted)
    texts = [(path, path.read_bytes()) for path in files]
    figures: dict[str, Any] = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "inputs": inputs,
        "commands": [" ".join(line[5:]) for line in commands],
        "statuses": done.statuses,
        "seconds": done.seconds,
        "namespace": done.namespace,
        "planted": {
            "markers": len(planted.words),
            "seed": seed,
            "files": [
                {
                    "path": "/".join(path.parts[-3:]),
                    "bytes": len(data),
                    "markers": planted.found(data).total(),
                }
                for path, data in texts
            ],
        },
        "sent": {name: len(data) for name, data in done.sent.items()},
        "bytes": done.bytes_sent,
        "programs": _by_program(done, planted),
        "connections": done.connections,
        "interfaces": done.interfaces,
        "unseen_bytes": done.unseen,
        "refused": len(done.refused),
        "leaked": dict(leaked),
        "passed": not (
            leaked
            or done.refused
            or done.unseen
            or any(done.statuses)
            or len(done.statuses) < len(commands)
        ),
    }
    text = json.dumps(figures, sort_keys=True)
    return {**figures, "digest": sha256(text.encode()).hexdigest()}


def _by_program(done: Run, planted: Markers) -> list[dict[str, Any]]:
    """Each process that sent or wanted to: its command line, addresses and bytes.

    One that connects to nobody answers in the place of the model: program "".
    """
    sent: dict[int, list[bytes]] = {}
    for name, data in done.sent.items():
        sent.setdefault(int(name.split("-")[1]), []).append(data)
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in done.connections:
        lines.setdefault(line["process"], []).append(line)
    return [
        {
            "program": lines[process][0]["program"] if process in lines else "",
            "addresses": sorted({_name(x["address"]) for x in lines.get(process, ())}),
            "sockets": len(sent.get(process, ())),
            "bytes": sum(map(len, sent.get(process, ()))),
            "markers": sum(planted.found(x).total() for x in sent.get(process, ())),
        }
        for process in sorted({*sent, *lines})
    ]


def _name(address: str) -> str:
    """An address as people write it. address (str): As Python prints it."""
    try:
        found = literal_eval(address)
    except (SyntaxError, ValueError):
        return address
    if isinstance(found, tuple):
        return ":".join(map(str, found[:2]))
    return found.decode("latin-1") if isinstance(found, bytes) else str(found)


def to_html(figures: dict[str, Any], kept: Path) -> str:
    """The page: one file, nothing to fetch. kept (Path): Folder of the bytes."""
    environment = page_environment(Path(__file__).parent)
    page = environment.get_template("egress.html.jinja")
    return page.render(**figures, kept=str(kept))
