"""docs/checks.md names every check, in running order, with what it does by default."""

import re
from pathlib import Path

import yaml

from phantom.checks.engine.config import DATA
from phantom.registry import phantom_registry

TEXT = Path("docs/checks.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| .+ \| ([\w ]+) \|$", TEXT, flags=re.MULTILINE)


def test_every_check_has_a_row() -> None:
    assert sorted(name for name, _ in ROWS) == sorted(
        phantom_registry.phantom_checks.get_all()
    )


def test_order_and_default_are_those_of_the_settings() -> None:
    defaults = yaml.safe_load((DATA / "checks.yml").read_text())["checks"]
    rows = {name: default for name, default in ROWS if name in defaults}
    assert list(rows) == list(defaults)
    for name, settings in defaults.items():
        words = {settings.get("severity"), settings.get("action")}
        words |= {settings.get("missing")}
        assert rows[name] in (words - {None} or {"measures"}), name
