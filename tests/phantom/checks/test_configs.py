"""Settings of checks: errors say where, a pack's lie over the defaults."""

from pathlib import Path

import pytest
from tests.builders.packs import make_pack

from phantom.checks import load_config


@pytest.mark.parametrize(
    ("yml", "message"),
    [
        ("checks: {nothing: {}}", "no check named 'nothing'"),
        ("checks: {pii: {speed: 3}}", "checks.pii: 'speed' is not a setting"),
        ("targets: {x: {status: bad}}", "targets.x.status"),
        ("colour: red", "colour: Extra inputs are not permitted; remove it or use one"),
        ("waivers: [{chek: pii}]", "one of: check, reason, ids, why"),
        ("labels: {DISEASE: {never: [x]}}", "domain.yml, as labels.<LABEL>.rules"),
        ("waivers: [{check: pii}]", "waivers.0.why"),
        ("checks: [", "not valid YAML"),
    ],
)
def test_config_errors_say_where(tmp_path: Path, yml: str, message: str) -> None:
    with pytest.raises(ValueError, match="checks.yml") as error:
        load_config(make_pack(tmp_path, yml).path)
    assert message in str(error.value)


def test_config_is_laid_over_the_defaults(tmp_path: Path) -> None:
    config = load_config(make_pack(tmp_path, "checks: {pii: false}").path)
    assert "pii" not in config.checks and "canaries" in config.checks
