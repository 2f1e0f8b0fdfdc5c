"""What a source file imports, names, registers and writes, by its syntax tree."""

import ast
import functools
from pathlib import Path
from typing import NamedTuple

WRITING = {
    *("write_text", "write_bytes", "to_disk", "savefig", "save_file", "savez"),
    *("save_pretrained", "to_excel", "to_parquet", "copyfile"),
}


class Source(NamedTuple):
    """What stands in a file.

    imports (Tuple): Level of a relative import, module, names; of `import a` no names.
    names (FrozenSet[str]): Names and dotted attributes.
    words (Tuple[Tuple[int, str], ...]): Names and strings with their lines, without
        docstrings, which may give examples.
    registry (Tuple[Tuple[str, str, str], ...]): Use of spaCy's registries with a
        literal name: "register" or "get", the registry, the name.
    writes (bool): Whether a file is written under another name than `temporary`.
    summary (str): First line of the docstring.
    """

    imports: tuple[tuple[int, str, tuple[str, ...]], ...]
    names: frozenset[str]
    words: tuple[tuple[int, str], ...]
    registry: tuple[tuple[str, str, str], ...]
    writes: bool
    summary: str


def read(path: Path) -> Source:
    """What stands in a file; of a copy of one that was read, nothing is parsed."""
    return _read(path.read_text(encoding="utf-8"))


@functools.cache
def _read(text: str) -> Source:
    tree = ast.parse(text)
    imports, registry = [], []
    names: set[str] = set()
    words: list[tuple[int, str]] = []
    docstrings: set[int] = set()
    writes = False
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef():
                if node.body and isinstance(node.body[0], ast.Expr):
                    docstrings.add(id(node.body[0].value))
            case ast.Import():
                imports += [(0, alias.name, ()) for alias in node.names]
            case ast.ImportFrom():
                given = tuple(alias.name for alias in node.names)
                imports.append((node.level, node.module or "", given))
            case ast.Constant(value=str(value)):
                if id(node) not in docstrings:
                    words.append((node.lineno, value))
            case ast.Name():
                names.add(node.id)
                words.append((node.lineno, node.id))
            case ast.Attribute():
                words.append((node.lineno, node.attr))
                if isinstance(node.value, ast.Name):
                    names.add(f"{node.value.id}.{node.attr}")
            case ast.arg():
                words.append((node.lineno, node.arg))
            case ast.Call(func=ast.Attribute(value=target, attr=called)):
                direct = called in WRITING or (called == "open" and _is_written(node))
                writes |= direct and not _temporary(target, *node.args[:1])
                registry += _registered(node)
            case ast.Call(func=ast.Name(id="open")):
                writes |= _is_written(node) and not _temporary(*node.args[:1])
    return Source(
        tuple(imports),
        frozenset(names),
        tuple(words),
        tuple(registry),
        writes,
        (ast.get_docstring(tree) or "").partition("\n")[0],
    )


def _is_written(call: ast.Call) -> bool:
    """Whether a file is opened to be written anew; to a log it is appended."""
    given = [*call.args, *(x.value for x in call.keywords if x.arg == "mode")]
    modes = [x.value for x in given if isinstance(x, ast.Constant)]
    return any(isinstance(mode, str) and mode[:1] in {"w", "x"} for mode in modes)


def _temporary(*nodes: ast.expr) -> bool:
    return any(isinstance(x, ast.Name) and x.id == "temporary" for x in nodes)


def _registered(call: ast.Call) -> list[tuple[str, str, str]]:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="registry"), attr=kind),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return [("register", kind, name)]
        case ast.Call(
            func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="registry"), attr=kind),
                attr="get",
            ),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return [("get", kind, name)]
    return []


def imported(path: Path, package: str = "") -> set[str]:
    """Dotted names of all that a file imports, anywhere in it.

    package (str): The package of the file, against which relative imports are read.
    RETURNS (Set[str]): For `from a.b import c` both "a.b" and "a.b.c".
    """
    names: set[str] = set()
    for level, module, given in read(path).imports:
        above = package.split(".")[: len(package.split(".")) - level + 1]
        base = ".".join(above) if level else ""
        module = ".".join(part for part in (base, module) if part)
        names |= {module, *(f"{module}.{name}" for name in given)}
    return names


def imports(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports; "." for a relative one."""
    return {name.partition(".")[0] or "." for name in imported(path)}
