"""Speed of generation against a server on loopback; nothing leaves this machine.

    python measurements/generate.py --json figures.json        about three minutes
    python measurements/generate.py --quick --json figures.json
    python measurements/generate.py --peer distilabel --peer-env FOLDER

Figures: `throughput_share` of the ideal (requests in flight / latency),
`requests_per_second`, `client_cpu_ms_per_request` (user and system time of the client
process), `rss_growth_mb` from 1,000 to 100,000 specs, `resume_seconds` for a journal
of 100,000 lines. With `--peer` only `peer`: the same requests by phantom's command and
by the peer, in a virtual environment of its own, which pip fills if need be.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import generate_peers  # noqa: E402

from phantom.completions.journal import Journal  # noqa: E402
from phantom.completions.ledger import Ledger, read_ledger  # noqa: E402
from phantom.llms import Job, Summary, load_backend  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.passages.tags import check_tags  # noqa: E402
from phantom.records import Completion, Spec, Usage  # noqa: E402

PACK = load_pack(ROOT / "assets" / "domains" / "medicine")
SERVER = ROOT / "tests" / "fault_server.py"
PASSAGE = {
    "text": "A mutation in <GENE id=1>TP53</GENE> was found in 14 of 90 patients "
    "with <DISEASE id=2>hepatocellular carcinoma</DISEASE> (p < 0.05).",
    "relations": [[1, "ASSOCIATED_WITH", 2]],
}


class Server:
    """The test server in a process of its own."""

    def __init__(self, latency: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), "--latency", str(latency)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def make_specs(count: int) -> Iterator[Spec]:
    """Specs of a usual size, streamed."""
    for i in range(count):
        attributes: dict[str, str | int] = {
            "section": "results",
            "topic": "pharmacology",
            "words": 20,
            "form": "full name",
        }
        yield Spec(
            id=f"bench-{i:07}",
            kind="gene+disease associated",
            attributes=attributes,
            seeds={"GENE": ["TP53"], "DISEASE": ["hepatocellular carcinoma"]},
        )


def generate(
    url: str, folder: Path, specs: int, flight: int, size: int, timeout: float = 60.0
) -> Summary:
    """Run the back-end over so many specs."""
    backend = load_backend(
        ROOT / "configs" / "llm" / "openai.cfg",
        {
            "llm.base_url": url,
            "llm.concurrency": flight,
            "llm.start": flight,
            "llm.specs_per_request": size,
            "llm.timeout": timeout,
        },
    )
    with Journal(folder / f"{specs}.completions.jsonl") as journal:
        return backend.generate(Job(PACK, make_specs(specs), journal))


def cpu_seconds() -> float:
    """User and system time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rss_mb() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def measure_throughput(
    folder: Path, latency: float, flight: int, rounds: int
) -> dict[str, float]:
    """`rounds` times `flight` requests of ten specs; the first round warms up."""
    server = Server(latency)
    try:
        generate(server.url, folder, flight * 10, flight, 10)
        requests = flight * rounds
        cpu = cpu_seconds()
        summary = generate(server.url, folder, requests * 10 + 1, flight, 10)
        cpu = cpu_seconds() - cpu
    finally:
        server.stop()
    assert summary.completed == summary.asked, summary
    rate = summary.requests / summary.seconds
    return {
        "throughput_share": rate / (flight / latency),
        "requests_per_second": rate,
        "client_cpu_ms_per_request": cpu / summary.requests * 1e3,
    }


def measure_memory(folder: Path, few: int, many: int) -> dict[str, float]:
    """Memory after `many` specs less that after `few`, fifty to a request."""
    server = Server(0.0)
    try:
        # Twice, so that what is cached and imported on the way is not counted.
        generate(server.url, folder, few // 2, 32, 50)
        generate(server.url, folder, few, 32, 50)
        before = rss_mb()
        summary = generate(server.url, folder, many, 32, 50)
        after = rss_mb()
    finally:
        server.stop()
    assert summary.completed == many, summary
    return {"rss_growth_mb": after - before, "rss_mb": after, "specs": many}


def measure_resume(folder: Path, lines: int) -> dict[str, float]:
    """Open a journal and learn what is done, tags checked."""
    path = folder / "resume.completions.jsonl"
    raw = json.dumps(PASSAGE)
    usage = Usage(input_tokens=1500, cached_tokens=1000, output_tokens=60)
    with Journal(path) as journal:
        for i in range(lines):
            journal.append(
                Completion(
                    spec_ids=(f"bench-{i:07}",),
                    completion=raw,
                    model="m",
                    recorded="2026-11-21T00:00:00+00:00",
                    prompt="0123456789abcdef",
                    request="0123456789abcdef",
                    finish_reason="stop",
                    usage=usage,
                    latency=1.0,
                )
            )
    labels = list(PACK.labels)
    started = time.perf_counter()
    with Journal(path):
        ledger = read_ledger(path, Ledger(check=lambda text: check_tags(text, labels)))
    seconds = time.perf_counter() - started
    assert len(ledger.done) == lines
    return {"resume_seconds": seconds, "journal_lines": lines}


def measure_peer(
    peer: str, environment: Path, folder: Path, latency: float, flight: int, rounds: int
) -> dict[str, Any]:
    """`rounds` times `flight` requests of ten specs, by phantom and by the peer."""
    try:
        python = generate_peers.make_environment(peer, environment)
    except (ValueError, OSError) as error:
        return {"peer": {peer: {"error": str(error)}}}
    specs = list(make_specs(rounds * flight * 10))
    figures: dict[str, Any] = {}
    both = generate_peers.commands(peer, python, PACK, specs, flight, folder)
    for name, command in both.items():
        server = Server(latency)
        try:
            figures[name] = generate_peers.measure(
                command(server.url), server.url, folder
            )
        finally:
            server.stop()
    return {"peer": figures}


def print_figures(figures: dict[str, Any], indent: str = "") -> None:
    """One figure per line."""
    for name, value in figures.items():
        if isinstance(value, dict):
            print(f"{indent}{name}")
            print_figures(value, indent + "  ")
        else:
            shown = f"{value:,.3f}" if isinstance(value, float) else value
            print(f"{indent}{name:28} {shown}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument("--flight", type=int, default=64)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--peer", choices=list(generate_peers.PACKAGES))
    parser.add_argument("--peer-env", type=Path, help="its virtual environment")
    args = parser.parse_args()
    figures: dict[str, Any] = {"quick": args.quick}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        rounds = 12 if args.quick else 60
        if args.peer:
            environment = (args.peer_env or path / "environment").resolve()
            figures |= measure_peer(
                args.peer, environment, path, args.latency, args.flight, rounds
            )
            _finish(figures, args.json)
            return
        figures |= measure_throughput(path, args.latency, args.flight, rounds)
        figures |= measure_memory(path, 1_000, 20_000 if args.quick else 100_000)
        figures |= measure_resume(path, 100_000)
    _finish(figures, args.json)


def _finish(figures: dict[str, Any], path: Path | None) -> None:
    print_figures(figures)
    if path:
        path.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
