"""The edge of each step: what `project run` hands over arrives, on Windows as well."""

import re
import shlex
import sys
from pathlib import Path

import pytest
import yaml
from weasel.util import commands

from console.step import run_step, unquote

PROJECT = yaml.safe_load(Path("project.yml").read_text(encoding="utf-8"))
LINES = [line for command in PROJECT["commands"] for line in command["script"]]
# Those that a user may leave empty, or fill with blanks.
LOOSE = ("budget", "hints", "public_text", "private", "real_text", "benchmarks")


def split(line: str, windows: bool, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(commands, "is_windows", windows)
    return [unquote(word) for word in commands.split_command(line)]


@pytest.mark.parametrize("value", ["", "5 USD", "a b/c, d", "plain"])
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split()[1])
def test_a_line_splits_alike_everywhere(
    line: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = re.sub(r"\$\{vars\.(\w+)\}", lambda m: fill(m[1], value), line)
    on_windows = split(line, True, monkeypatch)
    assert on_windows == split(line, False, monkeypatch) == shlex.split(line)
    for option in ("--budget", "--private", "--hints", "--public", "--real"):
        if option in on_windows:
            assert on_windows[on_windows.index(option) + 1] == value


def fill(name: str, value: str) -> str:
    return value if name in LOOSE else name


def test_paths_of_windows_keep_their_backslashes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = r"python scripts/check.py --real 'C:\new text\a' --benchmarks C:\b"
    assert split(line, True, monkeypatch)[3::2] == [r"C:\new text\a", r"C:\b"]


@pytest.mark.parametrize(
    ("argument", "right"),
    [("''", ""), ("'5 USD'", "5 USD"), ("'", "'"), ("'a", "'a"), ("it's", "it's")],
)
def test_one_pair_of_quotes_is_taken_off(argument: str, right: str) -> None:
    assert unquote(argument) == right


def test_a_step_sees_no_quotes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def show(name: str, hints: str = "none") -> None:
        print(repr((name, hints)))

    monkeypatch.setattr(sys, "argv", ["show.py", "'a b'", "--hints", "''"])
    with pytest.raises(SystemExit) as ended:
        run_step(show)
    assert not ended.value.code
    assert capsys.readouterr().out == "('a b', '')\n"
