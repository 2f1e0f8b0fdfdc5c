"""Attack our own models: who was in the training text, and what they remember."""

from pathlib import Path
from typing import Annotated, Any

import spacy
from typer import Argument, Option

from console.attacks import finish_attacks
from console.options import PackPath
from console.step import run_step
from phantom.attacks.canaries import expose, make_words, plant
from phantom.attacks.membership import measure
from phantom.attacks.nearest import measure_nearness
from phantom.attacks.shadows import attack_shadows, train_tiny
from phantom.attacks.signals import draw_texts, losses, read_as
from phantom.attacks.verdicts import Limits
from phantom.features import Encoder
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.passages.files import find_texts, read_texts
from phantom.privacy.paths import parse_paths
from phantom.runtime import load_pipeline, register_components

CANDIDATES = 256


def attack(
    pack_path: PackPath,
    pipeline: Annotated[Path, Argument(help="The pipeline that was trained")],
    train: Annotated[Path, Argument(help="Its training text (.spacy)")],
    beside: Annotated[Path, Argument(help="Text like it, not trained on (.spacy)")],
    report: Annotated[Path, Argument(help="The figures (.json)")],
    private: Annotated[str, Option(help="Private text, commas between")] = "",
    holdout: Annotated[str, Option(help="Like it, seen by no prompt")] = "",
    sample: Annotated[int, Option(help="Texts of each side", min=2)] = 200,
    shadows: Annotated[int, Option(help="Tiny shadow models, even; 0: none")] = 0,
    canaries: Annotated[int, Option(help="Canaries in a tiny model; 0: none")] = 0,
    max_auc: Annotated[float, Option(help="Fail where the AUC is surely above")] = 0.6,
    max_shadow_auc: Annotated[float, Option(help="The same of shadow models")] = 0.75,
    max_bits: Annotated[float, Option(help="Of canaries that stood once")] = 3.0,
    max_near: Annotated[float, Option(help="Share nearer to private text")] = 0.6,
    seed: Annotated[int, Option(help="Of samples and models")] = 0,
) -> None:
    """Write figures with intervals; fail where one is surely beyond its limit."""
    limits = Limits(
        auc=max_auc, shadow_auc=max_shadow_auc, bits=max_bits, near=max_near
    )
    pack = load_pack(pack_path)
    both = bool(private and holdout)
    theirs, apart = map(_texts, (private, holdout)) if both else ([], [])
    register_components()
    nlp = load_pipeline(pipeline)
    sides = [draw_texts(nlp, path, sample, seed) for path in (train, beside)]
    found: dict[str, Any] = {"sample": sample, "seed": seed}
    members, others = (-losses(nlp, side) for side in sides)
    found["membership"] = measure(members, others, seed).model_dump()
    tiny = train_tiny(pack.domain.lang)
    if shadows:
        done = attack_shadows([*sides[0], *sides[1]], tiny, shadows, seed)
        found["shadows"] = {"models": shadows, **done.model_dump()}
    if canaries:
        label = next(iter(pack.labels))
        sentence = load_language(pack.domain.lang, pack_path).canary
        words = make_words(canaries + CANDIDATES - 1, seed)
        planted = {word: 2 ** (i % 5) for i, word in enumerate(words[:canaries])}
        blank = spacy.blank(pack.domain.lang)
        more = plant(blank, sentence, planted, label)
        model = tiny([*sides[0], *more], seed)
        found["canaries"] = [
            x.model_dump()
            for x in expose(model, sentence, planted, words[canaries:], label)
        ]
    if both:
        seen, unseen = (
            -losses(nlp, read_as(nlp, x, sample, seed)) for x in (theirs, apart)
        )
        found["private"] = measure(seen, unseen, seed).model_dump()
        encoder = Encoder()
        texts = [[x.reference.text for x in sides[0]], theirs, apart]
        ours, near, far = (encoder.embed(side) for side in texts)
        found["nearest"] = measure_nearness(ours, near, far, seed).model_dump()
    finish_attacks(found, limits, report)


def _texts(paths: str) -> list[str]:
    found = [x for path in parse_paths(paths) for x in find_texts([path])]
    texts = [example.text for path in found for example in read_texts(path)]
    if not texts:
        raise ValueError(f"{paths}: no text there to attack with")
    return texts


if __name__ == "__main__":
    run_step(attack)
