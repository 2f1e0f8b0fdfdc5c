"""Worked examples: synthetic, well formed, and known by their origin."""

from pathlib import Path

import pytest
from tests.builders import MEDICINE

from phantom.packs.pack import load_pack
from phantom.passages.tags import Tagged, parse_tags
from phantom.prompts.demonstrations import (
    Demonstrations,
    from_examples,
    read_demonstrations,
)
from phantom.prompts.prompter import Prompter
from phantom.records import Entity, Example, Spec

PACK = load_pack(MEDICINE)


def test_parts_know_their_origin() -> None:
    prompter = Prompter(
        PACK, demonstrations=Demonstrations(read_demonstrations(PACK), 2)
    )
    seeded = Spec(id="a", kind="gene", seeds={"GENE": ["TP53"]})
    plain = Spec(id="b", kind="gene", open=["GENE"])
    origins = [part.origin for part in prompter.render([plain, seeded]).parts]
    assert origins == ["pack", "pack", "lexicon"]
    assert prompter.render([plain]).parts[-1].origin == "pack"


def test_demonstrations_are_synthetic_and_well_formed() -> None:
    pool = read_demonstrations(PACK)
    assert len(pool) >= 3
    for demonstration in pool:
        tagged = parse_tags(demonstration.text, PACK.labels)
        assert isinstance(tagged, Tagged)
        for head, label, tail in demonstration.relations:
            types = {entity.id: entity.label for entity in tagged.entities}
            rule = PACK.relations[str(label)]
            assert types[str(head)] in rule.head and types[str(tail)] in rule.tail
    gene = Entity(start=0, end=4, label="GENE", text="TP53")
    good = Example(id="a", text="TP53 rose", entities=(gene,), model="m")
    made = from_examples([good], Path("accepted.jsonl"))[0]
    assert made.origin == "synthetic" and made.text.startswith("<GENE id=1>TP53</GENE>")
    with pytest.raises(ValueError, match="does not say which model wrote it"):
        from_examples([good.model_copy(update={"model": None})], Path("real.jsonl"))
