"""Which instruction sets multiply matrices here: the CPU's, less what is barred."""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Optional

import torch
from spacy_transformers.util import registry

# Those that oneDNN has products for, by the least of its ISA levels that uses them.
# https://uxlfoundation.github.io/oneDNN/dev_guide_cpu_dispatcher_control.html
USED_FROM = {
    "avx2": "AVX2",
    "avx_vnni": "AVX2_VNNI",
    "avx512f": "AVX512_CORE",
    "avx512_vnni": "AVX512_CORE_VNNI",
    "avx512_bf16": "AVX512_CORE_BF16",
    "amx_bf16": "AVX512_CORE_AMX",
    "amx_int8": "AVX512_CORE_AMX",
}
ARM = frozenset({"bf16", "i8mm"})
LEVELS = (
    "SSE41",
    "AVX",
    "AVX2",
    "AVX2_VNNI",
    "AVX2_VNNI_2",
    "AVX512_CORE",
    "AVX512_CORE_VNNI",
    "AVX512_CORE_BF16",
    "AVX512_CORE_FP16",
    "AVX512_CORE_AMX",
    "AVX512_CORE_AMX_FP16",
)
# Other names of the same levels.
ALIASES = {"AVX10_1_512": "AVX512_CORE_FP16", "AVX10_1_512_AMX": "AVX512_CORE_AMX"}
ALIASES["AVX10_1_512_AMX_FP16"] = "AVX512_CORE_AMX_FP16"
VARIABLES = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")


@registry.misc("phantom.InstructionSets.v1")
@lru_cache(maxsize=1)
def find_instruction_sets() -> frozenset[str]:
    """Names as in /proc/cpuinfo, of those that the products of an encoder may use.

    What `ONEDNN_MAX_CPU_ISA` bars is left out, so that one machine can stand in for a
    lesser one, and nothing is chosen that oneDNN would emulate.
    """
    return allowed(read_flags(), os.environ)


def read_flags() -> set[str]:
    """What the CPU has: all flags of the kernel's, or what torch knows of it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() in ("flags", "Features"):
            return set(value.split())
    known: dict = getattr(torch.cpu, "get_capabilities", dict)()
    names = {"avx512f": "avx512_f"}
    wanted = (*USED_FROM, *ARM)
    return {name for name in wanted if known.get(names.get(name, name))}


def allowed(flags: set[str], environment: Mapping[str, str]) -> frozenset[str]:
    """The flags that matter here, less those above the environment's level.

    flags (Set[str]): Of a CPU; Arm's know no level.
    """
    bound = find_level(environment)
    kept = {
        name
        for name, level in USED_FROM.items()
        if name in flags and (bound is None or LEVELS.index(level) <= bound)
    }
    if "avx_vnni" in kept and "avx512f" in kept:
        # oneDNN goes by the wider set; levels of AVX512 leave AVX-VNNI aside.
        kept.discard("avx_vnni")
    return frozenset(kept | (flags & ARM))


def find_level(environment: Mapping[str, str]) -> Optional[int]:
    """Place in `LEVELS` of the one that the environment allows; None for all."""
    for variable in VARIABLES:
        name = environment.get(variable, "").upper()
        name = ALIASES.get(name, name)
        if name in LEVELS:
            return LEVELS.index(name)
    return None


@registry.misc("phantom.HasBf16.v1")
def has_bf16() -> bool:
    """Whether bf16 is multiplied in hardware here (AVX512-BF16, AMX, Arm BF16)."""
    return bool(find_instruction_sets() & {"avx512_bf16", "amx_bf16", "bf16"})
