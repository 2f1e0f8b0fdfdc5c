"""docs/reference/checks.md is what the catalogue says of itself."""

from phantom.checks.reference import in_order, read_settings, render_reference
from phantom.registry import phantom_registry


def test_every_check_and_setting_is_there() -> None:
    page = render_reference()
    names = [name for name, _ in in_order()]
    assert sorted(names) == phantom_registry.phantom_checks.names()
    assert names[0] == "artefacts" and names[-1] == "numbers"
    for name in names:
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        missing = [s for s in read_settings(name) if f"`{s}" not in section]
        assert not missing, name


def test_what_becomes_of_findings_is_told() -> None:
    rows = {
        line.split("|")[1].split("`")[1]: line.split("|")[3].strip()
        for line in render_reference().splitlines()
        if line.startswith("| [`")
    }
    assert rows["pii"] == "block"
    assert rows["boundaries"] == "repair"
    assert rows["spec_relations"] == "reject"
    assert rows["quotas"] == "measures"
