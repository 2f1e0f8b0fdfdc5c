"""The same requests by phantom's command and by a peer's, each in its own process."""

import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from phantom.jsonl import write_jsonl
from phantom.packs.pack import Pack
from phantom.prompts.demonstrations import Demonstrations, read_demonstrations
from phantom.prompts.prompter import Prompter
from phantom.records import Spec

ROOT = Path(__file__).parent.parent
# distilabel imports requests without asking for it.
PACKAGES = {
    "distilabel": ["distilabel[openai]", "requests"],
    "curator": ["bespokelabs-curator"],
}
# Neither may look for updates, send telemetry or fetch tokenizers.
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TELEMETRY_ENABLED": "0",
    "CURATOR_VIEWER": "0",
    "OPENAI_API_KEY": "none",
    "TOKENIZERS_PARALLELISM": "false",
}


def make_environment(peer: str, folder: Path) -> Path:
    """Make a virtual environment with the peer, unless it is there.

    RETURNS (Path): Its Python. RAISES: ValueError with the end of pip's output.
    """
    python = folder / "bin" / "python"
    if not python.is_file():
        venv.create(folder, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES[peer]]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"{peer} can't be installed: {done.stderr[-1500:]}")
    return python


def write_prompts(pack: Pack, specs: Iterable[Spec], size: int, path: Path) -> None:
    """The very messages that phantom sends, one request per line."""
    count = pack.domain.generation.demonstrations
    shown = Demonstrations(read_demonstrations(pack), count)
    prompter, waiting = Prompter(pack, demonstrations=shown), list(specs)
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(waiting), size):
            prompt = prompter.render(waiting[start : start + size])
            file.write(json.dumps({"messages": prompt.messages()}) + "\n")


def measure(command: list[str], url: str, folder: Path) -> dict[str, Any]:
    """Run a command that sends requests to the server, and see what it took.

    RETURNS (Dict[str, Any]): `seconds` from the first request to the last answer, as
        the server saw it; `wall_seconds` and CPU time include the command's start.
    """
    environment = {**os.environ, **QUIET, "CURATOR_CACHE_DIR": str(folder)}
    before, started = _cpu(), time.perf_counter()
    done = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    wall, cpu = time.perf_counter() - started, _cpu() - before
    with urlopen(url.removesuffix("/v1") + "/stats") as response:
        stats = json.load(response)
    if done.returncode or not stats["requests"]:
        tail = (done.stdout + done.stderr)[-1500:]
        return {"error": f"exit status {done.returncode}: {tail}"}
    return {
        "requests": stats["requests"],
        "most_in_flight": stats["peak"],
        "seconds": stats["seconds"],
        "wall_seconds": wall,
        "requests_per_second": stats["requests"] / stats["seconds"],
        "cpu_ms_per_request": cpu / stats["requests"] * 1e3,
    }


def commands(
    peer: str, python: Path, pack: Pack, specs: list[Spec], flight: int, folder: Path
) -> dict[str, Any]:
    """For phantom and the peer: from a server's URL to a command line."""
    write_jsonl(folder / "specs.jsonl", specs)
    prompts = folder / "prompts.jsonl"
    write_prompts(pack, specs, 10, prompts)

    def ours(url: str) -> list[str]:
        sets = {
            "base_url": url,
            "concurrency": flight,
            "start": flight,
            "specs_per_request": 10,
        }
        return [
            sys.executable,
            str(ROOT / "scripts" / "generate.py"),
            str(pack.path),
            str(folder / "specs.jsonl"),
            str(folder / "completions.jsonl"),
            "--llm",
            str(ROOT / "configs" / "llm" / "openai.cfg"),
            *(part for k, v in sets.items() for part in ("--set", f"llm.{k}={v}")),
        ]

    def theirs(url: str) -> list[str]:
        script = ROOT / "measurements" / "peers" / f"with_{peer}.py"
        work = [url, str(prompts), str(flight), str(folder / peer)]
        return [str(python), str(script), *work]

    return {"phantom": ours, peer: theirs}


def _cpu() -> float:
    """User and system time of all processes that this one started and that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
