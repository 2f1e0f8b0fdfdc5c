"""What is chosen by the CPU's flags, less what the environment bars."""

import os
import subprocess
import sys

import pytest
from tests.builders import ROOT

from phantom.runtime import register_components

SETS = register_components()["encoder_instruction_sets"]
SERVER = {"avx2", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "sse2"}
AMX = SERVER | {"amx_bf16", "amx_int8"}


@pytest.mark.parametrize(
    ("flags", "level", "expected"),
    [
        (AMX, "", "amx_bf16 amx_int8 avx2 avx512_bf16 avx512_vnni avx512f"),
        (AMX, "avx512_core_bf16", "avx2 avx512_bf16 avx512_vnni avx512f"),
        (AMX, "AVX10_1_512", "avx2 avx512_bf16 avx512_vnni avx512f"),
        (SERVER, "AVX512_CORE_AMX", "avx2 avx512_bf16 avx512_vnni avx512f"),
        (AMX, "AVX512_CORE", "avx2 avx512f"),
        (AMX, "AVX2_VNNI", "avx2 avx_vnni"),
        (AMX, "AVX2", "avx2"),
        ({"avx2", "fma"}, "", "avx2"),
        ({"asimd", "bf16", "i8mm"}, "", "bf16 i8mm"),
        (AMX, "ALL", "amx_bf16 amx_int8 avx2 avx512_bf16 avx512_vnni avx512f"),
    ],
)
def test_nothing_above_the_level_of_the_environment(
    flags: set[str], level: str, expected: str
) -> None:
    found = SETS.allowed(flags, {"ONEDNN_MAX_CPU_ISA": level} if level else {})
    assert sorted(found) == expected.split()


@pytest.mark.slow
def test_a_barred_cpu_picks_what_it_has() -> None:
    """In a process of its own, since oneDNN reads the switch once."""
    code = (
        "from phantom.runtime import register_components as r; m = r();"
        "print(m['encoder_cpu_forward'].resolve_precision('auto', False, None))"
    )
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    environment["PYTHONPATH"] = str(ROOT / "scripts")
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"fp32"]
