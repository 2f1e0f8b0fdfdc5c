"""Catalogues: what is found, from where, and how settings are judged."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import catalogue
import pytest

from phantom.registry import Catalogue, overlay, phantom_registry

ROOM = """
from fakeroom.made import catalogue_of_fakes

@catalogue_of_fakes.phantom_fakes("shout")
def shout(text, *, times: int = 1, mark: str = "!") -> str:
    return text.upper() + mark * times

@catalogue_of_fakes.phantom_fakes("whisper")
def whisper(text, *, share: float) -> str:
    return text.lower()
"""
MADE = """
from phantom.registry import Catalogue

class catalogue_of_fakes:
    phantom_fakes = Catalogue("fakes", "fakeroom")
"""


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    room = tmp_path / "fakeroom"
    (room / "data").mkdir(parents=True)
    (room / "__init__.py").write_text("")
    (room / "made.py").write_text(MADE)
    (room / "voices.py").write_text(ROOM)
    (room / "data" / "fakes.yml").write_text("fakes:\n  shout: {times: 3}\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield Catalogue("fakes", "fakeroom")
    for name in [name for name in sys.modules if name.startswith("fakeroom")]:
        del sys.modules[name]
    for keys in [keys for keys in catalogue.REGISTRY if keys[1:2] == ("fakes",)]:
        del catalogue.REGISTRY[keys]


def install(folder: Path, package: str, points: dict[str, str]) -> None:
    """A distribution in a folder, as pip would lay it down."""
    info = folder / f"{package}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\n")
    with (info / "METADATA").open("a") as file:
        file.write("Version: 1.2\n")
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[phantom_fakes]", *lines]))


def test_a_name_is_known_before_its_module_is_imported(fakes: Catalogue) -> None:
    assert fakes.names() == ["shout", "whisper"]
    assert "fakeroom.voices" not in sys.modules
    assert fakes.get("shout")("hey", times=2) == "HEY!!"


def test_defaults_stand_below_what_the_data_file_says(fakes: Catalogue) -> None:
    read = fakes.read({"whisper": {"share": 1}, "shout": {"mark": "?"}}, "d.yml: say")
    assert read == [
        ("whisper", {"share": 1.0}),
        ("shout", {"times": 3, "mark": "?"}),
    ]


def test_a_list_keeps_its_order_and_may_name_one_twice(fakes: Catalogue) -> None:
    value = ["shout", {"shout": {"times": 1}}, {"whisper": False}]
    times = [entry.settings["times"] for entry in fakes.read(value, "d.yml: say")]
    assert times == [3, 1]


@pytest.mark.parametrize(
    "value, message",
    [
        ({"shuot": {}}, r"d.yml: say.shuot: no fake named 'shuot'; did you mean 'shou"),
        ({"shout": {"time": 2}}, r"say.shout: 'time' is .*did you mean 'times'.*mark"),
        ({"shout": {"times": "2"}}, r"say.shout.times: .*valid integer; it is '2'"),
        ({"shout": {"times": True}}, r"say.shout.times: .*valid integer"),
        ({"whisper": {}}, r"say.whisper.share: Field required"),
        ({"shout": 3}, r"say.shout: expected settings, or false; got 3"),
        ([4], r"say: expected names with settings, got 4"),
    ],
)
def test_what_is_wrong_names_file_key_and_remedy(
    fakes: Catalogue, value: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fakes.read(value, "d.yml: say")


def test_an_outside_package_adds_an_entry(fakes: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "sigh.py").write_text("def sigh(text, *, deep: bool = False): ...\n")
    install(tmp_path, "sighing", {"sigh": "sigh:sigh"})
    assert fakes.names() == ["shout", "sigh", "whisper"]
    assert fakes.read(["sigh"], "d.yml: say") == [("sigh", {})]
    with pytest.raises(ValueError, match="deep: .*valid boolean"):
        fakes.read({"sigh": {"deep": 1}}, "d.yml: say")


def test_a_package_that_fails_is_named(fakes: Catalogue, tmp_path: Path) -> None:
    install(tmp_path, "broken", {"sigh": "no_such_module:sigh"})
    with pytest.raises(ValueError, match=r"d.yml: 'sigh' comes from broken 1.2, which"):
        fakes.get("sigh", "d.yml")


def test_one_name_has_one_owner(fakes: Catalogue, tmp_path: Path) -> None:
    install(tmp_path, "rival", {"shout": "rival:shout"})
    with pytest.raises(ValueError, match="'shout' of rival 1.2 is already.*fakeroom"):
        fakes.get("shout")


def test_settings_become_the_types_of_the_signature(fakes: Catalogue) -> None:
    def cut(text: str, *, at: tuple[int, ...], how: Literal["a", "b"] = "a") -> None:
        """Cut."""

    fakes.register("cut", func=cut)
    assert fakes.check("cut", {"at": [1, 2]}, "x") == {"at": (1, 2)}
    with pytest.raises(ValueError, match="x.how: Input should be 'a' or 'b'"):
        fakes.check("cut", {"at": [1], "how": "c"}, "x")


def test_overlay_lays_single_keys_over() -> None:
    base = {"a": {"x": 1, "y": 2}, "b": 3}
    assert overlay(base, {"a": {"y": 5}, "c": [1]}) == {
        "a": {"x": 1, "y": 5},
        "b": 3,
        "c": [1],
    }
    assert base == {"a": {"x": 1, "y": 2}, "b": 3}


@pytest.mark.slow
def test_a_recording_needs_no_client() -> None:
    code = (
        "import sys; from phantom.registry import phantom_registry as r;"
        "r.get('phantom_llms', 'phantom.Recording.v1');"
        "assert 'openai' not in sys.modules, 'the client was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_builtin_back_ends_keep_their_names() -> None:
    names = phantom_registry.phantom_llms.names()
    assert {"phantom.OpenAI.v1", "phantom.Recording.v1"} <= set(names)
