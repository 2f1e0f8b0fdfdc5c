"""Rules for the files that ship inside a wheel."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import import_file, registry

from phantom.runtime import components_path, register_components

FILES = sorted(components_path().glob("*.py"))
NAMES = {path.stem for path in FILES}
# srsly comes with spaCy, transformers with spacy_transformers: every wheel has them.
ALLOWED = {"numpy", "spacy", "srsly", "thinc", "torch"}
ALLOWED |= {"spacy_transformers", "transformers"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level or str(node.module).split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_imports_only_what_a_wheel_has(path):
    found = imports(path) - set(sys.stdlib_module_names)
    assert found <= ALLOWED
    assert "__future__" not in imports(path)
    assert not imports(path) & (NAMES | {"phantom", "."})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_stays_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= 250


def test_every_file_imports_alone():
    """Each in an empty process would take long; each under a fresh name does too."""
    for path in FILES:
        import_file(f"alone_{path.stem}", path)


def test_imports_without_the_library(tmp_path):
    code = (
        "import sys; from pathlib import Path; from spacy.util import import_file\n"
        f"import_file('x', Path({str(components_path() / 'register.py')!r}))\n"
        "assert 'phantom' not in sys.modules\n"
    )
    run = [sys.executable, "-c", code]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)


def test_registers_everything_and_twice_is_no_error():
    modules = register_components()
    assert set(modules) == NAMES - {"register", "__init__"}
    register = import_file("again", components_path() / "register.py")
    assert set(register.MODULES) == set(modules)
    assert Language.has_factory("relation_extractor")
    assert Doc.has_extension("relations")
    registry.architectures.get("phantom.RelationModel.v1")
    registry.architectures.get("phantom.PairTensor.v1")
    registry.misc.get("phantom.TypedPairs.v1")
    registry.scorers.get("phantom.relation_scorer.v1")


def test_relations_are_unknown_until_annotated():
    register_components()
    assert Doc(Language().vocab, words=["a"])._.relations is None
