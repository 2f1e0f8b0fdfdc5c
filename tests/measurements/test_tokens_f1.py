from collections.abc import Sequence
from typing import Any

import pytest
import spacy
import tokens_f1
from tests.builders import example
from tokens_f1 import compare, summarise

from phantom.runtime import register_components

GOLD = [example("<X id=1>PCP</X>)-induced pain, then <X id=2>pain</X>.", id="a")]


def test_gold_that_tokens_cannot_express_counts_as_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ruler(tokenizer: str, examples: Sequence, *rest: Any) -> spacy.Language:
        setting = {"nlp": {"tokenizer": {"@tokenizers": tokenizer}}}
        nlp = spacy.blank("en", config=setting)
        patterns = [{"label": e.label, "pattern": e.text} for e in examples[0].entities]
        nlp.add_pipe("entity_ruler").add_patterns(patterns)  # type: ignore[attr-defined]
        return nlp

    register_components()
    monkeypatch.setattr(tokens_f1, "train_entities", ruler)
    rows = compare(GOLD, {"dev": GOLD}, range(2), steps=1, encoder="none")
    # "pain" stands there twice: of three found, two are gold, with ours; without, one
    # of two found, of two that are gold.
    assert [(r["seed"], r["tokenizer"], r["f"]) for r in rows] == [
        (0, "stock", {"dev": 50.0}),
        (0, "ours", {"dev": 80.0}),
        (1, "stock", {"dev": 50.0}),
        (1, "ours", {"dev": 80.0}),
    ]
    assert summarise(rows) == {"dev": {"stock": 50.0, "ours": 80.0, "more": 30.0}}
