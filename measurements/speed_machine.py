"""The machine of the speed benchmark: its class of CPU, and what it runs natively."""

import os
import platform
from pathlib import Path
from typing import Any

import spacy
import torch

from phantom.runtime import register_components

# From the least to the most, with the environment that lets a better CPU stand in:
# oneDNN's products, torch's own kernels, MKL's products, which stock uses, and
# FBGEMM's, for int8 without VNNI.
CLASSES: dict[str, dict[str, str]] = {
    "AVX2": {
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "FBGEMM_ENABLE_INSTRUCTIONS": "AVX2",
    },
    "AVX512": {
        "ONEDNN_MAX_CPU_ISA": "AVX512_CORE",
        "FBGEMM_ENABLE_INSTRUCTIONS": "AVX512",
    },
    "AVX512-BF16/VNNI": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"},
    "AMX": {},
}
NEEDS = {"AVX2": "avx2", "AVX512": "avx512f", "AVX512-BF16/VNNI": "avx512_bf16"}
NEEDS["AMX"] = "amx_bf16"
SWITCHES = sorted({name for switches in CLASSES.values() for name in switches})


def describe_machine() -> dict[str, Any]:
    """Processor, threads, instruction sets and what stands in the environment."""
    sets = register_components()["encoder_instruction_sets"]
    usable = sets.find_instruction_sets()
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1] for line in lines if line.startswith("model name")]
    switches = {name: os.environ[name] for name in SWITCHES if name in os.environ}
    return {
        "processor": (names or [platform.processor()])[0].strip(),
        "threads": torch.get_num_threads(),
        "class": find_class(usable),
        "stands_in": bool(switches),
        "instruction_sets": sorted(usable),
        "torch_kernels": torch.backends.cpu.get_cpu_capability(),
        "switches": switches,
        "torch": torch.__version__,
        "spacy": spacy.__version__,
    }


def find_class(usable: frozenset[str]) -> str:
    """The best class that these instruction sets reach; "other" below all."""
    return next((c for c in reversed(CLASSES) if NEEDS[c] in usable), "other")


def find_precisions(emulated: bool) -> tuple[str, list[str]]:
    """What `precision = "auto"` picks here, and all that are to be measured.

    emulated (bool): Those too that this CPU computes without hardware for them.
    RETURNS (Tuple[str, List[str]]): Such as "bf16" and ["fp32", "bf16", "int8"].
    """
    modules = register_components()
    has_bf16 = modules["encoder_instruction_sets"].has_bf16()
    has_int8 = modules["encoder_packed_linear"].has_int8()
    native = {"fp32": True, "bf16": has_bf16, "int8": has_int8}
    picked = modules["encoder_cpu_forward"].resolve_precision("auto", False, None)
    return picked, [name for name, own in native.items() if own or emulated]
