"""Attack made rows: do they give away what a person of the private table has?"""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from console.attacks import finish_attacks
from console.options import split_names
from console.step import run_step
from phantom.attacks.attributes import infer_attribute
from phantom.attacks.verdicts import Limits
from phantom.planning.scenarios.generative.columns import read_columns


def attack_rows(
    made: Annotated[Path, Argument(help="Rows that were made (.csv)")],
    private: Annotated[Path, Argument(help="The table that they were made of")],
    holdout: Annotated[Path, Argument(help="Other people of the same kind")],
    sensitive: Annotated[str, Argument(help="Columns to guess, commas between")],
    report: Annotated[Path, Argument(help="The figures (.json)")],
    known: Annotated[
        str, Option(help="Columns that an attacker has; '' for all others")
    ] = "",
    leave_out: Annotated[str, Option(help="Columns such as names and ids")] = "",
    max_gain: Annotated[
        float, Option(help="Fail where people of the table are surely guessed by more")
    ] = 0.05,
    seed: Annotated[int, Option(help="Of the attacker's model")] = 0,
) -> None:
    """Guess sensitive values from the others; fail where being in the table tells."""
    rows, people, others = (
        read_columns(x, split_names(leave_out)) for x in (made, private, holdout)
    )
    wanted = split_names(sensitive)
    if not wanted:
        raise ValueError("name a column to guess, such as diagnosis")
    found = [
        infer_attribute(
            rows, people, others, name, split_names(known), seed
        ).model_dump()
        for name in wanted
    ]
    told = {"attributes": found, "seed": seed, "known": known}
    finish_attacks(told, Limits(gain=max_gain), report)


if __name__ == "__main__":
    run_step(attack_rows)
