"""The runtime components, for steps and library code that need them."""

from functools import cache
from pathlib import Path
from types import ModuleType

from spacy.util import import_file


def components_path() -> Path:
    """Folder of the component files: of the checkout, or of the installed package.

    RAISES: ValueError if neither is there.
    """
    here = Path(__file__).parent
    for folder in (here.parent / "components", here / "_components"):
        if (folder / "register.py").is_file():
            return folder
    raise ValueError(
        f"no component files beside {here}: expected components/register.py; "
        "reinstall phantom or run from a complete checkout"
    )


@cache
def register_components() -> dict[str, ModuleType]:
    """Register factories, architectures and scorers with spaCy, once.

    RETURNS (Dict[str, ModuleType]): The component files by name, so that library
        code reaches their plain functions, such as those of `relation_scorer`.
    """
    return import_file("register", components_path() / "register.py").MODULES
