"""Loads every component file beside this one; for `--code` and `phantom.runtime`."""

from pathlib import Path
from types import ModuleType

from spacy.util import import_file


def register_all() -> dict[str, ModuleType]:
    """Import the flat files of this folder, which register what they define.

    RETURNS (Dict[str, ModuleType]): The modules by file name without suffix.
    """
    here = Path(__file__)
    return {
        path.stem: import_file(path.stem, path)
        for path in sorted(here.parent.glob("*.py"))
        if path.name not in (here.name, "__init__.py")
    }


MODULES = register_all()
