"""Who may import whom; who may speak."""

import ast
import tomllib
from pathlib import Path

import pytest

SCRIPTS = Path("scripts")
STEPS = {path.stem for path in SCRIPTS.glob("*.py")}
LIBRARY = sorted(SCRIPTS.glob("phantom/**/*.py"))
COMPONENTS = sorted(SCRIPTS.glob("components/*.py"))
CLIENTS = {"openai", "httpx", "aiohttp", "requests", "urllib3", "socket"}


def imported(path: Path) -> set[str]:
    """Top-level names of the modules that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or ".").partition(".")[0])
    return names


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_components_import_no_phantom_and_not_each_other(path: Path) -> None:
    siblings = {other.stem for other in COMPONENTS}
    assert not imported(path) & ({"phantom", "typer", "rich"} | siblings)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_library_imports_no_step_and_no_client(path: Path) -> None:
    used = imported(path)
    assert not used & STEPS
    assert "typer" not in used
    if "llms" not in path.parts:
        assert not used & CLIENTS


def test_every_package_is_installed() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    folders = {path.parent for path in SCRIPTS.glob("phantom/**/__init__.py")}
    names = {".".join(path.relative_to(SCRIPTS).parts) for path in folders}
    listed = set(project["tool"]["setuptools"]["packages"])
    assert listed == names | {"phantom._components"}


def test_only_steps_print() -> None:
    for path in LIBRARY:
        if path.name == "probe.py":  # a program of its own, for the bare environment
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_print = isinstance(node, ast.Name) and node.id == "print"
            assert not is_print, f"{path}:{node.lineno}"
