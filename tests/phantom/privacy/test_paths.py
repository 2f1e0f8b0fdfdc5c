from pathlib import Path

import pytest

from phantom.privacy.paths import is_private, parse_paths


def test_a_path_is_private_whichever_way_it_is_reached(tmp_path: Path) -> None:
    roots = parse_paths(f"{tmp_path}/a/b, {tmp_path}/c.jsonl")
    assert is_private(tmp_path / "a" / "b" / "x" / "y.jsonl", roots)
    assert is_private(tmp_path / "z" / ".." / "c.jsonl", roots)
    assert not is_private(tmp_path / "a" / "bc", roots)
    # A link in either direction: into the folder, and out of it.
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "far").mkdir()
    (tmp_path / "a" / "b" / "out").symlink_to(tmp_path / "far")
    (tmp_path / "in").symlink_to(tmp_path / "a" / "b")
    assert is_private(tmp_path / "a" / "b" / "out" / "y.jsonl", roots)
    assert is_private(tmp_path / "in" / "y.jsonl", roots)
    assert not is_private(tmp_path / "far" / "y.jsonl", roots)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", []),
        (" , ", []),
        ("a/b", ["a/b"]),
        ("a b, c.jsonl,a b", ["a b", "c.jsonl"]),
        ('["a/b", "c, d"]', ["a/b", "c, d"]),
    ],
)
def test_paths_come_in_one_argument(
    text: str, right: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_paths(text) == [tmp_path / part for part in right]


@pytest.mark.parametrize("text", ["[a, b]", "[]", "[1]", '["a"'])
def test_a_broken_list_is_no_empty_one(text: str) -> None:
    with pytest.raises(ValueError, match="expected paths with commas between"):
        parse_paths(text)
