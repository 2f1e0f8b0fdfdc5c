"""The content of checks.yml: which checks run, with which settings."""

import inspect
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from phantom.checks.engine.base import get_check
from phantom.packs.pack import explain, read_text
from phantom.records import Record

DATA = Path(__file__).parent / "data"


class Target(Record):
    """Bounds of a measure; outside them its status is `status`."""

    min: float | None = None
    max: float | None = None
    status: str = Field(default="warning", pattern="^(warning|fail)$")


class Waiver(Record):
    """A finding that a person has looked at and accepts.

    check (str): The check's name.
    reason (str): The finding's reason code or the measure's name; "*" is all.
    ids (List[str]): Only these examples; empty for all.
    why (str): The person's reason, shown in the report.
    """

    check: str
    reason: str = "*"
    ids: list[str] = []
    why: str = Field(min_length=1)

    def covers(self, check: str, reason: str, ids: tuple[str, ...]) -> bool:
        """Whether a finding of that check and reason is waived."""
        same = self.check == check and self.reason in ("*", reason)
        return same and (not self.ids or ids[0] in self.ids)


class ChecksConfig(Record):
    """The content of checks.yml over the defaults.

    checks (Dict[str, Dict[str, Any]]): Settings by check, in running order.
    targets (Dict[str, Target]): Bounds by measure name.
    tables (Dict[str, str]): Word lists by name, .tsv with a header.
    person_labels (List[str]): Entity labels of people's names.
    canaries (List[str]): Strings planted in private text that must not come out.
    """

    checks: dict[str, dict[str, Any]]
    targets: dict[str, Target] = {}
    tables: dict[str, str] = {}
    person_labels: list[str] = []
    canaries: list[str] = []
    waivers: list[Waiver] = []


def load_config(pack: Path) -> ChecksConfig:
    """Read the pack's checks.yml, laid over the library's defaults.

    A check set to `false` is left out; keys of a check are laid over its default
    settings one by one.

    pack (Path): The pack's folder; checks.yml need not exist.
    RAISES: ValueError that names file, key and mend.
    """
    data = yaml.safe_load(read_text(DATA / "checks.yml"))
    file = pack / "checks.yml"
    own: dict[str, Any] = {}
    if file.is_file():
        try:
            own = yaml.safe_load(read_text(file)) or {}
        except yaml.YAMLError as error:
            raise ValueError(f"{file}: not valid YAML: {error}") from None
        if not isinstance(own, dict):
            raise ValueError(f"{file}: expected keys and values at the top level.")
    if "labels" in own:
        raise ValueError(
            f"{file}: labels: the rules of a label stand in domain.yml, as "
            "labels.<LABEL>.rules; move them there."
        )
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(data.get(key), dict):
            data[key] = _overlay(data[key], value)
        else:
            data[key] = value
    data["checks"] = {k: v or {} for k, v in data["checks"].items() if v is not False}
    try:
        config = ChecksConfig.model_validate(data)
    except ValidationError as error:
        raise ValueError(explain(error, ChecksConfig, file)) from None
    _check_settings(config, file)
    return config


def _overlay(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = {**merged[key], **value}
        else:
            merged[key] = value
    return merged


def _check_settings(config: ChecksConfig, file: Path) -> None:
    for name, settings in config.checks.items():
        known = list(inspect.signature(get_check(name)).parameters)[2:]
        for key in settings:
            if key not in known:
                raise ValueError(
                    f"{file}: checks.{name}: {key!r} is not a setting; "
                    f"use one of: {', '.join(known) or 'none exists'}"
                )
