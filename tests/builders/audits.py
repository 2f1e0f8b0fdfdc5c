"""Passages of planted groups with hand-made predictions."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.builders.packs import make_pack

from phantom.evaluation.audit.auditor import audit_cases
from phantom.evaluation.audit.records import Audit
from phantom.evaluation.cases import Case
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.evaluation.types import Link, Prediction, Request
from phantom.packs.pack import load_pack
from phantom.passages.groups import GroupFinder
from phantom.records import Entity, Example, Relation

WORDS = {"female": "woman", "male": "man"}
ORIGINS = ("East Asian", "European", "African", "Latin American")
REGIONS = ("north", "south", "east", "west")
FINDER = GroupFinder(
    {"dimension": "sex", "group": group, "term": word} for group, word in WORDS.items()
)
# Sex, name origin and region of a passage, its label; whether it is found.
Finds = Callable[[str, str, str, str, float], bool]


def even(sex: str, origin: str, region: str, label: str, chance: float) -> bool:
    """The same recall for all."""
    return chance < 0.85


def make_cases(
    count: int, finds: Finds, invents: Finds, seed: int = 0
) -> tuple[list[Case], dict[str, dict[str, str]]]:
    """Cases with one disease and one drug each, and the metadata of two dimensions."""
    rng = random.Random(seed)
    cases, metadata = [], {}
    for i in range(count):
        sex, origin = rng.choice(list(WORDS)), rng.choice(ORIGINS)
        region = rng.choice(REGIONS)
        text = f"A {WORDS[sex]} with asthma took iron for days."
        gold = [_mention(text, "asthma", "DISEASE"), _mention(text, "iron", "CHEMICAL")]
        example = Example(
            id=f"x{i}",
            text=text,
            entities=tuple(gold),
            relations=(Relation(head=1, tail=0, label="TREATS"),),
        )
        metadata[example.id] = {"name origin": origin, "region": region}
        found = [e for e in gold if finds(sex, origin, region, e.label, rng.random())]
        links = []
        if len(found) == 2:
            ends = (found[1].start, found[1].end), (found[0].start, found[0].end)
            links = [Link(*ends, "TREATS", rng.uniform(0.6, 1.0))]
        if invents(sex, origin, region, "DISEASE", rng.random()):
            found.append(_mention(text, "days", "DISEASE"))
        mentions = [(e.start, e.end, e.label) for e in found]
        prediction = Prediction(mentions, links, [])
        cases.append(Case(example, Request(text), prediction))
    return cases, metadata


def audit(
    folder: Path,
    cases: Sequence[Case],
    metadata: dict[str, dict[str, str]],
    seed: int = 0,
    resamples: int = 1000,
    shuffles: int = 2000,
) -> Audit:
    """An audit of the tiny pack's labels, without parity."""
    made = (folder / "tiny").is_dir()
    pack = load_pack(folder / "tiny") if made else make_pack(folder)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    return audit_cases(
        *(pack, dataset, cases, FINDER, "planted"),
        metadata=metadata,
        parity=False,
        resamples=resamples,
        shuffles=shuffles,
        seed=seed,
    )


def _mention(text: str, words: str, label: str) -> Entity:
    start = text.index(words)
    return Entity(start=start, end=start + len(words), label=label, text=words)
