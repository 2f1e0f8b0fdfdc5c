"""Loads every component file beside this one; for `--code` and `phantom.runtime`."""

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from spacy.util import import_file


def register_all() -> dict[str, ModuleType]:
    """Import the flat files of this folder, which register what they define.

    They are known under names by which another process finds them, since
    `nlp.pipe(n_process=2)` sends components as references to their modules where
    processes are spawned.

    RETURNS (Dict[str, ModuleType]): The modules by file name without suffix.
    """
    here, package = Path(__file__), package_name()
    found = {}
    for path in sorted(here.parent.glob("*.py")):
        if path.name not in (here.name, "__init__.py"):
            name = f"{package}.{path.stem}"
            module = sys.modules.get(name)
            # Loaded twice, functions of the first time could not be pickled any more.
            if module is None or module.__file__ != str(path):
                module = sys.modules[name] = import_file(name, path)
            found[path.stem] = module
    return found


def package_name() -> str:
    """The name under which Python can import this folder, here and in a new process.

    RETURNS (str): "phantom._components" where phantom is installed; else the folder's
        name, whose parent is put at the end of the search path if need be.
    """
    here = Path(__file__).parent
    names = ["phantom._components"] if "phantom" in sys.modules else []
    for name in [*names, here.name]:
        spec = find_spec(name)
        if spec and spec.origin and Path(spec.origin).parent == here:
            return name
    sys.path.append(str(here.parent))
    return here.name


MODULES = register_all()
if not MODULES:
    raise ImportError(
        f"{Path(__file__).parent}: register.py is here without the component files "
        "that it loads; a package made with `spacy package --code register.py` lacks "
        "them. Use the project's `package` command, or give spaCy all component files "
        "but register.py: --code a.py,b.py"
    )
MODULES["register_codecs"].look_up_codecs_once()
