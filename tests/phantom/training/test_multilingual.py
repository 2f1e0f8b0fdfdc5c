"""The vocabulary of an encoder that is cut to a language."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from phantom.training import multilingual
from phantom.training.multilingual import Weights, keep_pieces, trim_tokenizer

PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁Der",
    "▁Das",
    "Käse",
    "▁",
    "kä",
    "日本",
    "<mask>",
]


def tokenizer() -> dict:
    made = Tokenizer(models.Unigram([(x, -float(i)) for i, x in enumerate(PIECES)], 3))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return json.loads(made.to_str())


def test_pieces_of_the_text_and_of_its_letters_stay() -> None:
    kept = keep_pieces(tokenizer(), ["Der Käse"])
    assert [PIECES[i] for i in kept] == [
        *("<s>", "<pad>", "</s>", "<unk>", "▁Der", "▁Das", "Käse", "▁", "kä", "<mask>")
    ]


def test_a_trimmed_tokenizer_cuts_text_as_before() -> None:
    whole = tokenizer()
    trimmed = trim_tokenizer(whole, keep_pieces(whole, ["Der Käse"]))
    before, after = (Tokenizer.from_str(json.dumps(x)) for x in (whole, trimmed))
    assert after.encode("Der Käse").tokens == before.encode("Der Käse").tokens
    assert after.token_to_id("<mask>") == 9


def test_four_bits_become_numbers() -> None:
    # One block of 32 columns: scale 0.5; the lower halves come first.
    scale = np.array([0.5], "<f2").tobytes()
    block = bytes([0x0F, *[0x88] * 14, 0xA7])
    data = np.frombuffer(scale + block, np.uint8)
    weights = Weights(data, {}, 0.0, {"w": (0, 18)})  # type: ignore[arg-type]
    row = weights.packed("w", 32)
    assert row.shape == (1, 32)
    assert torch.equal(row[0, [0, 1, 15, 16, 31]], torch.tensor([3.5, 0, -0.5, -4, 1]))


def test_a_package_that_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "WEIGHTS", ("no_such_package", "x"))
    with pytest.raises(ValueError, match="no_such_package is not installed: pip"):
        multilingual.assemble(["Der Käse"], Path("nowhere"))
