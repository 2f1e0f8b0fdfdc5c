"""Patterns in code know no words of a language; those that do are told, with why."""

import ast
import re
from pathlib import Path

import pytest
from tests.builders import ROOT

WORDS = set(
    """the of and or with by in an was were is are has had not no yes for from history
    suspected mr mrs dr street road avenue st nd rd th patient patients old years year
    first second mother father male female he she his her denies without""".split()
)
PATTERNED = re.compile(r"\(\?|\\[bws]|\S\|\S")
SYNTAX = re.compile(r"\\[a-zA-Z]|\[[^\]]*\]|\(\?P?<\w+>|\(\?[aimsx]+:")
# Files whose patterns read text of other programs, or that are English still.
ENGLISH = {
    "phantom/completions/thinking.py": "marks of chat models",
    "phantom/llms/wire/dialect.py": "messages of servers",
    "phantom/llms/wire/faults.py": "messages of servers",
    "phantom/llms/wire/waits.py": "messages of servers",
    "phantom/llms/wire/windows.py": "messages of servers",
    "phantom/planning/scenarios/charts/terms.py": "names as records have them",
}


def worded(source: str) -> set[str]:
    """Words of a language in the regular expressions of a program."""
    found = set()
    tree = ast.parse(source)
    texts = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in texts or not PATTERNED.search(node.value):
            continue
        if node.value.count(" ") > 6 and "(?" not in node.value:
            continue  # a message that names a token of a model
        plain = re.sub(
            r"\\[a-zA-Z]|\[[^\]]*\]|\(\?P?<\w+>|\(\?[aimsx]+:", " ", node.value
        )
        words = {w for w in re.findall(r"[A-Za-z]+", plain) if w.lower() in WORDS}
        found |= {word.lower() for word in words if len(word) > 1}
    return found


def test_patterns_have_no_words_of_a_language() -> None:
    scripts = ROOT / "scripts"
    found = {}
    for room in ("phantom", "components"):
        for path in sorted((scripts / room).rglob("*.py")):
            words = worded(path.read_text(encoding="utf-8"))
            if words:
                found[path.relative_to(scripts).as_posix()] = words
    assert {place: found[place] for place in found.keys() - ENGLISH.keys()} == {}
    assert ENGLISH.keys() <= found.keys(), "no longer needed"


@pytest.mark.parametrize(
    "line",
    [
        'A = re.compile(r"\\b(?:history|hx) of\\b")',
        'A = re.compile(rf"{day}(?:st|nd|rd|th)?")',
        'A = "male|female"',
    ],
)
def test_a_planted_word_is_seen(line: str) -> None:
    assert worded(line)


def test_words_of_messages_are_none() -> None:
    assert not worded('"""The | first of two."""\nA = "no such file"\nB = r"\\s+|\\d"')


def test_each_language_has_what_english_has() -> None:
    """A language with data has templates of all prompts, and the tables of checks."""
    data = Path(ROOT / "scripts/phantom/packs/data")
    templates = ROOT / "scripts/phantom/prompts/templates"
    tables = {path.name[3:] for path in data.glob("en_*.tsv")}
    known = {path.stem for path in data.glob("*.yml")}
    assert known >= {"en", "de"}
    for code in known:
        assert {path.name[3:] for path in data.glob(f"{code}_*.tsv")} == tables
        assert {path.name for path in (templates / code).iterdir()} == {
            path.name for path in (templates / "en").iterdir()
        }
