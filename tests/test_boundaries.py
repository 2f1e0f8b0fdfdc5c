"""Who may import whom, speak, open a socket, write a file; how long a file may be."""

import shutil
import statistics
import tomllib
from pathlib import Path

import pytest
from tests.builders import ROOT
from tests.builders.sources import imported, read

SCRIPTS = ROOT / "scripts"
STEPS = {path.stem for path in SCRIPTS.glob("*.py")}
LIBRARY = sorted(SCRIPTS.glob("phantom/**/*.py"))
MEASUREMENTS = sorted(ROOT.glob("measurements/**/*.py"))
# From the ground up. Imports go strictly down: rooms of one layer do not know each
# other, and no step knows another step.
LAYERS = (
    "records registry runtime",
    "jsonl features",
    "packs formats completions privacy",
    "passages feedback",
    "planning prompts augmenters scans",
    "llms",
    "curation checks corpora evaluation",
    "training review shipping documents images pseudonyms attacks",
    "reports",
    "console",
    "steps",
)
FLOOR = {room: i for i, rooms in enumerate(LAYERS) for room in rooms.split()}
BESIDE_THE_ROOMS = {*LAYERS[0].split(), *LAYERS[1].split(), "__init__"}
CLIENTS = {
    *("aiohttp", "ftplib", "grpc", "http.client", "http.server", "httpx", "httpx2"),
    "nvflare",
    *("openai", "requests", "selectors", "smtplib", "socket", "socketserver", "ssl"),
    *("urllib.request", "urllib3", "uvicorn", "websockets", "xmlrpc", "zmq"),
}
# Out through the wire; in on this machine alone for the review page, and behind the
# wall of the egress proof, which stands in front of all of them.
SOCKETS = {
    *("phantom/llms/wire", "phantom/training/federated/link", "phantom/review/server"),
    "phantom/training/federated/kits",
    "phantom/privacy/egress",
}
# All others rename what they write into place, see phantom.jsonl.replace_file.
WRITE_ELSEWHERE = {
    "components/document_concepts.py": "a component's folder in a pipeline",
    "components/relation_pool.py": "a log that is appended to",
    "phantom/completions/journal.py": "who holds the lock",
    "phantom/privacy/egress/inside.py": "behind the wall, which is thrown away",
    "phantom/reports/svg.py": "in memory",
    "phantom/shipping/documents.py": "the stage of a wheel",
    "phantom/shipping/entry_points.py": "the stage of a wheel",
    "phantom/shipping/quantize.py": "a folder that the stage is made from",
    "phantom/shipping/trial.py": "an environment that is thrown away",
    "phantom/shipping/wheel.py": "the stage of a wheel",
    "phantom/training/checkpoint.py": "a folder that is renamed",
    "phantom/training/multilingual.py": "a folder as transformers writes it",
    "phantom/training/loop.py": "the last pipeline, beside its checkpoint",
}
# Runs on its own, in an environment that has nothing but the wheel.
PROGRAMS = {SCRIPTS / "phantom" / "shipping" / "probe.py"}


def room_of(parts: tuple[str, ...]) -> str:
    """The room of a file or module below scripts/, such as ("phantom", "packs")."""
    if parts[0] == "phantom":
        return parts[1] if len(parts) > 1 else "__init__"
    return parts[0] if parts[0] in ("console", "components") else "steps"


def upward(scripts: Path) -> list[str]:
    """Imports within a scripts/ folder that do not go down."""
    steps = {path.stem for path in scripts.glob("*.py")}
    rooms = {"phantom", "console", "components"}
    found = []
    for path in sorted(scripts.rglob("*.py")):
        parts = path.relative_to(scripts).with_suffix("").parts
        room = room_of(parts)
        if room in ("components", "__init__"):
            continue
        for name in imported(path, ".".join(parts[:-1])):
            target = tuple(name.split("."))
            if target == ("phantom",) or target[0] not in steps | rooms:
                continue
            other = room_of(target)
            below = FLOOR.get(other, -1) < FLOOR[room]
            if not below and (other != room or room == "steps"):
                found.append(f"{path.relative_to(scripts)} imports {name}")
    return found


def test_imports_go_strictly_down() -> None:
    assert upward(SCRIPTS) == []


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("phantom/packs/pack.py", "from phantom.reports.tables import show_scores"),
        ("phantom/records/base.py", "from phantom import jsonl"),
        ("phantom/planning/plan.py", "from phantom.prompts.prompter import Prompter"),
        ("phantom/runtime.py", "from phantom.records import Spec"),
        ("phantom/packs/pack.py", "from ..reports import tables"),
        ("phantom/llms/wire/flow.py", "import phantom.curation.curator"),
        ("phantom/reports/scores.py", "from console import verdict"),
        ("phantom/jsonl.py", "def late():\n    from phantom.packs import pack"),
        ("console/step.py", "import generate"),
        ("curate.py", "from check import check"),
    ],
)
def test_a_planted_import_is_seen(tmp_path: Path, place: str, line: str) -> None:
    copy = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / place).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    assert {found.partition(" ")[0] for found in upward(copy)} == {place}


def test_every_room_has_its_layer() -> None:
    rooms = {
        room_of(path.relative_to(SCRIPTS).with_suffix("").parts) for path in LIBRARY
    }
    assert rooms <= FLOOR.keys() | {"__init__"}


def test_tests_mirror_the_rooms() -> None:
    tests = {path.name for path in (ROOT / "tests/phantom").iterdir() if path.is_dir()}
    rooms = {path.parent.name for path in SCRIPTS.glob("phantom/*/__init__.py")}
    assert tests - {"__pycache__"} == rooms


def test_little_stands_beside_the_rooms() -> None:
    files = {path.stem for path in (SCRIPTS / "phantom").glob("*.py")}
    assert files <= BESIDE_THE_ROOMS and len(files) <= 6


def test_no_file_is_long() -> None:
    lines = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in [*SCRIPTS.rglob("*.py"), *MEASUREMENTS, *ROOT.glob("tests/**/*.py")]
        if path.name != "__init__.py"
    }
    assert {str(path) for path, count in lines.items() if count > 250} == set()
    assert 80 <= statistics.median(lines.values()) <= 120


def test_a_step_is_an_outline() -> None:
    steps = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in SCRIPTS.glob("*.py")
    }
    assert {name: count for name, count in steps.items() if count > 100} == {}


def test_only_the_wire_opens_sockets() -> None:
    opened = {"asyncio.open_connection", "asyncio.start_server"}
    found = {}
    for path in SCRIPTS.rglob("*.py"):
        place = path.relative_to(SCRIPTS).with_suffix("").as_posix()
        if any(place == room or place.startswith(f"{room}/") for room in SOCKETS):
            continue
        clients = {
            name
            for name in imported(path)
            for client in CLIENTS
            if name == client or name.startswith(f"{client}.")
        }
        found[place] = clients | (opened & read(path).names)
    assert {place: names for place, names in found.items() if names} == {}


def test_only_steps_and_console_speak() -> None:
    voices = ("wasabi", "rich.console", "rich.live", "rich.progress", "typer", "click")
    spoken = {"print", "sys.stdout", "sys.stderr", "sys.__stdout__"}
    found = {
        path: {x for x in imported(path) if x.startswith(voices)}
        | (read(path).names & spoken)
        for path in LIBRARY
        if path not in PROGRAMS
    }
    assert {path: names for path, names in found.items() if names} == {}


def test_files_are_renamed_into_place() -> None:
    found = {
        path.relative_to(SCRIPTS).as_posix()
        for path in SCRIPTS.rglob("*.py")
        if read(path).writes
    }
    assert found == set(WRITE_ELSEWHERE)


@pytest.mark.parametrize(
    ("line", "writes"),
    [
        ('path.open("w", encoding="utf-8")', True),
        ('open(path, mode="wb")', True),
        ("path.write_text(text)", True),
        ("figure.savefig(path)", True),
        ('temporary.open("w")', False),
        ("figure.savefig(temporary)", False),
        ('path.open("a", encoding="utf-8")', False),
        ("path.open()", False),
    ],
)
def test_a_planted_file_is_seen(tmp_path: Path, line: str, writes: bool) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f"{line}\n", encoding="utf-8")
    assert read(path).writes == writes


def test_no_language_and_no_domain_stands_in_code() -> None:
    """Words of a language are data of `packs`; a domain is a folder of data."""
    domains = [folder.name for folder in (ROOT / "assets/domains").iterdir()]
    found = {}
    for path in LIBRARY:
        text = path.read_text(encoding="utf-8").lower()
        languages = {x for x in imported(path) if x.startswith("spacy.lang.")}
        found[path] = languages | {name for name in domains if f'"{name}"' in text}
    assert {path: names for path, names in found.items() if names} == {}


def test_every_package_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    folders = {path.parent for path in SCRIPTS.glob("phantom/**/__init__.py")}
    names = {".".join(path.relative_to(SCRIPTS).parts) for path in folders}
    listed = set(project["tool"]["setuptools"]["packages"])
    assert listed == names | {"phantom._components"}


def test_every_data_file_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (patterns,) = project["tool"]["setuptools"]["package-data"].values()
    for path in SCRIPTS.glob("phantom/**/*.*"):
        if path.suffix in (".py", ".pyc"):
            continue
        package = next(p for p in path.parents if (p / "__init__.py").is_file())
        # A pattern's * stays within one folder.
        matched = {file for pattern in patterns for file in package.glob(pattern)}
        assert path in matched, f"no pattern of package-data has {path}"
