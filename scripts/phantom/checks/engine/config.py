"""The content of checks.yml: which checks run, with which settings."""

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from phantom.packs.pack import explain, read_mapping
from phantom.records import Record
from phantom.registry import overlay, phantom_registry

DATA = Path(__file__).parents[1] / "data"


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
    RAISES: ValueError that names file, key and remedy.
    """
    data = read_mapping(DATA / "checks.yml")
    file = pack / "checks.yml"
    own: dict[str, Any] = {}
    if file.is_file():
        own = read_mapping(file)
    if "labels" in own:
        raise ValueError(
            f"{file}: labels: the rules of a label stand in domain.yml, as "
            "labels.<LABEL>.rules; move them there."
        )
    checks = own.pop("checks", None)
    if checks is not None and not isinstance(checks, dict):
        raise ValueError(f"{file}: checks: expected settings by the name of a check.")
    merged = overlay(data.pop("checks"), checks or {})
    entries = phantom_registry.phantom_checks.read(merged, f"{file}: checks")
    data = {**overlay(data, own), "checks": {e.name: e.settings for e in entries}}
    try:
        return ChecksConfig.model_validate(data)
    except ValidationError as error:
        raise ValueError(explain(error, ChecksConfig, file)) from None
