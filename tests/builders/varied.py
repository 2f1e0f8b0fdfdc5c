"""What augmenters of the catalogue make of examples, settings checked."""

from typing import Any

from tests.builders import MEDICINE

from phantom.augmenters.base import Passages
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.registry import phantom_registry

SHORTHAND = "augment/shorthand.tsv"
# They keep each mention and relation; at the strongest that each can be set to.
KEEPING: list[tuple[str, dict[str, Any]]] = [
    ("ocr", {"share": 1.0, "level": 3, "times": 5.0}),
    ("typo", {"share": 1.0, "rate": 1.0}),
    ("casing", {"share": 1.0, "ways": ["lower", "upper", "title"]}),
    ("shorthand", {"share": 1.0, "rate": 1.0, "table": SHORTHAND}),
    ("numbers", {"share": 1.0, "rate": 1.0}),
    ("telegram", {"share": 1.0, "rate": 1.0}),
    ("bullets", {"share": 1.0, "unended": 1.0}),
    ("vitals", {"share": 1.0}),
    ("placeholders", {"share": 1.0}),
    ("other_letters", {"share": 1.0}),
]
PACK = load_pack(MEDICINE)


def vary(
    name: str, options: dict[str, Any], *given: Example, seed: int = 0
) -> list[Example]:
    """What an augmenter of the catalogue makes of examples, settings checked."""
    checked = phantom_registry.phantom_augmenters.check(name, options, "augment")
    passages = Passages(PACK, given, seed, list(given))
    return list(phantom_registry.phantom_augmenters.get(name)(passages, **checked))
