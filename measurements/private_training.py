"""What differential privacy costs a pipeline in F1: the curve over epsilon.

    python measurements/private_training.py PRIVATE.jsonl DEV.jsonl

The heads of configs/private.cfg are trained on PRIVATE by DP-SGD, so many passages to
a made-up patient, or those that share a key of their meta (`--key pmid`), and scored
end to end on DEV. `--on` takes encoder and relation extractor of a pipeline, `--taught`
has the heads learn from synthetic text before. "inf" is the same training without
clipping and noise, "start" what is there before any private text is read.
measurements/private_split.py makes the files of one corpus; the lines that are printed
are what `python docs/pictures.py --private` draws.
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

from phantom.evaluation.gold import find_gold
from phantom.packs.pack import Pack, load_pack
from phantom.privacy.accountant import compare_with_opacus, compose, plan_dp_sgd
from phantom.privacy.dp_sgd import Descent
from phantom.privacy.mechanisms import DpSgd
from phantom.training.private.build import build_pipeline
from phantom.training.private.heads import Heads, export
from phantom.training.private.train import (
    HeadSettings,
    Layers,
    Prepared,
    Teaching,
    fit,
    prepare,
    teach,
)
from phantom.training.scoring import score
from phantom.training.to_gold import make_pairs

PACK = Path("assets/domains/medicine")
CONFIG = Path("configs/private.cfg")
HEADS = ("ner", "relation_extractor")
INF = float("inf")


def read(
    nlp: Language, pack: Pack, path: Path, most: int = 0
) -> tuple[list[Doc], list[str]]:
    """Gold docs in our labels, and the labels that they mark."""
    gold = find_gold(pack, path)
    maps = gold.dataset.relations
    rows = [
        x.model_copy(
            update={
                "relations": tuple(
                    y.model_copy(update={"label": maps[y.label].ours[0]})
                    for y in x.relations
                )
            }
        )
        for x in gold.read(most or None)
    ]
    known = [x for names in gold.dataset.labels.values() for x in names]
    relations = {x for y in maps.values() for x in y.ours} or set(pack.relations)
    docs = [pair.reference for pair in make_pairs(nlp, rows, relations)]
    return docs, known or list(pack.labels)


def deal_out(docs: list[Doc], each: int, key: str) -> list[list[Doc]]:
    """Passages by made-up patient: so many of them, or those alike in their meta."""
    if not key:
        return [docs[i : i + each] for i in range(0, len(docs), each)]
    units: dict[str, list[Doc]] = {}
    for doc in docs:
        units.setdefault(str(doc.user_data["example"]["meta"][key]), []).append(doc)
    return list(units.values())


def encode(nlp: Language, gold: list[Doc]) -> list[Doc]:
    """Docs with what the encoder says of them, once for all scores."""
    docs = [nlp.make_doc(doc.text) for doc in gold]
    encoder: Any = nlp.get_pipe("transformer")
    for i in range(0, len(docs), 64):
        batch = docs[i : i + 64]
        encoder.set_annotations(batch, encoder.predict(batch))
    return docs


def measure(
    nlp: Language, docs: list[Doc], gold: list[Doc], labels: list[str]
) -> dict[str, float]:
    """F1 of the heads as they are, in points."""
    for doc in docs:
        doc.ents = []
    for name in HEADS:
        pipe: Any = nlp.get_pipe(name)
        for i in range(0, len(docs), 64):
            batch = docs[i : i + 64]
            pipe.set_annotations(batch, pipe.predict(batch))
    found = score(nlp, map(Pair, docs, gold), labels)
    return {
        "entities": round(100 * (found.ents_f or 0), 2),
        "relations": round(100 * (found.rel_micro_f or 0), 2),
    }


def row(
    nlp: Language,
    prepared: Prepared,
    settings: HeadSettings,
    epsilon: float,
    given: argparse.Namespace,
    start: Heads,
) -> dict[str, Any]:
    """Train once; what it cost by each accountant, and how long it took."""
    plan = DpSgd(noise=1, rate=given.rate, steps=given.steps)
    if epsilon != INF:
        plan = plan_dp_sgd(epsilon, given.delta, given.rate, given.steps)
    begun = time.process_time()
    fit(nlp, prepared, plan, settings, private=epsilon != INF, start=start)
    found: dict[str, Any] = {"epsilon": epsilon}
    found["seconds"] = round(time.process_time() - begun)
    if epsilon != INF:
        found["noise"] = round(plan.noise, 3)
        found |= compose([plan], given.delta)._asdict()
        beside = compare_with_opacus([plan], given.delta)
        found |= {f"opacus_{k}": v for k, v in beside._asdict().items()}
    return found


def main() -> None:
    given = parse()
    pack = load_pack(given.pack)
    nlp = build_pipeline(CONFIG, pack, on=given.on)
    gold, labels = read(nlp, pack, given.dev)
    settings = HeadSettings(
        descent=Descent(rate=given.learn_rate, clip=given.clip),
        taught=Teaching(steps=given.teach_steps),
        balance=given.balance,
        texts=given.texts,
        layers=Layers(given.layers),
    )
    if given.cache and given.cache.is_file():
        prepared = pickle.loads(given.cache.read_bytes())
    else:
        docs, _ = read(nlp, pack, given.private, given.passages)
        units = deal_out(docs, given.each, given.key)
        scale = read(nlp, pack, given.scale or given.dev)[0]
        taught = read(nlp, pack, given.taught)[0] if given.taught else []
        prepared = prepare(nlp, units, scale, settings, taught)
        if given.cache:
            given.cache.write_bytes(pickle.dumps(prepared))
    print(json.dumps({"units": len(prepared.texts), **vars(given)}, default=str))
    docs = encode(nlp, gold)
    for seed in range(given.first, given.first + given.seeds):
        start = teach(nlp, prepared, settings, seed=seed)
        export(start, prepared.words, prepared.pairs, nlp)
        told = {"epsilon": "start", "seed": seed}
        print(json.dumps(told | measure(nlp, docs, gold, labels)), flush=True)
        for epsilon in given.epsilons:
            found = row(nlp, prepared, settings, epsilon, given, start)
            found |= {"seed": seed} | measure(nlp, docs, gold, labels)
            print(json.dumps(found), flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("private", type=Path, help="labelled passages (.jsonl)")
    parser.add_argument("dev", type=Path, help="what is scored (.jsonl)")
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--on", type=Path, help="a pipeline of synthetic text")
    parser.add_argument("--taught", type=Path, help="synthetic text (.jsonl)")
    parser.add_argument("--scale", type=Path, help="features' scale; else DEV")
    parser.add_argument("--passages", type=int, default=0, help="private; 0 for all")
    parser.add_argument("--each", type=int, default=1, help="passages of a patient")
    parser.add_argument("--key", default="", help="of meta: whose a passage is")
    parser.add_argument("--texts", type=int, default=8, help="most that count of them")
    default = [INF, 8, 4, 2, 1]
    parser.add_argument("--epsilons", type=float, nargs="*", default=default)
    parser.add_argument("--delta", type=float, default=1e-5)
    parser.add_argument("--rate", type=float, default=0.25)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--layers", choices=["all", "last"], default="all")
    parser.add_argument("--learn-rate", type=float, default=Descent().rate)
    parser.add_argument("--clip", type=float, default=0.5)
    parser.add_argument("--balance", type=float, default=1.0)
    parser.add_argument("--teach-steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="seed")
    parser.add_argument("--cache", type=Path, help="keep what the encoder said (.pkl)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
