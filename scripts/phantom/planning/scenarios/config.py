"""The content of scenarios.yml: what is simulated, and what is written of it."""

from itertools import product
from typing import Any

from pydantic import Field

from phantom.packs.pack import Pack, read_yaml
from phantom.planning.plan import is_excluded
from phantom.records import Attribute, Fact, Record, Term

CONFIG = "scenarios.yml"


class EventRule(Record):
    """What is written of one kind of event.

    kind (str): The kind of example, as in domain.yml.
    attributes (Dict[str, Union[str, int, List]]): Those that the event decides, a
        value or several to choose from.
    weight (float): Share among the events, 0 for none: then it only causes others.
    rare (bool): Whether it is seldom met in text; `plan --rare` has a share of them.
    keep (List[str]): Keys of the numbers, dates and texts that are told; all if empty.
    terms (Dict[str, Term]): Names that are the same each time, such as the measure of
        an amount.
    marks (Dict[str, str]): Entity labels of numbers, by key.
    relations (List): Head, label and tail by keys; left out where one is missing.
    says (str): The event as a clause, where it is the cause of another: its keys in
        braces, such as "{firm} cut its dividend".
    """

    kind: str
    attributes: dict[str, Attribute | list[Attribute]] = {}
    weight: float = Field(default=1.0, ge=0)
    rare: bool = False
    keep: list[str] = []
    terms: dict[str, Term] = {}
    marks: dict[str, str] = {}
    relations: list[tuple[str, str, str]] = []
    says: str = ""

    def choices(self) -> dict[str, list[Attribute]]:
        """Values to choose from, by attribute."""
        return {
            key: value if isinstance(value, list) else [value]
            for key, value in self.attributes.items()
        }


class ScenarioConfig(Record):
    """The content of scenarios.yml.

    scenarios (List): Names of the catalogue with their settings, in order.
    labels (Dict[str, str]): The domain's entity label for what a scenario calls a
        firm, a drug ...; "" tells the name without a label.
    events (Dict[str, EventRule]): By the event of a fact.
    """

    scenarios: list[str | dict[str, dict[str, Any] | None]] = Field(min_length=1)
    labels: dict[str, str] = {}
    events: dict[str, EventRule]

    def find_problem(self, fact: Fact, pack: Pack) -> str:
        """Why a fact can't become a spec of the pack, "" if it can."""
        if fact.event not in self.events:
            known = ", ".join(self.events)
            return f"{fact.event!r} is no event; {CONFIG} has {known}"
        for key, label in (
            *((key, term.label) for key, term in fact.entities.items()),
            *((key, n.label) for key, n in fact.numbers.items() if n.label),
        ):
            if label not in pack.labels:
                return f"{key} has the label {label!r}, which domain.yml has not"
        for link in fact.relations:
            if link.label not in pack.relations:
                return f"the relation {link.label!r} is not in domain.yml"
        return ""


def load_config(pack: Pack) -> ScenarioConfig:
    """Read and check scenarios.yml.

    RAISES: ValueError that names file, key and remedy.
    """
    path = pack.path / CONFIG
    if not path.is_file():
        raise ValueError(
            f"{pack.path}: no {CONFIG}, so there is nothing to simulate; docs/"
            "scenarios.md says what it holds"
        )
    config = read_yaml(path, ScenarioConfig)
    for name, rule in config.events.items():
        where = f"{path}: events.{name}"
        if rule.kind not in pack.kinds:
            raise ValueError(f"{where}.kind: {rule.kind!r} is no kind of domain.yml")
        for key, values in rule.choices().items():
            grid = pack.attributes.get(key)
            unknown = [v for v in values if grid is None or v not in grid.values]
            if grid is None or unknown or not values:
                raise ValueError(
                    f"{where}.attributes.{key}: {unknown or values} is no value in "
                    "domain.yml"
                )
            if not grid.applies_to(rule.kind):
                raise ValueError(
                    f"{where}.attributes.{key}: kind {rule.kind!r} doesn't carry it"
                )
        for combination in product(*rule.choices().values()):
            chosen = dict(zip(rule.attributes, combination, strict=True))
            if not is_excluded(pack.domain, rule.kind, chosen):
                break
        else:
            raise ValueError(f"{where}: `excludes` of domain.yml rules it out")
    return config
