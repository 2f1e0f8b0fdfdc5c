"""Attention over rows that stand one after the other, a part at a time."""

import numpy as np
import pytest
import torch

from phantom.runtime import register_components

ATTENTION = register_components()["encoder_packed_attention"]
HEADS, WIDTH = 3, 8


def attend_plainly(qkv: torch.Tensor, lengths: list[int]) -> torch.Tensor:
    """Each row for itself, by torch's own attention."""
    found = []
    for row in qkv.split(lengths):
        parts = row.view(len(row), 3, HEADS, WIDTH).permute(1, 2, 0, 3)
        own = torch.nn.functional.scaled_dot_product_attention(*parts, scale=1.0)
        found.append(own.transpose(0, 1).reshape(len(row), -1))
    return torch.cat(found)


@pytest.mark.parametrize("scores", [1, 40, 2**18])
@pytest.mark.parametrize("drop", [None, lambda weights: weights])
def test_parts_of_any_size_give_what_each_row_gives(monkeypatch, scores, drop) -> None:
    monkeypatch.setattr(ATTENTION, "SCORES", scores)
    # Rows of one length, and of lengths that are padded to one.
    lengths = [5, 5, 5, 9, 11, 30]
    torch.manual_seed(0)
    qkv = torch.randn(sum(lengths), 3 * HEADS * WIDTH, requires_grad=True)
    blocks = ATTENTION.make_blocks(
        np.asarray(lengths), np.arange(len(qkv)), HEADS, torch.float32
    )
    assert any(block.bias is not None for block in blocks.parts)
    mixed = ATTENTION.attend(qkv, blocks, HEADS, drop)
    plain = attend_plainly(qkv, lengths)
    assert torch.allclose(mixed, plain, atol=1e-5)
    weights = torch.randn_like(plain)
    (own,) = torch.autograd.grad((mixed * weights).sum(), qkv)
    (theirs,) = torch.autograd.grad((plain * weights).sum(), qkv)
    assert torch.allclose(own, theirs, atol=1e-4)
