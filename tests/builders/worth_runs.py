"""A run of `measurements/worth.py` whose data lie in one folder."""

import argparse
import sys
from pathlib import Path
from typing import Any

from tests.builders import ROOT

sys.path.insert(0, str(ROOT / "measurements"))

import worth
import worth_pipelines

from phantom.packs.pack import load_pack


def measure(folder: Path, **more: Any) -> worth.Worth:
    """Trains 10 steps of seed 0, with 5 gold examples, unless `more` says otherwise."""
    pack = load_pack(ROOT / "assets" / "domains" / more.pop("domain", "medicine"))
    given: dict[str, Any] = {
        **{"corpus": folder / "corpus", "data": folder, "folder": folder / "out"},
        **{"pipelines": {}, "steps": 10, "limit": 5, "seeds": [0], "k": [5]},
        **{"rows": None, "gold": None, "unlabelled": [], "take": 9},
        **{"config": Path("train.cfg"), "encoder": "small"},
    }
    args = argparse.Namespace(**{**given, **more})
    return worth.Worth(pack, args, worth_pipelines.Pipelines(pack, args))
