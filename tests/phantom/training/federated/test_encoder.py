"""With an encoder: what training does not move stays home, and must be alike."""

from pathlib import Path

import pytest
import torch
from tests.builders import ROOT
from tests.builders.encoder import ENCODER
from tests.builders.federating import SCHEMA, synthetic, write_site

from phantom.training.federated.local import train_round
from phantom.training.federated.messages import Labels, Settings
from phantom.training.federated.model import build, describe, read_arrays
from phantom.training.rates import parameters

pytestmark = pytest.mark.slow


def test_frozen_weights_are_compared_and_not_sent(tmp_path: Path) -> None:
    labels = Labels(entities=("ANIMAL", "FOOD"), relations=SCHEMA)
    corpus = write_site(tmp_path / "site", synthetic(6, 0))
    config = ROOT / "configs" / "train.cfg"
    nlp = build(config, corpus, tmp_path / "labels", labels, 0, ENCODER)
    arrays = read_arrays(nlp)
    assert {name.partition("/")[0] for name in arrays} == {
        *("transformer", "ner", "relation_extractor")
    }
    fixed = {
        name: owner
        for name, owner, _ in parameters(nlp)
        if isinstance(owner, torch.nn.Parameter) and not owner.requires_grad
    }
    assert fixed and not fixed.keys() & arrays.keys()
    assert all("embeddings" in name for name in fixed)

    settings = Settings(steps=1, proximal=0.1)
    change = train_round(nlp, labels, settings, "one", 1, arrays, tmp_path / "work")
    assert change.keys() == arrays.keys()
    assert sum(bool(x.any()) for x in change.values()) > 0.9 * len(change)

    digest, words = describe(nlp)
    assert "transformer + ner + relation_extractor" in words
    with torch.no_grad():
        next(iter(fixed.values()))[0] += 1e-3
    assert describe(nlp)[0] != digest
