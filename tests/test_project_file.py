"""project.yml: each step a command, deps that miss nothing, assets as the maps say."""

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from weasel.util import load_project_config

from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack

TEXT = Path("project.yml").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = yaml.safe_load(TEXT)
COMMANDS = {command["name"]: command for command in PROJECT["commands"]}
STEPS = sorted(Path("scripts").glob("*.py"))
PACK = "${vars.packs}/${vars.domain}"


def test_each_step_is_a_command_and_each_command_a_step() -> None:
    stems = {path.stem.replace("_", "-") for path in STEPS}
    several = {"smoke", "notes"}
    assert stems == set(COMMANDS) - several
    for name, command in COMMANDS.items():
        named = [line.split()[:2] for line in command["script"]]
        if name not in several:
            assert named == [["python", f"scripts/{name.replace('-', '_')}.py"]]
    road = [line.split()[1] for line in COMMANDS["smoke"]["script"]]
    start = PROJECT["workflows"]["data"] + PROJECT["workflows"]["model"]
    assert road == [COMMANDS[name]["script"][0].split()[1] for name in start]
    played = [line.split()[1] for line in COMMANDS["notes"]["script"]]
    assert played == road[: len(played)]


def test_workflows_are_made_of_workflows() -> None:
    flows = PROJECT["workflows"]
    assert flows["all"] == flows["data"] + flows["model"] + flows["release"]
    assert flows["round"] == flows["data"] + flows["model"]
    for names in flows.values():
        assert set(names) <= set(COMMANDS)


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_no_step_shadows_a_module(path: Path) -> None:
    """scripts/ is first on sys.path when a step runs."""
    assert path.stem not in sys.stdlib_module_names
    here = Path.cwd()
    elsewhere = [p for p in sys.path if not Path(p or ".").is_relative_to(here)]
    assert importlib.machinery.PathFinder.find_spec(path.stem, elsewhere) is None


@pytest.mark.parametrize("name", COMMANDS)
def test_deps_name_step_library_config_and_pack(name: str) -> None:
    command = COMMANDS[name]
    # The components too: the library reads tokens, abbreviations and vectors by them.
    wanted = {"scripts/phantom", "scripts/components"}
    for line in command["script"]:
        words = line.replace("'", "").split()
        wanted.add(words[1])
        wanted |= {w for w in words if w in (PACK, "${vars.llm}", "${vars.config}")}
        wanted |= {w for w in words if w.startswith("configs/")}
    assert wanted <= set(command["deps"])


def test_paths_stay_apart_when_variables_are_filled_in() -> None:
    """confection makes one text of two where one variable follows the other."""
    filled = load_project_config(Path("."), overrides={"vars.llm": "my llm.cfg"})
    for command in filled["commands"]:
        plain = COMMANDS[command["name"]]
        for key in ("deps", "outputs"):
            paths = command.get(key, [])
            assert len(paths) == len(plain.get(key, []))
            assert not any("," in path or "$" in path for path in paths)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_reads_of_another_is_a_dep(name: str) -> None:
    """What is both an output of one command and an argument of another."""
    command = COMMANDS[name]
    made = {path: c["name"] for c in COMMANDS.values() for path in c.get("outputs", ())}
    words = {w.strip("'") for line in command["script"] for w in line.split()}
    for path in words & set(made):
        # The journal is written by several, and read by `plan` where it is there.
        if made[path] != name and not path.endswith("/completions.jsonl"):
            assert path in command["deps"]
    assert "corpus/${vars.domain}/completions.jsonl" in COMMANDS["curate"]["deps"]


def test_private_text_is_declared_once_and_handed_over() -> None:
    assert isinstance(PROJECT["vars"]["private"], str)
    for name in ("check", "extract", "smoke"):
        script = " ".join(COMMANDS[name]["script"])
        assert "--private '${vars.private}'" in script
    assert not any("--project" in x for c in COMMANDS.values() for x in c["script"])


def test_variables_are_there_and_used() -> None:
    used = set(re.findall(r"\$\{vars\.(\w+)\}", TEXT))
    assert used == set(PROJECT["vars"])


def test_no_language_or_domain_stands_in_a_command() -> None:
    commands = yaml.safe_dump(PROJECT["commands"])
    assert "en_" not in commands and "medicine" not in commands
    variables = PROJECT["vars"]
    for path in sorted(Path(variables["packs"]).iterdir()):
        lang = load_pack(path).domain.lang
        told = f"--vars.domain {path.name} --vars.lang {lang}"
        usual = lang == variables["lang"]
        assert usual or told in (path / "README.md").read_text(encoding="utf-8")


def test_assets_are_the_originals_of_the_benchmark_maps() -> None:
    files = {}
    for path in sorted(Path("assets/domains").iterdir()):
        for dataset in load_benchmarks(load_pack(path)).datasets.values():
            for split in dataset.splits.values():
                for file in split.original.files.values() if split.original else ():
                    if file.url:
                        files[f"assets/benchmarks/raw/{file.path}"] = file.url
    assets = {asset["dest"]: asset for asset in PROJECT["assets"]}
    assert {dest: asset["url"] for dest, asset in assets.items()} == files
    for asset in assets.values():
        pattern = r"[\w -]+(, fold 1)?, (dev|test|train|dev and train) \([\w ,.-]+\)"
        assert re.fullmatch(pattern, asset["description"]), asset["description"]
