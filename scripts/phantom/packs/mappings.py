"""YAML in which each key stands once: the later of two would go unseen."""

from collections.abc import Hashable
from typing import Any

import yaml


class _Once:
    """Mixed into a loader of yaml's, which takes the last of equal keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            name = getattr(key, "value", None)
            if isinstance(name, str) and name != "<<":
                if name in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {name!r} is there twice", key.start_mark
                    )
                seen.add(name)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)  # type: ignore[misc]
        return found


class _Fast(_Once, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Fourteen times as fast; the other one shows the place of an error."""


class _Telling(_Once, yaml.SafeLoader):
    """In Python throughout."""


def load_yaml(text: str) -> Any:
    """What a text says. RAISES: yaml.YAMLError, also for a key that is there twice."""
    try:
        return yaml.load(text, _Fast)
    except yaml.YAMLError:
        return yaml.load(text, _Telling)
