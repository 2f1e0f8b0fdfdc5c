"""What the fields of a prompt are called in the language of its pack."""

from collections.abc import Mapping
from typing import Any

from phantom.prompts.demonstrations import Demonstration

# What a judge is shown of a passage is called as in the answers that it judges.
_ANSWERED = ("text", "relations")


def rename(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an ask by other names; values stay, but for facts."""
    return {
        key if key in _ANSWERED else names.get(key, key): (
            _rename_facts(value, names) if key == "facts" and names else value
        )
        for key, value in fields.items()
    }


def renamed(shown: Demonstration, names: Mapping[str, str]) -> Demonstration:
    """A worked example whose ask has other names."""
    ask = rename(shown.ask, names)
    return Demonstration(
        ask=ask, text=shown.text, relations=shown.relations, origin=shown.origin
    )


def _rename_facts(facts: Any, names: Mapping[str, str]) -> Any:
    if isinstance(facts, list | tuple):
        return [_rename_facts(fact, names) for fact in facts]
    if not isinstance(facts, Mapping):
        return facts
    renamed: dict[str, Any] = {}
    for key, value in facts.items():
        told = _rename_facts(value, names)
        if key == "changes":
            # Which way something went is a word of ours.
            told = {fact: names.get(way, way) for fact, way in value.items()}
        renamed[names.get(key, key)] = told
    return renamed
