"""What had been read before private records: said, and refused if it was private."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders.private import write_config

from phantom.corpora.origins import OriginCounts
from phantom.jsonl import write_json
from phantom.privacy.ledger import Budget, PrivacyLedger
from phantom.privacy.mechanisms import Pure
from phantom.training.pretrained import NOTE, Pretraining, PretrainSettings
from phantom.training.private.before import (
    Before,
    read_before,
    refuse_other_ledgers,
)

READ = OriginCounts(examples=5, synthetic=4, public=1)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config whose encoder is named in it."""
    path = tmp_path / "heads.cfg"
    path.write_text(
        '[components]\n[components.transformer]\nfactory = "transformer"\n'
        '[components.transformer.model]\nname = "plain"\n'
    )
    return path


def read_on(folder: Path, counts: OriginCounts) -> str:
    """An encoder that `pretrain` wrote, as far as its note."""
    note = Pretraining(
        **{"encoder": "plain", "new_head": False, "before": 9.0, "after": 4.0},
        **{"training_data": counts, "held_out": 1, "settings": PretrainSettings()},
    )
    write_json(folder / NOTE, note)
    return str(folder)


def pipeline(folder: Path, **meta: Any) -> Path:
    write_json(folder / "meta.json", {"lang": "en", **meta})
    return folder


def test_an_encoder_that_read_on_says_what(tmp_path: Path, config: Path) -> None:
    encoder = read_on(tmp_path / "encoder", READ)
    before = read_before(config, encoder, None)
    assert before is not None and before.known
    assert before.words() == f"{encoder} had read 4 synthetic, 1 public texts"
    assert (before.pretrained_encoder or {})["encoder"] == "plain"


def test_of_an_encoder_as_it_came_nothing_is_known(config: Path) -> None:
    before = read_before(config, "", None)
    assert before is not None and not before.known
    assert before.words() == "nothing here says what plain had read"


def test_layers_without_any_training_had_read_nothing(tmp_path: Path) -> None:
    assert read_before(write_config(tmp_path), "", None) is None


def test_text_of_unknown_origin_is_told_and_not_known() -> None:
    counts = OriginCounts(examples=3, synthetic=1, unknown=2)
    before = Before(place="p", training_data=counts)
    assert before.words() == "p had read 1 synthetic, 2 unknown texts"
    assert not before.known


def test_an_encoder_that_read_private_text_is_refused(
    tmp_path: Path, config: Path
) -> None:
    encoder = read_on(tmp_path, READ.model_copy(update={"private": 1}))
    with pytest.raises(ValueError, match="trained on private text without noise"):
        read_before(config, encoder, None)


@pytest.mark.parametrize(
    "meta",
    [
        {"training_data": {"private": 1}},
        {"adapted": [{"origins": {"synthetic": 1}}, {"origins": {"private": 1}}]},
        {"meta_trained": {"tasks": 2, "origins": {"private": 1}}},
        {"federation": {"rounds": []}},
    ],
)
def test_so_is_a_pipeline_whichever_training_read_it(
    tmp_path: Path, config: Path, meta: dict
) -> None:
    with pytest.raises(ValueError, match="trained on private text without noise"):
        read_before(config, "", pipeline(tmp_path / "on", **meta))


def test_a_pipeline_says_what_trained_it_and_its_encoder(
    tmp_path: Path, config: Path
) -> None:
    said = {"encoder": "plain"}
    told = {"training_data": READ.model_dump(), "pretrained_encoder": said}
    before = read_before(config, "", pipeline(tmp_path / "on", **told))
    assert before is not None and before.training_data == READ
    assert before.pretrained_encoder == said


def test_what_was_paid_before_is_paid_from_the_same_ledger(tmp_path: Path) -> None:
    budget = Budget(unit="patient", key="patient", epsilon=4, delta=1e-6)
    ledger = PrivacyLedger(tmp_path / "ledger.jsonl", budget)
    drawn = ledger.draw("training", Pure(epsilon=1), [tmp_path])
    on = pipeline(tmp_path / "on", private_training={"draw": drawn.digest})
    refuse_other_ledgers(on, ledger)
    refuse_other_ledgers(pipeline(tmp_path / "plain"), ledger)
    refuse_other_ledgers(None, ledger)
    other = PrivacyLedger(tmp_path / "other.jsonl", budget)
    for told in ({"draw": drawn.digest}, {"epsilon": 2.0}):
        (on / "meta.json").write_text(json.dumps({"private_training": told}))
        with pytest.raises(ValueError, match="paid from another ledger"):
            refuse_other_ledgers(on, other)
