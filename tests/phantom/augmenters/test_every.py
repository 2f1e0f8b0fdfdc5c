"""Whichever augmenter of the catalogue made it: mentions read names that there are."""

import random
from typing import Any

import pytest
from tests.builders import example
from tests.builders.varied import KEEPING, PACK, vary

from phantom.records import Example
from phantom.registry import phantom_registry

# Those that move names, or put others where one stood; the rest keep each.
NAMING: dict[str, dict[str, Any]] = {
    "abbreviation": {"alone": 0.5, "contract": 0.5, "expand": 0.5, "define": 0.5},
    "bystander": {
        **{"label": "DISEASE", "relations": ["INDUCES"]},
        **{"before": ["All had {other}."], "within": ["women [with {other}]"]},
    },
    "contrast": {"share": 1.0},
    "counterfactual": {"dimensions": ["sex"]},
    "cutoff": {"share": 1.0, "rate": 0.5},
    "decoys": {"share": 1.0, "words": ["today", "twice weekly"]},
    "join": {"share": 1.0},
    "mention_forms": {
        "forms": {
            "CHEMICAL": ["{name} and {other}", "{other}, {other} or {name}"],
            "DISEASE": ["{name}, which came late,"],
        }
    },
    "nominal": {"share": 1.0, "words": {"CHEMICAL": ["the drug"]}},
    "qualifiers": {
        **{"share": 1.0, "before": {"DISEASE": ["severe"], "CHEMICAL": ["oral"]}},
        **{"behind": {"DISEASE": ["of late onset"]}, "rate": 1.0},
    },
    "segment_mix": {"share": 1.0},
    "statements": {"share": 1.0, "table": "augment/statements.tsv"},
    "wrap": {"share": 1.0},
}
NAMES = {
    "DISEASE": ("gout", "itching rash", "Crohn's disease", "β-thalassaemia", "mumps"),
    "CHEMICAL": ("iron", "L-NAME", "zinc oxide", "15-F(2t)-IsoP", "Straße acid"),
}
LONG, SHORT = "chronic kidney disease", "CKD"
ALLOWED = {
    "DISEASE": {*NAMES["DISEASE"], LONG, SHORT},
    "CHEMICAL": {*NAMES["CHEMICAL"], "the drug"},
}
SIDES = {
    label: (set(rule.head), set(rule.tail))
    for label, rule in PACK.domain.relations.items()
}
TEXTS = (
    ("Two women given {C} had {D} at once. No man did.", "INDUCES"),
    ("In 12 of 40 rats {C} relieved {D}. They slept.", "TREATS"),
    ("We know that {C} caused {D}. It was mild.", "INDUCES"),
    ("Nobody knew of {D} there. It was seldom seen by anybody.", None),
    (f"He had {LONG} ({SHORT}). The {SHORT} got worse after {{C}}.", None),
    (f"She was seen for {LONG} before. All was well.", None),
)


def write(number: int, rng: random.Random) -> Example:
    """A passage with names drawn; label of what holds from its {C} to its {D}."""
    template, relation = rng.choice(TEXTS)
    drawn = {"C": rng.choice(NAMES["CHEMICAL"]), "D": rng.choice(NAMES["DISEASE"])}
    mentions = []
    for words in ("{C}", "{D}", LONG, SHORT):
        label = "CHEMICAL" if words == "{C}" else "DISEASE"
        at = template.find(words)
        while at >= 0:
            mentions.append((at, drawn.get(words[1], words), label))
            at = template.find(words, at + 1)
    found = sorted(mentions)
    order = [label for _, _, label in found]
    stated = ()
    if relation:
        ends = order.index("CHEMICAL") + 1, order.index("DISEASE") + 1
        stated = ((ends[0], relation, ends[1]),)
    return example(
        template.format(**drawn),
        *stated,
        id=f"p{number}",
        mentions=[(words, label) for _, words, label in found],
        model="m",
        realism=number / 100,
    )


def test_the_whole_catalogue_is_tested() -> None:
    """One that is added is to be listed here, or has a test of its own as name_swap."""
    kept = {"name_swap", *(name for name, _ in KEEPING)}
    assert {*NAMING} | kept == {*phantom_registry.phantom_augmenters.names()}


@pytest.mark.parametrize("name", NAMING)
def test_mentions_read_names(name: str) -> None:
    assert sum(check(name, draw) for draw in range(3)) > 0


def check(name: str, draw: int) -> int:
    """How many variants there are, each of which is as it should be."""
    rng = random.Random(draw)
    written = [write(number, rng) for number in range(12)]
    found = vary(name, NAMING[name], *written, seed=draw)
    assert found == vary(name, NAMING[name], *written, seed=draw)
    for after in found:
        # Variants are copies, which nobody has validated: offsets, order, ends.
        Example.model_validate(after.model_dump())
        for entity in after.entities:
            assert after.text[entity.start : entity.end] == entity.text
            read = " ".join(entity.text.split()).casefold()
            assert read in {x.casefold() for x in ALLOWED[entity.label]}
        for relation in after.relations:
            ends = (after.entities[relation.head], after.entities[relation.tail])
            heads, tails = SIDES[relation.label]
            assert ends[0].label in heads and ends[1].label in tails
        # Made of several, it is as real as the least of them.
        scores = [x.meta["realism"] for x in written if x.id in after.derived_from]
        assert after.meta["realism"] == min(scores)
        assert after.derived_from and set(after.derived_from) <= {x.id for x in written}
    return len(found)
