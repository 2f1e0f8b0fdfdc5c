"""Commands of project.yml run by a step, as `spacy project run` runs them."""

from collections.abc import Mapping
from pathlib import Path

import srsly
from wasabi import msg
from weasel.cli.main import PROJECT_LOCK
from weasel.cli.run import project_run


def run_command(project: Path, name: str, variables: Mapping[str, str]) -> None:
    """Run a command unless nothing changed since it ran with the same variables.

    variables (Mapping[str, str]): Of project.yml, by name.
    RAISES: SystemExit with the status of a command that fails.
    """
    mend_lock(project)
    overrides = {f"vars.{key}": value for key, value in variables.items()}
    project_run(project, name, overrides=overrides)


def mend_lock(project: Path) -> None:
    """Take a lock file away that a kill left half written: commands then run again."""
    lock = project / PROJECT_LOCK
    if not lock.is_file():
        return
    try:
        intact = isinstance(srsly.read_yaml(lock), dict)
    except ValueError:
        intact = False
    except Exception as error:
        # The YAML reader that srsly ships has errors of its own.
        if "yaml" not in type(error).__module__:
            raise
        intact = False
    if not intact:
        lock.unlink()
        msg.warn(f"{lock} was written in part; commands run again")
