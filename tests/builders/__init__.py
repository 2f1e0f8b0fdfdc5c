"""What tests share: paths, examples; packs and pipelines in the modules beside."""

from pathlib import Path

from tests.builders.examples import example, make_specs

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
MEDICINE = ROOT / "assets" / "domains" / "medicine"
FINANCE = ROOT / "assets" / "domains" / "finance"
PETS = ROOT / "tests" / "domains" / "pets"
OPENAI = ROOT / "configs" / "llm" / "openai.cfg"

__all__ = [
    "FINANCE",
    "MEDICINE",
    "OPENAI",
    "PETS",
    "ROOT",
    "SHARED",
    "example",
    "make_specs",
]
