"""What heads remember of private text, without differential privacy and with it.

    python measurements/private_canaries.py PRIVATE.jsonl PUBLIC.jsonl

Half of the made-up patients of PRIVATE (a passage each) train the heads of
configs/private.cfg, with canaries among them: patients whose one note marks a made-up
word, and as many whose note, in the same words, marks nothing, so that the word alone
tells. Exposure is how a canary's loss ranks among made-up words that were never planted
(Carlini et al. 2019); membership is told by the loss of patients that were in beside
those of the other half. PUBLIC gives the scale of the features alone.
"""

import argparse
import json
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from private_training import CONFIG, INF, PACK, read
from spacy.language import Language
from spacy.tokens import Doc

from phantom.attacks.canaries import expose_losses, make_canary, make_words
from phantom.attacks.canaries import mean_exposure as mean_of
from phantom.attacks.membership import measure
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.privacy.accountant import plan_dp_sgd
from phantom.privacy.dp_sgd import Descent
from phantom.privacy.mechanisms import DpSgd
from phantom.training.private.build import build_pipeline
from phantom.training.private.heads import Heads
from phantom.training.private.texts import UnitTexts, read_features
from phantom.training.private.train import HeadSettings, Prepared, prepare, teach
from phantom.training.private.train import train as train_heads

LABEL = "CHEMICAL"
SENTENCE = load_language("en").canary


def plant(nlp: Language, words: list[str], marked: bool) -> list[Doc]:
    """Notes of a made-up word each."""
    docs = [make_canary(nlp, SENTENCE, word, LABEL).reference for word in words]
    for doc in docs:
        if not marked:
            doc.ents = []
    return docs


def losses(heads: Heads, texts: UnitTexts) -> np.ndarray:
    """The loss of each unit, in the order of `texts`."""
    with torch.no_grad():
        parts = torch.arange(len(texts)).split(256)
        return torch.cat([heads(*texts.gather(x)) for x in parts]).numpy()


def texts_of(nlp: Language, docs: list[Doc], prepared: Prepared) -> UnitTexts:
    """Docs as units of their own, on the scale of what was prepared."""
    features = ([x] for x in read_features(nlp, docs))
    return UnitTexts(features, prepared.words, prepared.pairs, HeadSettings().words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("private", type=Path)
    parser.add_argument("public", type=Path)
    parser.add_argument("--patients", type=int, default=400, help="in and out together")
    parser.add_argument("--canaries", type=int, default=20)
    parser.add_argument("--candidates", type=int, default=256)
    parser.add_argument("--epsilons", type=float, nargs="*", default=[INF, 8, 1])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rate", type=float, default=0.5)
    parser.add_argument("--learn-rate", type=float, default=5e-3)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    pack = load_pack(PACK)
    nlp = build_pipeline(CONFIG, pack)
    docs, _ = read(nlp, pack, given.private, given.patients)
    inside, outside = docs[::2], docs[1::2]
    scale = list(islice(read(nlp, pack, given.public)[0], 300))
    words = make_words(2 * given.canaries + given.candidates - 1, given.seed)
    planted, plain = words[: given.canaries], words[given.canaries :][: given.canaries]
    units = [*inside, *plant(nlp, planted, True), *plant(nlp, plain, False)]
    settings = HeadSettings(descent=Descent(rate=given.learn_rate), balance=0)
    prepared = prepare(nlp, [[doc] for doc in units], scale, settings)
    rest = words[2 * given.canaries :]
    sides = {
        "planted": texts_of(nlp, plant(nlp, planted, True), prepared),
        "never": texts_of(nlp, plant(nlp, rest, True), prepared),
        "inside": texts_of(nlp, inside, prepared),
        "outside": texts_of(nlp, outside, prepared),
    }
    print(json.dumps({"units": len(units), **vars(given)}, default=str), flush=True)
    for epsilon in given.epsilons:
        plan = DpSgd(noise=1, rate=given.rate, steps=given.steps)
        if epsilon != INF:
            plan = plan_dp_sgd(epsilon, 1e-5, given.rate, given.steps)
        begun = time.process_time()
        start = teach(nlp, prepared, settings, seed=given.seed)
        heads = train_heads(
            start, prepared, plan, settings, seed=given.seed, private=epsilon != INF
        )
        found = {name: losses(heads, texts) for name, texts in sides.items()}
        bits = expose_losses(found["planted"], found["never"])
        told: dict[str, Any] = {"epsilon": epsilon, "noise": round(plan.noise, 2)}
        told["exposure"] = mean_of(bits, len(rest) + 1, given.seed).model_dump()
        told["membership"] = measure(-found["inside"], -found["outside"]).model_dump()
        told["seconds"] = round(time.process_time() - begun)
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
