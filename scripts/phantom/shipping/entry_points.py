"""Entry points of a wheel: what it registers is found before it is imported."""

import re
from collections.abc import Iterable
from pathlib import Path

_NAME = re.compile(r'@registry\.(\w+)\("(phantom\.[\w.]+)"\)')
_FACTORY = re.compile(r'Language\.factory\(\s*"(\w+)"')
_STOCK = "entry_points={'spacy_models': ['{m} = {m}'.format(m=model_name)]}"
# A module beside the package, so that asking it does not import the package, whose
# names would then replace those of this project, or of another wheel, in the process.
_MODULE = '''"""Finds what the package registers, for pipelines that name it."""

import importlib
import sys
from typing import Any, Optional

import catalogue

NAMES = {names!r}


def __getattr__(attribute: str) -> Optional[Any]:
    """What the process has under the name; else import the package that has it."""
    if attribute not in NAMES:
        raise AttributeError(attribute)
    kind, name = NAMES[attribute]
    home = "internal_factories" if kind == "factories" else kind
    frame = sys._getframe()
    while frame and frame.f_code.co_name != "get_entry_points":
        frame = frame.f_back
    # spaCy lists all entry points whenever it registers a factory of its own; that
    # asks for nothing. For factories it does ask by a list, as a pipeline begins.
    asked = frame is None
    if frame and kind == "factories" and frame.f_back and frame.f_back.f_back:
        caller = frame.f_back.f_back
        asked = caller.f_globals.get("__name__") == "spacy.language"
        asked = asked and caller.f_code.co_name == "__init__"
    key = ("spacy", kind, name)
    if asked and not catalogue.check_exists("spacy", home, name):
        importlib.import_module({package!r})
    return catalogue._get(key) if catalogue.check_exists(*key) else None
'''


def add_entry_points(folder: Path, package: str, files: Iterable[Path]) -> list[str]:
    """Let a package's source declare what its component files register in public.

    So `spacy.load` finds the architectures and factories of a pipeline that was made
    from the package and saved elsewhere. Private names bear a digest and are left out.

    folder (Path): The package's source, with its `setup.py`.
    package (str): Name of the package.
    files (Iterable[Path]): The component files, as they are in the package.
    RETURNS (List[str]): The names, as "registry: name".
    RAISES: ValueError if spaCy's setup.py is not what it was.
    """
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    found = set(_NAME.findall(text))
    found |= {("factories", name) for name in _FACTORY.findall(text)}
    module = f"{package}_entry_points"
    names = {re.sub(r"\W", "_", f"{kind}_{name}"): (kind, name) for kind, name in found}
    names = dict(sorted(names.items()))
    groups: dict[str, list[str]] = {"spacy_models": [f"{package} = {package}"]}
    for attribute, (kind, name) in names.items():
        group = groups.setdefault(f"spacy_{kind}", [])
        group.append(f"{name} = {module}:{attribute}")
    setup = folder / "setup.py"
    source = setup.read_text(encoding="utf-8")
    if _STOCK not in source:
        raise ValueError(
            f"{setup}: no entry points where spaCy's template had them; the wheel "
            "would not load pipelines saved from it. Use the pinned spaCy"
        )
    stated = f"py_modules=[{module!r}],\n        entry_points={groups!r}"
    setup.write_text(source.replace(_STOCK, stated), encoding="utf-8")
    code = _MODULE.format(names=names, package=package)
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    return [f"{kind}: {name}" for kind, name in names.values()]
