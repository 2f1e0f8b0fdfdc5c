"""The parts of the encoder on arrays: dropout, Adam, shares of rows, int8 levels."""

import os
import subprocess
import sys
from typing import Any

import numpy
import pytest
import torch
from tests.builders import ROOT
from thinc.api import Adam

from phantom.runtime import register_components

MODULES = register_components()
LINEAR = MODULES["encoder_packed_linear"]


def test_dropout_drops_its_share_and_is_seeded() -> None:
    layer = MODULES["encoder_cpu_forward"].QuickDropout(0.1).train()
    ones = torch.ones(200, 300)
    torch.manual_seed(0)
    first = layer(ones)
    torch.manual_seed(0)
    assert torch.equal(first, layer(ones))
    assert not torch.equal(first, layer(ones))
    assert abs((first == 0).double().mean() - 0.1) < 0.01
    assert abs(first.double().mean() - 1) < 0.01
    assert torch.equal(layer.eval()(ones), ones)


def test_adam_is_thincs_adam() -> None:
    update_adam = MODULES["encoder_shim"].update_adam
    rng = numpy.random.default_rng(0)
    start = rng.standard_normal((30, 20)).astype("f")
    weights = torch.nn.Parameter(torch.from_numpy(start.copy()))
    settings = {"L2": 0.01, "grad_clip": 1.0, "use_averages": False}
    ours, thincs = (Adam(0.01, **settings) for _ in range(2))
    expected = start.copy()
    for count in range(1, 6):
        gradient = rng.standard_normal((30, 20)).astype("f") * count
        weights.grad = torch.from_numpy(gradient.copy())
        update_adam(ours, [((1, "W"), weights)], count)
        expected, _ = thincs((1, "W"), expected, gradient)
        assert weights.grad is None
    numpy.testing.assert_allclose(weights.detach().numpy(), expected, atol=1e-6)
    for store in ("mom1", "mom2"):
        left, right = (getattr(o, store)[1, "W"] for o in (ours, thincs))
        numpy.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("threads", [2, 3])
def test_each_thread_gets_as_many_parts(threads: Any) -> None:
    rng = numpy.random.default_rng(0)
    for rows, size in ((400, 2048), (100, 100_000), (90, 700)):
        lengths = rng.integers(5, 60, rows)
        found = MODULES["encoder_row_parts"].even_parts(lengths, size, threads)
        assert len(found) % threads == 0
        shares = [lengths[part].sum() for part in found]
        assert max(shares) - min(shares) <= 2 * 60
        assert sorted(numpy.concatenate(found)) == list(range(rows))


@pytest.mark.parametrize("lengths", [[3], [5, 5, 5], [9, 2, 40, 7, 7, 3, 30, 2]])
def test_parts_hold_every_row_once_and_are_about_even(lengths: Any) -> None:
    lengths = numpy.array(lengths)
    parts = MODULES["encoder_row_parts"].even_parts(lengths, 30)
    rows = numpy.concatenate(parts)
    assert sorted(rows) == list(range(len(lengths)))
    assert (numpy.diff(lengths[rows]) >= 0).all()
    assert all(lengths[part].sum() <= 30 + lengths.max() for part in parts)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shift", [0.0, 3.0, -50.0])
def test_int8_levels_are_half_a_step_off_at_most(dtype: Any, shift: Any) -> None:
    quantize = MODULES["encoder_packed_linear"].quantize
    torch.manual_seed(0)
    states = (torch.randn(50, 30) + shift).to(dtype)
    # What stands far out in the first rows must not cost the others their levels.
    states = torch.cat([states[:2] * 100, states])
    levels, step, zero = quantize(states, 2)
    assert levels.dtype == torch.uint8 and (levels[:2] == zero).all()
    states, levels = states[2:], levels[2:]
    back = (levels.float() - zero) * step
    slack = 0.5 if dtype == torch.float32 else 0.76
    assert (back - states.float()).abs().max() <= slack * step + 1e-6
    zeros = torch.zeros(2, 3).to(dtype)
    assert quantize(zeros, 0)[0].float().sub(1).abs().max() == 0
    assert quantize(zeros, 2)[0].shape == zeros.shape


@pytest.mark.slow
def test_kernels_kept_are_bounded_unless_the_user_says_how_many() -> None:
    names = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
    code = (
        "import os; from phantom.runtime import register_components; "
        f"register_components(); print(*[os.environ[n] for n in {names}])"
    )
    env = {k: v for k, v in os.environ.items() if k not in names}
    env |= {"PYTHONPATH": str(ROOT / "scripts"), names[1]: "7"}
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, env=env, capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["64", "7"]


@pytest.mark.parametrize(
    ("sets", "product"),
    [
        ({"avx2"}, "fbgemm"),
        ({"avx2", "avx_vnni"}, "fbgemm"),
        ({"avx2", "avx512f"}, None),
        ({"avx2", "avx512f", "avx512_vnni"}, "onednn"),
        ({"bf16", "i8mm"}, None),
        (set(), None),
    ],
)
def test_the_int8_product_is_that_of_the_cpu(
    monkeypatch: pytest.MonkeyPatch, sets: set[str], product: str | None
) -> None:
    engines = torch.backends.quantized.supported_engines
    if "fbgemm" not in engines or not hasattr(torch.ops.onednn, "qlinear_pointwise"):
        pytest.skip("this torch has no int8 products")
    monkeypatch.setattr(LINEAR, "find_part", lambda name: lambda: frozenset(sets))
    assert LINEAR.find_product() == product and LINEAR.has_int8() == bool(product)


@pytest.mark.skipif(
    "fbgemm" not in torch.backends.quantized.supported_engines,
    reason="this torch has no FBGEMM",
)
@pytest.mark.parametrize("activation", ["none", "gelu"])
def test_the_product_for_avx2_is_near_and_does_not_overflow(
    monkeypatch: pytest.MonkeyPatch, activation: str
) -> None:
    """Also where all is as large as can be, and beside first rows a thousand times as
    large, which go their own way; the input stays."""
    monkeypatch.setattr(LINEAR, "find_product", lambda: "fbgemm")
    torch.manual_seed(0)
    weight, bias = torch.randn(64, 96), torch.randn(64)
    states = torch.randn(40, 96)
    for w, x in ((weight, states), (torch.ones(64, 96), torch.ones(40, 96))):
        multiply = LINEAR.pack_linear((w, bias), torch.float32, True, activation)
        x[:2] *= 1000
        given = x.clone()
        found = multiply(x, 2)
        wanted = torch.nn.functional.linear(x, w, bias)
        wanted = torch.nn.functional.gelu(wanted) if activation == "gelu" else wanted
        assert torch.equal(x, given)
        torch.testing.assert_close(found[:2], wanted[:2])
        gap = (found - wanted)[2:].square().mean() / wanted[2:].square().mean()
        assert float(gap) < 5e-4
