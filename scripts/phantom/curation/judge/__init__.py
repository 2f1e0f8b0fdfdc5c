"""An LLM that votes on passages, and what its votes are worth."""

from phantom.curation.judge.bench import Bench, Ruling, rule
from phantom.curation.judge.planted import Planted, plant_faults, read_planted
from phantom.curation.judge.votes import Judged
from phantom.curation.judge.worth import (
    Worth,
    measure_pairs,
    measure_people,
    measure_worth,
    open_gates,
)

__all__ = [
    "Bench",
    "Judged",
    "Planted",
    "Ruling",
    "Worth",
    "measure_pairs",
    "measure_people",
    "measure_worth",
    "open_gates",
    "plant_faults",
    "read_planted",
    "rule",
]
