"""What federation costs in F1 and bytes, and whether kills change the figures.

    python measurements/federated.py CORPUS WORK --config configs/smoke.cfg

Passages of CORPUS (train.jsonl, dev.jsonl) are dealt out to three sites by kind, most
of each to one of them. Processes of scripts/federate.py and federate_site.py train on
them over mutual TLS on this machine. "pooled" is the usual training on the text of all
sites together, by as many steps as each site makes; "site-1" that on the text of one.
With `--kill`, a site is killed after the third round and the coordinator after the
sixth, and both are started again. `--epsilon` puts noise on the averages. With
`--secure 3` the same is run once more with masked sums of three sites at least.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from spacy.util import load_config
from speed_machine import describe_machine

from phantom.corpora.docbin import to_doc, write_docbin
from phantom.jsonl import read_jsonl, write_json
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.runtime import blank_pipeline
from phantom.training.federated.labels import unite
from phantom.training.federated.local import read_labels, train_round
from phantom.training.federated.messages import Settings
from phantom.training.federated.model import build, read_arrays, write_arrays
from phantom.training.federated.store import Store
from phantom.training.scoring import predict_beside, score
from phantom.training.to_gold import read_corpus

PACK = Path("assets/domains/medicine")
SITES = ("site-1", "site-2", "site-3")
# Of a kind, this share goes to one site; the others have the rest.
SHARE = 0.8


def deal_out(examples: list[Example]) -> dict[str, list[Example]]:
    """Passages by site; the most of each kind are at one."""
    kinds = sorted({str(x.meta.get("kind")) for x in examples})
    rng = random.Random(0)
    dealt: dict[str, list[Example]] = {site: [] for site in SITES}
    for each in examples:
        home = kinds.index(str(each.meta.get("kind"))) % len(SITES)
        if rng.random() >= SHARE:
            home = rng.randrange(len(SITES))
        dealt[SITES[home]].append(each)
    return dealt


def write_corpora(args: argparse.Namespace) -> dict[str, int]:
    """Folders of the sites, of "pooled" and of "synthetic". RETURNS: Sizes."""
    nlp, schema = blank_pipeline("en"), load_pack(PACK).schema()
    rows = list(read_jsonl(args.corpus / "train.jsonl", Example))
    random.Random(0).shuffle(rows)
    dealt = deal_out(rows[: args.examples])
    dev = list(read_jsonl(args.corpus / "dev.jsonl", Example))
    dev = random.Random(0).sample(dev, min(args.dev, len(dev)))
    parts = {**dealt, "pooled": rows[: args.examples], "synthetic": dev}
    for name, part in parts.items():
        folder = args.work / "corpora" / name
        for side, some in (("train", part), ("dev", dev)):
            docs = (to_doc(nlp, each) for each in some)
            write_docbin(folder / f"{side}.spacy", docs, nlp.vocab)
        write_json(folder / "labels" / "relation_extractor.json", schema)
    return {name: len(part) for name, part in parts.items()}


def write_config(args: argparse.Namespace) -> Path:
    """The config, its schedule as long as the training is."""
    config = load_config(args.config, interpolate=False)
    rate = config["training"]["optimizer"]["learn_rate"]
    if isinstance(rate, dict) and "total_steps" in rate:
        rate["total_steps"] = args.rounds * args.steps
        rate["warmup_steps"] = args.rounds * args.steps // 10
    path: Path = args.work / "config.cfg"
    config.to_disk(path)
    return path


class House:
    """The processes of one federation."""

    def __init__(
        self, args: argparse.Namespace, config: Path, name: str, secure: int = 0
    ) -> None:
        self.args, self.config, self.folder = args, config, args.work / name
        self.secure = secure
        self.folder.mkdir(parents=True)
        self.store = Store(self.folder / "fed")

    def start(self, step: str, log: str, *arguments: object) -> subprocess.Popen[bytes]:
        """A step as a process."""
        command = [sys.executable, f"scripts/{step}.py", *map(str, arguments)]
        with (self.folder / f"{log}.log").open("ab") as file:
            return subprocess.Popen(
                [*command, "--port", str(self.args.port), "--encoder", ""],
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": "scripts"},
            )

    def coordinator(self) -> subprocess.Popen[bytes]:
        """Start it, or go on."""
        args, corpora = self.args, self.args.work / "corpora"
        return self.start(
            *("federate", "coordinator", self.config, corpora / "synthetic"),
            *(self.store.folder, self.folder / "pipeline", args.budget),
            *(self.folder / "ledger.jsonl", "--metrics", self.folder / "metrics"),
            *("--sites", ",".join(SITES), "--rounds", args.rounds),
            *("--steps", args.steps, "--seed", args.seed, "--epsilon", args.epsilon),
            *("--proximal", args.proximal, "--clip", args.clip),
            *("--secure", self.secure),
        )

    def site(self, name: str) -> subprocess.Popen[bytes]:
        """Start one, or again."""
        kit = self.store.folder / "kits" / name
        corpus = self.args.work / "corpora" / name
        return self.start(
            *("federate_site", name, name, kit, self.config, corpus),
            *(self.folder / name, "--secure", self.secure),
        )

    def run(self, kill: bool) -> dict[str, object]:
        """Until the last round. RETURNS: federation.json, and the seconds it took."""
        began = time.time()
        running = {"coordinator": self.coordinator()}
        while not (self.store.folder / "kits" / SITES[-1]).is_dir():
            time.sleep(0.1)
        running |= {name: self.site(name) for name in SITES}
        for done, name in ((3, SITES[1]), (6, "coordinator")) if kill else ():
            while len(self.store.read_rounds()) < done:
                time.sleep(0.1)
            time.sleep(1.0)
            running[name].send_signal(signal.SIGKILL)
            running[name].wait()
            again = self.coordinator() if name == "coordinator" else self.site(name)
            running[name] = again
        codes = {name: process.wait() for name, process in running.items()}
        if any(codes.values()):
            raise ValueError(f"{self.folder}: ended with {codes}; see the logs there")
        told = json.loads((self.folder / "metrics" / "federation.json").read_text())
        return {**told, "wall_seconds": round(time.time() - began, 1)}


def train_plain(args: argparse.Namespace, config: Path, name: str) -> dict[str, object]:
    """The usual training on one corpus, by as many steps as a site makes."""
    corpora = args.work / "corpora"
    declared = {site: read_labels(config, corpora / site)[0] for site in SITES}
    labels, folder = unite(declared), args.work / f"plain-{name}"
    nlp = build(config, corpora / name, folder / "labels", labels, args.seed)
    start = read_arrays(nlp)
    settings = Settings(rounds=1, steps=args.rounds * args.steps, seed=args.seed)
    change = train_round(nlp, labels, settings, name, 0, start, folder / "work")
    write_arrays(nlp, {key: start[key] + value for key, value in change.items()})
    dev = read_corpus(nlp, corpora / name / "dev.spacy")
    return score(nlp, predict_beside(nlp, dev)).model_dump()


def main() -> None:
    """Print one JSON object, and write it to WORK/figures.json."""
    args = parse()
    figures: dict[str, object] = {
        "command": sys.argv[1:],
        "machine": describe_machine(),
        "sizes": write_corpora(args),
    }
    config = write_config(args)
    for name in args.plain.split(",") if args.plain else ():
        figures[name] = train_plain(args, config, name)
    figures["federated"] = House(args, config, "undisturbed").run(kill=False)
    if args.secure:
        masked = House(args, config, "masked", args.secure)
        figures["masked"] = masked.run(kill=False)
    if args.kill:
        figures["killed"] = House(args, config, "killed").run(kill=True)
    write_json(args.work / "figures.json", figures)
    print(json.dumps(figures, indent=1))


def parse() -> argparse.Namespace:
    """Options; the defaults are those of the measured run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--config", type=Path, default=Path("configs/smoke.cfg"))
    parser.add_argument("--budget", type=Path, default=Path("configs/privacy_site.yml"))
    parser.add_argument("--plain", default="pooled,site-1")
    for name, value in (("examples", 2000), ("dev", 200), ("rounds", 10)):
        parser.add_argument(f"--{name}", type=int, default=value)
    for name, value in (("steps", 30), ("seed", 0), ("port", 18551), ("secure", 0)):
        parser.add_argument(f"--{name}", type=int, default=value)
    for name, size in (("epsilon", 0.0), ("proximal", 0.0), ("clip", 1.0)):
        parser.add_argument(f"--{name}", type=float, default=size)
    parser.add_argument("--kill", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
