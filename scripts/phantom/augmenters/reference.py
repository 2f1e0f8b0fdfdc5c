"""The page of augmenters in the docs, made from the catalogue."""

import inspect
import re
from typing import Any

from phantom.registry import phantom_registry

SETTING = re.compile(r"(\w+)(?: \(\S[^)]*\))?: ")
HEAD = """# Augmenters and their settings

What `convert` writes more training passages with: `augment` in a pack's `domain.yml` is
a list, and each augmenter sees what those before it made. Of the short passages alone:
whole documents are cut into windows instead (`feeding`), and dev text is never varied.

```yaml
augment:
  - name_swap: {labels: [SPECIES], copies: 2}
  - join: {share: 0.5}
```

A setting without a default is needed. A variant keeps origin and weight of its passage,
and names it in `derived_from`. No augmenter runs that is not listed.

This page is made by `python scripts/document.py docs/reference`. A package adds
augmenters by entry points of the group `phantom_augmenters`.
"""


def render_reference() -> str:
    """The page as Markdown: a table, then each augmenter with its settings."""
    rows = ["| augmenter | yields | settings |", "|---|---|---|"]
    sections = []
    for name, augmenter in phantom_registry.phantom_augmenters.get_all().items():
        text = inspect.getdoc(augmenter) or ""
        shown = {key: _show(key, value) for key, value in read_settings(name).items()}
        first = text.partition("\n")[0].removesuffix(".")
        rows.append(f"| [`{name}`](#{name}) | {first} | {', '.join(shown.values())} |")
        sections.append(f"## {name}\n\n{_describe(text, shown)}")
    return "\n".join([HEAD, *rows, "", "\n\n".join(sections), ""])


def read_settings(name: str) -> dict[str, Any]:
    """Settings of an augmenter by name, with their defaults; `...` where needed."""
    fields = phantom_registry.phantom_augmenters.model(name).model_fields
    return {key: ... if f.is_required() else f.default for key, f in fields.items()}


def _show(key: str, value: Any) -> str:
    if value is ...:
        return f"`{key}`"
    return f"`{key}: {'null' if value is None else value}`"


def _describe(text: str, shown: dict[str, str]) -> str:
    lines = []
    for line in text.splitlines():
        setting = SETTING.match(line)
        if setting and setting[1] in shown:
            line = f"- {shown[setting[1]]}: {line[setting.end() :]}"
        elif line.startswith("    "):
            line = f"  {line.strip()}"
        lines.append(line)
    return "\n".join(lines)
