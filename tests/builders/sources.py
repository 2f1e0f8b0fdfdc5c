"""What a source file imports and names, read from its syntax tree."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path


def imported(path: Path, package: str = "") -> set[str]:
    """Dotted names of all that a file imports, anywhere in it.

    package (str): The package of the file, against which relative imports are read.
    RETURNS (Set[str]): For `from a.b import c` both "a.b" and "a.b.c".
    """
    return set(_imported(path.read_text(encoding="utf-8"), package))


@functools.cache
def _imported(text: str, package: str) -> frozenset[str]:
    """By what a file says, so that copies of the library are parsed once."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join(above) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def imports(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports; "." for a relative one."""
    return {name.partition(".")[0] or "." for name in imported(path)}


def used_names(path: Path) -> Iterator[tuple[int, str]]:
    """Each name and dotted attribute of a file. YIELDS: line and name."""
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.lineno, f"{node.value.id}.{node.attr}"


def registry_calls(path: Path) -> Iterator[tuple[str, str, str]]:
    """Use of spaCy's registries with a literal name.

    YIELDS (Tuple[str, str, str]): "register" or "get", the registry, the name.
    """
    for node in ast.walk(_parse(path)):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = node.args[0]
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
            continue
        match ast.unparse(node.func).split("."):
            case ["registry", kind]:
                yield "register", kind, name.value
            case ["registry", kind, "get"]:
                yield "get", kind, name.value


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))
