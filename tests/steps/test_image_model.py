"""image-model: a file that the generator vae draws with."""

from pathlib import Path

import pytest

from image_model import image_model
from phantom.images.vae import load_vae


def test_a_model_of_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image_model("digits", tmp_path / "digits.pt", steps=2)
    assert "1,797 images" in capsys.readouterr().out
    model, classes = load_vae(tmp_path / "digits.pt")
    assert (model.shape, classes) == ((1, 8, 8), list("0123456789"))
