"""Rules for the files that ship inside a wheel."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import catalogue
import pytest
import srsly
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import import_file, registry
from tests.builders.sources import imports, read

from phantom.runtime import components_path, register_components
from phantom.shipping.wheel import BESIDE_WHEELS

FILES = sorted(components_path().glob("*.py"))
NAMES = {path.stem for path in FILES}
# catalogue and srsly come with spaCy, transformers with spacy_transformers: every wheel
# has them.
ALLOWED = {"catalogue", "numpy", "spacy", "srsly", "thinc", "torch"}
ALLOWED |= {"spacy_transformers", "transformers"}


def test_imports_only_what_a_wheel_has() -> None:
    allowed = (ALLOWED | set(sys.stdlib_module_names)) - NAMES - {"__future__"}
    found = {path.stem: imports(path) - allowed for path in FILES}
    assert {stem: names for stem, names in found.items() if names} == {}


def registered() -> dict[tuple[str, str], list[str]]:
    """Files that register a name, by registry and name."""
    homes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in FILES:
        for call, kind, name in read(path).registry:
            if call == "register":
                homes[kind, name].append(path.stem)
    return homes


def test_each_name_is_registered_in_exactly_one_file() -> None:
    homes = registered()
    assert len(homes) > 20
    assert {key: stems for key, stems in homes.items() if len(stems) != 1} == {}


def test_names_asked_for_are_registered_in_another_file() -> None:
    """Within one file a plain call would do."""
    homes = registered()
    for path in FILES:
        for call, kind, name in read(path).registry:
            if call == "get":
                assert name.startswith(("spacy.", "spacy-")) or homes[kind, name], name
                assert homes[kind, name] != [path.stem], name


def test_the_folder_is_flat_and_names_say_what_a_file_belongs_to() -> None:
    folder = components_path()
    others = {"__init__", "register", "word_tokenizer"}
    belongs = ("document_", "entity_", "relation_", "pair_", "encoder_", "register_")
    assert {stem for stem in NAMES - others if not stem.startswith(belongs)} == set()
    assert [p for p in folder.iterdir() if p.is_dir() and p.name != "__pycache__"] == []


@pytest.mark.slow
def test_every_file_imports_alone() -> None:
    """Each in an empty process would take long; each under a fresh name does too.

    In a process of its own, since what they register would stay.
    """
    code = (
        "import sys; from pathlib import Path; from spacy.util import import_file\n"
        "for name in sys.argv[1:]:\n"
        "    import_file('alone_' + Path(name).stem, Path(name))\n"
    )
    run = [sys.executable, "-c", code, *map(str, FILES)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
def test_imports_without_the_library(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from spacy.util import import_file\n"
        f"import_file('x', Path({str(components_path() / 'register.py')!r}))\n"
        "assert 'phantom' not in sys.modules\n"
    )
    run = [sys.executable, "-c", code]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)


def test_registers_everything_and_twice_is_no_error() -> None:
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


def test_codecs_of_other_packages_are_looked_up_once_and_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """srsly asks all entry points, and all that is registered, at each call."""

    def codec(value: Any, chain: Any = None) -> Any:
        return "a set" if isinstance(value, set) else chain(value)

    codecs = srsly.msgpack_encoders
    monkeypatch.setattr(codecs, "entry_points", True)
    monkeypatch.setattr(codecs, "get_entry_points", lambda: {"of_a_package": codec})
    import_file("once_more", components_path() / "register.py")
    try:
        assert codecs.entry_points is False
        packed = srsly.msgpack_dumps({"a": {1}, "b": 2})
        assert srsly.msgpack_loads(packed) == {"a": "a set", "b": 2}
        asked = codecs.get_all.look_up
        calls: list[int] = []
        counted = lambda: calls.append(1) or asked()  # noqa: E731
        monkeypatch.setattr(codecs.get_all, "look_up", counted)
        srsly.msgpack_dumps({"a": 1})
        assert calls == []
        # Until somebody registers another.
        codecs.register("later", func=codec)
        srsly.msgpack_dumps({"a": 1})
        srsly.msgpack_dumps({"a": 1})
        assert calls == [1]
    finally:
        for name in ("of_a_package", "later"):
            catalogue.REGISTRY.pop((*codecs.namespace, name), None)


def test_relations_are_unknown_until_annotated() -> None:
    register_components()
    assert Doc(Language().vocab, words=["a"])._.relations is None


@pytest.mark.slow
def test_another_process_finds_the_files_by_name(tmp_path: Path) -> None:
    """What `nlp.pipe(n_process=2)` does where processes are spawned."""
    pickled = tmp_path / "component"
    # Of its own, too: other tests load the files a second time.
    first = (
        "import pickle, spacy; from pathlib import Path\n"
        "from phantom.runtime import register_components\n"
        "print(register_components()['relation_pipe'].__name__)\n"
        "nlp = spacy.blank('en')\n"
        "nlp.add_pipe('relation_extractor', config={'relation_schema': {}})\n"
        f"path = Path({str(pickled)!r})\n"
        "path.write_bytes(pickle.dumps(nlp.get_pipe('relation_extractor')))"
    )
    code = (
        "import pickle; from pathlib import Path\n"
        f"pipe = pickle.loads(Path({str(pickled)!r}).read_bytes())\n"
        "from spacy.language import Language\n"
        "assert Language.has_factory('relation_extractor')\n"
        "print(pipe.name, type(pipe).__module__)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    made, done = (
        subprocess.run(
            [sys.executable, "-c", part],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
        )
        for part in (first, code)
    )
    said = done.stdout.split()
    assert said == ["relation_extractor", *made.stdout.split()], made.stderr


def test_the_map_lists_every_file_with_its_docstring() -> None:
    listed = dict(
        re.findall(
            r"^\| `(\w+)\.py` \| (.*) \|$",
            (components_path() / "README.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    summaries = {path.stem: read(path).summary for path in FILES}
    for stem in BESIDE_WHEELS:
        del summaries[stem]
    assert listed == summaries
