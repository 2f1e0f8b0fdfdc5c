"""What earlier versions wrote into domain.yml, read as what it is now."""

from collections.abc import Mapping
from typing import Any

SWAP = ("labels", "copies", "copies_with", "share")
KEYS = {*SWAP, "forms", "reword", "join"}


def is_old_augment(mapping: Mapping[str, Any]) -> bool:
    """Whether `augment` is the one mapping for all that earlier versions had."""
    return set(mapping) <= KEYS and not isinstance(mapping.get("join"), dict)


def list_augmenters(mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The `augment` of earlier versions, one mapping for all, as the list it is now."""
    swap = {key: mapping[key] for key in SWAP if key in mapping}
    forms = {"forms": mapping["forms"]} if mapping.get("forms") else {}
    if forms and "reword" in mapping:
        forms["share"] = mapping["reword"]
    known = {
        "name_swap": swap if mapping.get("labels") else {},
        "mention_forms": forms,
        "join": {"share": mapping["join"]} if mapping.get("join") else {},
    }
    if not mapping.get("copies", 1) and not mapping.get("copies_with"):
        del known["name_swap"]
    return [{name: settings} for name, settings in known.items() if settings]
