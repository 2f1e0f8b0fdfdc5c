"""Rows of a model as a source of facts."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from pydantic import Field

from phantom.jsonl import write_text
from phantom.planning.scenarios.base import World
from phantom.planning.scenarios.config import CONFIG
from phantom.planning.scenarios.generative.columns import read_columns
from phantom.planning.scenarios.generative.fit import ModelSettings, make_rows
from phantom.planning.scenarios.table import table as tell_table
from phantom.records import Fact
from phantom.registry import phantom_registry


@phantom_registry.phantom_scenarios("generated")
def generated(
    world: World,
    *,
    file: str,
    table: dict[str, Any],
    rows: Annotated[int, Field(ge=1)] = 1_000,
    leave_out: list[str] = [],  # noqa: B006
    categories: list[str] = [],  # noqa: B006
    fit: ModelSettings = ModelSettings(),  # noqa: B008
) -> Iterator[Fact]:
    """Rows that a model made after a table of the user, told as `table` tells its own.

    file: In the pack, or a path from here.
    table: Settings of the scenario `table`, all but `file`.
    rows: How many the model makes.
    leave_out: Columns that no row has, such as names.
    categories: Columns of numbers that count nothing, such as codes.
    fit: The model: model, steps, batch, hidden, latent, rate, condition.
    """
    path = world.find(file)
    where = f"{world.pack.path / CONFIG}: scenarios.generated.table"
    made = make_rows(read_columns(path, leave_out, categories), fit, rows, world.seed)
    with TemporaryDirectory() as folder:
        output = Path(folder) / f"{path.stem}-made.csv"
        write_text(output, made.to_csv())
        asked = {**table, "file": str(output)}
        settings = phantom_registry.phantom_scenarios.check("table", asked, where)
        yield from tell_table(world, **settings)
