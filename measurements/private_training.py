"""What differential privacy costs a pipeline in F1: the curve over epsilon.

    python measurements/private_training.py corpus/medicine/round-1

Passages of train.jsonl are dealt out to made-up patients, so many to each, and the
heads of configs/private.cfg are trained on them by DP-SGD; "inf" is the same training
without clipping and noise. Scores are end to end on dev.jsonl, from which the scale of
the features is taken as well. The encoder has seen none of it.
"""

import argparse
import json
import pickle
import time
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example as Pair

from phantom.corpora.docbin import to_doc
from phantom.jsonl import read_jsonl
from phantom.packs.pack import load_pack
from phantom.privacy.accountant import compare_with_opacus, compose, noise_for
from phantom.privacy.dp_sgd import Descent
from phantom.privacy.mechanisms import DpSgd
from phantom.records import Example
from phantom.training.private.build import build_pipeline
from phantom.training.private.docs import read_public
from phantom.training.private.train import HeadSettings, Prepared, fit, prepare
from phantom.training.scoring import score

PACK = Path("assets/domains/medicine")
CONFIG = Path("configs/private.cfg")
HEADS = ("ner", "relation_extractor")


def deal_out(docs: list[Doc], each: int) -> list[list[Doc]]:
    """Passages by made-up patient."""
    return [docs[i : i + each] for i in range(0, len(docs), each)]


def encode(nlp: Language, gold: list[Doc]) -> list[Doc]:
    """Docs with what the encoder says of them, once for all scores."""
    docs = [nlp.make_doc(doc.text) for doc in gold]
    encoder: Any = nlp.get_pipe("transformer")
    for i in range(0, len(docs), 64):
        batch = docs[i : i + 64]
        encoder.set_annotations(batch, encoder.predict(batch))
    return docs


def measure(nlp: Language, docs: list[Doc], gold: list[Doc]) -> dict[str, float]:
    """F1 of the heads as they are, in points."""
    for doc in docs:
        doc.ents = []
    for name in HEADS:
        pipe: Any = nlp.get_pipe(name)
        for i in range(0, len(docs), 64):
            batch = docs[i : i + 64]
            pipe.set_annotations(batch, pipe.predict(batch))
    found = score(nlp, map(Pair, docs, gold), nlp.get_pipe("ner").labels)
    return {
        "entities": round(100 * (found.ents_f or 0), 2),
        "relations": round(100 * (found.rel_micro_f or 0), 2),
    }


def row(
    nlp: Language,
    prepared: Prepared,
    epsilon: float,
    given: argparse.Namespace,
    seed: int,
) -> dict[str, Any]:
    """Train once; what it cost by each accountant, and how long it took."""
    open_ = epsilon == float("inf")
    noise = 1.0 if open_ else noise_for(epsilon, given.delta, given.rate, given.steps)
    plan = DpSgd(noise=noise, rate=given.rate, steps=given.steps)
    descent = Descent(rate=given.learn_rate, clip=given.clip)
    settings = HeadSettings(descent=descent, balance=given.balance)
    start = time.process_time()
    fit(nlp, prepared, plan, settings, seed=seed, private=not open_)
    found: dict[str, Any] = {"epsilon": epsilon, "seed": seed}
    found["seconds"] = round(time.process_time() - start)
    if not open_:
        found["noise"] = round(noise, 3)
        found |= compose([plan], given.delta)._asdict()
        beside = compare_with_opacus([plan], given.delta)
        found |= {f"opacus_{k}": v for k, v in beside._asdict().items()}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder of train.jsonl, dev.jsonl")
    parser.add_argument("--on", type=Path, help="a pipeline, for its encoder")
    parser.add_argument("--passages", type=int, default=0, help="of train; 0 for all")
    parser.add_argument("--each", type=int, default=2, help="passages of a patient")
    parser.add_argument("--epsilons", type=float, nargs="*", default=[])
    parser.add_argument("--delta", type=float, default=1e-5)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--learn-rate", type=float, default=2e-3)
    parser.add_argument("--clip", type=float, default=0.5)
    parser.add_argument("--balance", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="keep what the encoder said (.pkl)")
    given = parser.parse_args()
    pack = load_pack(PACK)
    nlp = build_pipeline(CONFIG, pack, on=given.on)
    gold = read_public(nlp, pack, given.corpus / "dev.jsonl")
    if given.cache and given.cache.is_file():
        prepared = pickle.loads(given.cache.read_bytes())
    else:
        rows = list(read_jsonl(given.corpus / "train.jsonl", Example))
        docs = [to_doc(nlp, x) for x in rows[: given.passages or None]]
        units = deal_out(docs, given.each)
        prepared = prepare(nlp, units, gold, HeadSettings())
        if given.cache:
            given.cache.write_bytes(pickle.dumps(prepared))
    print(json.dumps({"units": len(prepared.texts), **vars(given)}, default=str))
    docs = encode(nlp, gold)
    for epsilon in given.epsilons or [float("inf"), 8, 4, 2, 1]:
        for seed in range(given.seeds):
            found = row(nlp, prepared, epsilon, given, seed)
            found |= measure(nlp, docs, gold)
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
