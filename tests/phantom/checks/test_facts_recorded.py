"""Facts of a market in passages that a large language model wrote, and bent ones."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.builders import ROOT
from tests.builders.packs import findings

from phantom.checks import CheckContext, load_config
from phantom.curation.curator import Curator
from phantom.jsonl import read_jsonl
from phantom.packs.pack import load_pack
from phantom.records import Completion, Example, Spec
from phantom.runtime import token_pipeline

PACK = ROOT / "assets/domains/finance"


def bend(facts: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The facts with one of them changed; its sort and key."""
    for key, term in facts["entities"].items():
        if term["label"] in ("ORG", "LOC"):
            other = {**term, "text": "Zorvath Wheelwrights", "forms": []}
            yield "name", key, {"entities": {**facts["entities"], key: other}}
    for key, number in facts["numbers"].items():
        other = {**number, "value": number["value"] * 1.37 + 1}
        yield "amount", key, {"numbers": {**facts["numbers"], key: other}}
    for key in facts["dates"]:
        yield "date", key, {"dates": {key: "2031-08-27"}}
    for key, way in facts["changes"].items():
        if way in ("up", "down"):
            turned = {"up": "down", "down": "up"}[way]
            yield "direction", key, {"changes": {**facts["changes"], key: turned}}


@pytest.fixture(scope="module")
def told() -> list[Example]:
    folder = PACK / "recording/scenarios"
    specs = {spec.id: spec for spec in read_jsonl(folder / "specs.jsonl", Spec)}
    curator = Curator(load_pack(PACK), specs, token_pipeline("en"))
    completions = read_jsonl(folder / "completions.jsonl", Completion)
    found = list(curator.curate(completions))
    examples = [x for x in found if isinstance(x, Example)]
    assert len(examples) == len(found) == 40
    return examples


@pytest.fixture(scope="module")
def context() -> CheckContext:
    return CheckContext(load_pack(PACK), load_config(PACK))


def test_what_was_told_is_found(told: list[Example], context: CheckContext) -> None:
    """One passage says "December's report" of a day: nothing else was lost."""
    (lost,) = findings("facts_kept", told, context)
    assert (lost.reason, lost.detail) == ("fact_lost", "date date 2023-12-01")


def test_other_facts_are_not(told: list[Example], context: CheckContext) -> None:
    whole: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for example in told:
        facts = example.meta["facts"]
        for sort, key, changed in bend({"dates": {}, "numbers": {}, **facts}):
            meta = {**example.meta, "facts": {**facts, **changed}}
            bent = example.model_copy(update={"meta": meta})
            said = findings("facts_kept", [bent], context)
            whole[sort] += 1
            found[sort] += any(x.detail.startswith(f"{sort} {key}") for x in said)
    for sort in ("name", "amount", "date"):
        assert found[sort] == whole[sort], (found, whole)
    # A third names no direction in listed words: "came to", "did not exist".
    assert found["direction"] >= 0.6 * whole["direction"], (found, whole)
