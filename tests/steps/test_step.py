"""The edge of each step: what `project run` hands over arrives, on Windows as well."""

import errno
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from weasel.util import commands

from console.faults import tell_fault
from console.step import run_step, unquote

PROJECT = yaml.safe_load(Path("project.yml").read_text(encoding="utf-8"))
LINES = [line for command in PROJECT["commands"] for line in command["script"]]


def split(line: str, windows: bool, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(commands, "is_windows", windows)
    return [unquote(word) for word in commands.split_command(line)]


@pytest.mark.parametrize("value", ["", "5 USD", "a b/c, d", "plain"])
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split()[1])
def test_a_line_splits_alike_everywhere(
    line: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = re.compile(r"\$\{vars\.\w+\}")
    words = split(variable.sub("x", line), True, monkeypatch)
    line = variable.sub(lambda _: value, line)
    on_windows = split(line, True, monkeypatch)
    assert on_windows == split(line, False, monkeypatch) == shlex.split(line)
    for option in ("--budget", "--private", "--hints", "--public", "--real"):
        if option in on_windows:
            assert on_windows[on_windows.index(option) + 1] == value
    # A folder with a blank in its name is one word, whichever variable has it.
    assert len(on_windows) == len(words)


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


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (lambda x: (x / "folder").read_text(), "folder: a folder, where a file is"),
        (lambda x: (x / "file").rename(x / "folder"), "folder: a folder, where a file"),
        (lambda x: (x / "file").mkdir(), "file: a file, where a folder is expected"),
        (lambda x: (x / "file" / "a").mkdir(), "file: a file, where a folder is"),
        (lambda x: (x / "fil").open(), r"fil: no such .*did you mean .*/file\?"),
        (lambda x: (x / "foldr" / "a").open(), r"foldr/a: no such .*mean .*/folder\?"),
        (lambda x: (x / "elsewhere").open(), "elsewhere: no such file or folder$"),
        (lambda x: open("/dev/full", "wb", 0).write(b"a"), "no space left; make room"),
    ],
)
def test_paths_that_are_not_as_they_should_be(
    work: Callable[[Path], object],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    def step() -> None:
        work(tmp_path)

    monkeypatch.setattr(sys, "argv", ["step.py"])
    with pytest.raises(SystemExit) as ended:
        run_step(step)
    assert ended.value.code == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert re.search(told.rstrip("$"), said)
    assert ("did you mean" in said) == ("mean" in told)


def test_faults_of_disks_are_told_with_their_path() -> None:
    for number in (errno.EACCES, errno.EROFS):
        error = OSError(number, "refused", "/a/b.jsonl")
        assert tell_fault(error).startswith("/a/b.jsonl: not to be read")
    error = OSError(errno.ENOSPC, "full", "/a/b.tmp", None, "/a/b")
    assert tell_fault(error).startswith("/a/b: no space left")
    assert tell_fault(OSError("the server is gone")) == "the server is gone"
