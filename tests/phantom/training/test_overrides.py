"""What a training config is asked for before anything is trained."""

from pathlib import Path

import pytest

from phantom.training.overrides import read_training_config


def test_a_config_of_something_else() -> None:
    with pytest.raises(ValueError, match=r"vllm\.cfg: no \[paths\]; is it a training"):
        read_training_config(Path("configs/llm/vllm.cfg"))
    with pytest.raises(ValueError, match="configs: no file of training settings"):
        read_training_config(Path("configs"))
    assert (
        "relation_extractor"
        in read_training_config(Path("configs/train.cfg"))["components"]
    )
