"""What a refill regains of a planted gap, with a server on loopback that answers from
held-back recorded passages; nothing leaves this machine.

    python measurements/loop.py --json figures.json

A part of medicine's recording is the corpus; passages of one relation are held back. A
small pipeline is trained on all of it, on what is left, and on what is left with what
`refill` then asks for. Figures: F1 of the three on the same dev data, the share of the
loss that the second round regains, and the 95% interval of its gain (paired bootstrap
over texts). Without the checks of a corpus, which recorded passages have passed.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import yaml  # noqa: E402
from recorded import PACK, read_recorded  # noqa: E402
from run_steps import shorten, step, train  # noqa: E402

from phantom.corpora.split import split_examples  # noqa: E402
from phantom.evaluation.diagnosis.gain import measure_gain  # noqa: E402
from phantom.evaluation.diagnosis.records import Diagnosis  # noqa: E402
from phantom.jsonl import read_jsonl, write_json, write_jsonl  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.records import Completion, Example, Spec  # noqa: E402

SPEC = re.compile(r'^\{"id": .*\}$', re.MULTILINE)


class Passages(BaseHTTPRequestHandler):
    """Answers each spec with the next held-back passage of its kind."""

    held: dict[str, list[dict[str, Any]]]
    lock = threading.Lock()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        specs = [json.loads(x) for x in SPEC.findall(body["messages"][-1]["content"])]
        with self.lock:
            items = [
                {**self.held[spec["kind"]].pop(0), "id": spec["id"]}
                for spec in specs
                if self.held[spec["kind"]]
            ]
        message = {"role": "assistant", "content": json.dumps({"items": items})}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 900, "completion_tokens": 400, "total_tokens": 1300}
        reply = {"id": "c", "object": "chat.completion", "created": 0, "model": "held"}
        raw = json.dumps({**reply, "choices": [choice], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Silent."""


def run(
    folder: Path, source: Path, kind: str, count: int, ask: int, steps: int
) -> dict[str, Any]:
    """The three pipelines of one planted gap."""
    config = shorten(source, folder / "train.cfg", steps)
    corpus, dev = split_examples(read_recorded()[:count], 0.25, seed=3)
    gap = [x for x in corpus if x.meta["kind"] == kind]
    left = [x for x in corpus if x.meta["kind"] != kind]
    gold = folder / "gold" / "dev.jsonl"
    write_jsonl(gold, dev)
    corpus_path = folder / "corpus"
    runs: dict[str, Diagnosis] = {}
    write_jsonl(folder / "all" / "accepted.jsonl", corpus)
    runs["all"], _ = train(folder / "all", gold, config)
    first, second = corpus_path / "round-1", corpus_path / "round-2"
    write_jsonl(first / "accepted.jsonl", left)
    runs["gap"], found = train(first, gold, config)

    ids = {x.id for x in left}
    pack = load_pack(PACK)
    specs = read_jsonl(pack.recording / "specs.jsonl.gz", Spec)
    write_jsonl(first / "specs.jsonl", (s for s in specs if s.id in ids))
    step("refill", PACK, corpus_path, found, "--examples", ask)
    held = {x.id for x in gap}
    answers = read_jsonl(pack.recording / "completions.jsonl.gz", Completion)
    Passages.held = defaultdict(list)
    for answer in answers:
        if answer.spec_ids[0] in held:
            Passages.held[kind].append(json.loads(answer.completion))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Passages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    llm = (ROOT / "configs/llm/vllm.cfg").read_text(encoding="utf-8")
    address = f"http://127.0.0.1:{server.server_port}/v1"
    (folder / "llm.cfg").write_text(llm.replace("http://localhost:8000/v1", address))
    journal = corpus_path / "completions.jsonl"
    refill = second / "refill.yml"
    step("plan", PACK, corpus_path, journal, "--round", 2, "--refill", refill)
    new = [s for s in read_jsonl(second / "specs.jsonl", Spec) if s.round == 2]
    write_jsonl(second / "new.jsonl", new)
    # Specs of kinds that nothing was held back of stay without an answer.
    command = [sys.executable, "scripts/generate.py", PACK, second / "new.jsonl"]
    llm_options = ["--llm", folder / "llm.cfg"]
    subprocess.run(
        [*map(str, command), str(journal), *map(str, llm_options)],
        cwd=ROOT,
        capture_output=True,
    )
    server.shutdown()
    outcome = [second / f"{name}.jsonl" for name in ("new", "added", "rejected")]
    step("curate", PACK, outcome[0], journal, *outcome[1:])
    added = list(read_jsonl(outcome[1], Example))
    write_jsonl(second / "accepted.jsonl", [*left, *added])
    runs["refilled"], _ = train(second, gold, config)
    return summarize(runs, gap, added, new, refill)


def summarize(
    runs: dict[str, Diagnosis],
    gap: list[Example],
    added: list[Example],
    new: list[Spec],
    refill: Path,
) -> dict[str, Any]:
    """Figures of the three pipelines."""
    cost = {g.task: g for g in measure_gain(runs["gap"], runs["all"])}
    gain = {g.task: g for g in measure_gain(runs["gap"], runs["refilled"])}
    asked = yaml.safe_load(refill.read_text(encoding="utf-8")).get("asks", [])
    return {
        "held_back": len(gap),
        "asked": len(new),
        "answered": len(added),
        "first_findings": [w.name for w in runs["gap"].weaknesses[:3]],
        "asks": [{k: a.get(k) for k in ("kinds", "attributes")} for a in asked],
        "f1": {
            task: {
                "all": cost[task].after,
                "gap": cost[task].before,
                "refilled": gain[task].after,
                "regained": round(gain[task].gain / cost[task].gain, 3)
                if cost[task].gain > 0
                else None,
                "gain_95": [gain[task].low, gain[task].high],
            }
            for task in cost
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--kind", default="chemical treats disease")
    parser.add_argument("--config", type=Path, default=ROOT / "configs" / "smoke.cfg")
    parser.add_argument("--count", type=int, default=3000, help="Passages in all")
    parser.add_argument("--ask", type=int, default=300, help="Examples to ask for")
    parser.add_argument("--steps", type=int, default=1000, help="Of each training")
    parser.add_argument("--folder", type=Path, help="Keeps what was made")
    options = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(
            options.folder or Path(folder),
            options.config,
            options.kind,
            options.count,
            options.ask,
            options.steps,
        )
    figures["seconds"] = round(time.monotonic() - start)
    write_json(options.json, figures)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
