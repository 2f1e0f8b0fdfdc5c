"""A small annotated corpus with what a gap would take away, and a stand-in for the
pipeline that was trained without it."""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from phantom.evaluation.cases import Case, make_cases, make_requests, mentions_of
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.evaluation.types import Link, Mention, Prediction
from phantom.packs.pack import Pack
from phantom.records import Entity, Example, Relation

NAMES = {
    "DISEASE": ["asthma", "gout", "renal failure", "measles", "cystic fibrosis"],
    "CHEMICAL": ["aspirin", "lithium", "sodium valproate", "morphine", "cocaine"],
    "GENE": ["presenilin", "dystrophin", "leptin", "huntingtin", "ferritin"],
}
SHORT = {"DISEASE": ["COPD", "ALS"], "CHEMICAL": ["MTX", "LSD"], "GENE": ["TP53"]}
SECTIONS = ("results", "title", "methods", "background")
TOPICS = ("oncology", "clinical trial", "pharmacology")
FULL, ABBREVIATION = "full name", "abbreviation alone, as later in an abstract"
MODIFIER = "as a modifier (X patients, X families, X-induced, X cells)"
COORDINATED = "two coordinated names sharing a head word"
GENRES = ("treatment trial", "cancer genetics", "diagnosis or epidemiology")
# Kind, its share, its text with places for mentions, its relation.
KINDS = (
    ("disease", 5, "We saw {DISEASE} in most of them {tail}.", None),
    ("none", 4, "All of them were seen again {tail}, as planned before.", None),
    ("chemical treats disease", 4, "{CHEMICAL} relieved {DISEASE} {tail}.", "TREATS"),
    ("chemical induces disease", 4, "{CHEMICAL} caused {DISEASE} {tail}.", "INDUCES"),
    (
        "gene+disease associated",
        4,
        "{GENE} was linked with {DISEASE} {tail}.",
        "ASSOCIATED_WITH",
    ),
    ("document", 4, "In a family with {DISEASE}, {GENE} was read {tail}.", None),
)
TAILS = ("in the ward", "at night", "on Monday", "over a year", "after lunch")


class Gap(NamedTuple):
    """What is taken from a corpus.

    passage (Callable): Whether a passage holds it, so that training loses it.
    mention (Callable): Whether the stand-in misses a mention of such a passage.
    relation (str): A label that it never predicts.
    spurious (bool): Whether it marks a word in such a passage.
    """

    passage: Callable[[Example], bool]
    mention: Callable[[Entity], bool] = lambda entity: False
    relation: str = ""
    spurious: bool = False


def _asked(name: str, value: str) -> Callable[[Example], bool]:
    return lambda x: x.meta["attributes"].get(name) == value


def _has(label: str) -> Callable[[Example], bool]:
    return lambda x: any(e.label == label for e in x.entities)


def _any(entity: Entity) -> bool:
    return True


# What is planted, the (facet, value) pairs that name it, and what asks for it.
GAPS: dict[str, tuple[Gap, set[tuple[str, str]], dict[str, Any]]] = {
    "abbreviations": (
        Gap(_asked("form", ABBREVIATION), lambda e: e.text.isupper()),
        {
            ("form", "abbreviation"),
            ("asked form", ABBREVIATION),
            ("casing", "CAPITALS"),
        },
        {"form": ABBREVIATION},
    ),
    "modifiers": (
        Gap(_asked("form", MODIFIER), _any),
        {("form", "modifier"), ("asked form", MODIFIER)},
        {"form": MODIFIER},
    ),
    "coordination": (
        Gap(_asked("form", COORDINATED), _any),
        {("form", "coordination"), ("asked form", COORDINATED)},
        {"form": COORDINATED},
    ),
    "a label": (
        Gap(_has("GENE"), lambda e: e.label == "GENE"),
        {("label", "GENE")},
        {
            "kinds": [
                "gene",
                "gene+disease associated",
                "gene+disease co-mentioned",
                "gene+disease not associated",
                "chemical+gene",
                "document",
            ]
        },
    ),
    "a section": (
        Gap(_asked("section", "title"), _any),
        {("asked section", "title")},
        {"section": "title"},
    ),
    "a genre": (
        Gap(_asked("genre", "cancer genetics"), _any),
        {("asked genre", "cancer genetics")},
        {"genre": "cancer genetics"},
    ),
    "a relation": (
        Gap(lambda x: any(r.label == "TREATS" for r in x.relations), relation="TREATS"),
        {("label", "TREATS"), ("kind", "chemical treats disease")},
        {"kinds": ["chemical treats disease"]},
    ),
    "negatives": (
        Gap(lambda x: not x.entities, spurious=True),
        {("kind", "none"), ("mentions", "none")},
        {"kinds": ["none"]},
    ),
}


def make_corpus(count: int, seed: int, pack: Pack) -> list[Example]:
    """Passages of all kinds, sections and forms."""
    rng = random.Random(seed)
    kinds = rng.choices(KINDS, [share for _, share, *_ in KINDS], k=count)
    return [
        _make(f"{seed}-{i}", kind, text, relation, rng, pack)
        for i, (kind, _, text, relation) in enumerate(kinds)
    ]


def _make(
    name: str,
    kind: str,
    text: str,
    relation: str | None,
    rng: random.Random,
    pack: Pack,
) -> Example:
    attributes: dict[str, Any] = {}
    if pack.attributes["section"].applies_to(kind):
        attributes["section"] = rng.choice(SECTIONS)
        attributes["topic"] = rng.choice(TOPICS)
    if pack.attributes["form"].applies_to(kind):
        forms = (FULL, FULL, ABBREVIATION, MODIFIER, COORDINATED)
        attributes["form"] = rng.choice(forms)
    if pack.attributes["genre"].applies_to(kind):
        attributes["genre"] = rng.choice(GENRES)
    entities, out = [], ""
    for part in _parts(text):
        if part in NAMES:
            words, after = _name(part, attributes.get("form", FULL), rng)
            entities.append((len(out), len(out) + len(words), part, words))
            out += words + after
        else:
            out += part.format(tail=f"{rng.choice(TAILS)} {rng.randrange(10**6)}")
    found = [Entity(start=a, end=b, label=x, text=t) for a, b, x, t in entities]
    links = [Relation(head=0, tail=1, label=relation)] if relation else []
    meta = {"kind": kind, "attributes": attributes}
    return Example(
        id=name, text=out, entities=tuple(found), relations=tuple(links), meta=meta
    )


def _parts(text: str) -> Iterator[str]:
    rest = text
    for label in sorted(NAMES, key=lambda label: text.find("{" + label)):
        before, found, after = rest.partition("{" + label + "}")
        if found:
            yield before
            yield label
            rest = after
    yield rest


def _name(label: str, form: str, rng: random.Random) -> tuple[str, str]:
    name = rng.choice(NAMES[label])
    if form == ABBREVIATION:
        return rng.choice(SHORT[label]), ""
    if form == COORDINATED:
        return f"{name} and other {rng.choice(NAMES[label])}", ""
    return name, " patients" if form == MODIFIER else ""


def predict_without(gap: Gap, example: Example, rng: random.Random) -> Prediction:
    """Gold less the gap and one mention in twenty of the rest."""
    holds = gap.passage(example)
    entities: list[Mention] = [
        mention
        for mention, entity in zip(mentions_of(example), example.entities, strict=True)
        if not (holds and gap.mention(entity)) and rng.random() > 0.05
    ]
    if rng.random() < (0.6 if gap.spurious and holds else 0.03):
        entities.append((0, example.text.index(" "), "DISEASE"))
    spans = [mention[:2] for mention in mentions_of(example)]
    links = [
        Link(spans[r.head], spans[r.tail], r.label)
        for r in example.relations
        if r.label != gap.relation and rng.random() > 0.05
    ]
    return Prediction(sorted(set(entities)), links, [links])


def make_gap_cases(
    gap: Gap, dev: list[Example], pack: Pack, seed: int = 0
) -> list[Case]:
    """The cases of a dev set with the stand-in's predictions."""
    rng = random.Random(seed)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    requests = make_requests(dataset, dev, pack.relations)
    return make_cases(
        dataset, dev, requests, [predict_without(gap, x, rng) for x in dev]
    )
