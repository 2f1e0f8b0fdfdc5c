"""docs/reference/augmenters.md is what the catalogue says of itself."""

import yaml

from phantom.augmenters.reference import read_settings, render_reference
from phantom.registry import phantom_registry


def test_every_augmenter_and_setting_is_there() -> None:
    page = render_reference()
    names = phantom_registry.phantom_augmenters.names()
    assert {"join", "mention_forms", "name_swap"} <= set(names)
    for name in names:
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        missing = [s for s in read_settings(name) if f"- `{s}" not in section]
        assert not missing, name
    assert "- `share: 0.7`: Probability" in page
    assert "- `labels`: " in page


def test_the_example_is_one_that_can_be_read() -> None:
    shown = render_reference().partition("```yaml\n")[2].partition("```")[0]
    chosen = yaml.safe_load(shown)["augment"]
    read = phantom_registry.phantom_augmenters.read(chosen, "augment")
    assert [entry.name for entry in read] == ["name_swap", "join"]
