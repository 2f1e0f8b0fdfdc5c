"""Facts from the scenarios of a pack, in its order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from phantom.packs.pack import Pack
from phantom.planning.scenarios.config import CONFIG, load_config
from phantom.planning.scenarios.events import describe_causes
from phantom.records import Fact
from phantom.registry import phantom_registry


@dataclass(frozen=True)
class World:
    """Where a scenario takes place.

    pack (Pack): The domain, its lexicons and tables.
    seed (int): The same seed gives the same facts.
    left (Counter): What of a source is not told, counted by the reason.
    """

    pack: Pack
    seed: int
    left: Counter[str] = field(default_factory=Counter)

    def find(self, file: str) -> Path:
        """A file that a setting names: in the pack, else from here.

        RAISES: ValueError if it is in neither place.
        """
        for path in (self.pack.path / file, Path(file)):
            if path.is_file():
                return path
        raise ValueError(
            f"{self.pack.path / CONFIG}: {file!r} is neither in the pack nor a path "
            "from here"
        )


# Its keyword-only arguments are the settings in scenarios.yml. Facts come in the order
# in which they happen, so that a cause stands before what it causes.
Scenario = Callable[..., Iterable[Fact]]


def simulate(
    pack: Pack,
    seed: int,
    only: Iterable[str] = (),
    left: Counter[str] | None = None,
) -> Iterator[Fact]:
    """Run the pack's scenarios and yield what happens in them.

    seed (int): The same seed gives the same facts.
    only (Iterable[str]): Names of the scenarios to run; all of the pack if empty.
    left (Optional[Counter]): Counts what sources have and do not tell.
    YIELDS (Fact): With `because` in words and `rare` as scenarios.yml says.
    RAISES: ValueError for unknown names, events or labels, and equal ids.
    """
    config = load_config(pack)
    catalogue = phantom_registry.phantom_scenarios
    where = f"{pack.path / CONFIG}: scenarios"
    entries = catalogue.read(config.scenarios, where)
    wanted = list(only)
    unknown = set(wanted) - {name for name, _ in entries}
    if unknown:
        names = ", ".join(name for name, _ in entries)
        raise ValueError(f"{where} has no {min(unknown)!r}; it has {names}")
    seen: set[str] = set()
    world = World(pack, seed, Counter() if left is None else left)
    for name, settings in entries:
        if wanted and name not in wanted:
            continue
        scenario: Scenario = catalogue.get(name, where)
        for fact in describe_causes(scenario(world, **settings), config):
            problem = config.find_problem(fact, pack)
            if fact.id in seen:
                problem = "there is one of this id already"
            if problem:
                raise ValueError(f"{where}.{name}: fact {fact.id!r}: {problem}")
            seen.add(fact.id)
            yield fact


def plain_number(value: float) -> int | float:
    """A number without the .0 that text has not."""
    return int(value) if float(value).is_integer() else value
