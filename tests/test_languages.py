"""Patterns in code know no words of a language; those that do are told, with why."""

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest
from tests.builders import ROOT

WORDS = set(
    """the of and or with by in an was were is are has had not no yes for from history
    suspected mr mrs dr street road avenue st nd rd th patient patients old years year
    first second mother father male female he she his her denies without to up severe
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday today yesterday
    s 's \u2019s""".split()
)
# Those that columns and keys of ours are called by, too.
KEYS = set("of up old first second patient patients year years male female".split())
PATTERNED = re.compile(r"\(\?|\\[bws]|\S\|\S")
SYNTAX = re.compile(r"\\[a-zA-Z]|\[[^\]]*\]|\(\?P?<\w+>|\(\?[aimsx]+:")
# Letters that only English has enough of: an umlaut is none of them.
PLAIN = re.compile(r"\[[^\]À-ÿ]*(?:A-Z|a-z)[^\]À-ÿ]*\]")
# What a text is compared with, searched for or cut at.
ASKS = {"startswith", "endswith", "removesuffix", "removeprefix", "replace", "split",
        "partition", "rpartition", "find", "index", "count", "strip"}  # fmt: skip
# Files whose patterns read text of other programs, or corpora in English.
ENGLISH = {
    "phantom/augmenters/statements.py": "values of a table of the pack",
    "phantom/checks/balance.py": "values of a table of the pack",
    "phantom/completions/thinking.py": "marks of chat models",
    "phantom/formats/biomedical.py": "benchmarks in English",
    "phantom/formats/spacing.py": "benchmarks in English",
    "phantom/llms/wire/dialect.py": "messages of servers",
    "phantom/llms/wire/faults.py": "messages of servers",
    "phantom/llms/wire/waits.py": "messages of servers",
    "phantom/llms/wire/windows.py": "messages of servers",
    "phantom/planning/scenarios/charts/terms.py": "names as records have them",
    "phantom/registry.py": "names of our own catalogues",
}
# Rooms that read passages, and files there whose letters are those of something else.
READ = ("augmenters", "checks", "curation", "documents", "feedback", "passages",
        "pseudonyms")  # fmt: skip
LETTERS = {
    "phantom/augmenters/other_letters.py": "short forms are made of these letters",
    "phantom/checks/pii.py": "IBANs and licences have these",
    "phantom/checks/reference.py": "reads our own documentation",
    "phantom/passages/markup.py": "tags of markup",
    "phantom/passages/tags.py": "labels, which have these",
    "phantom/passages/wrapped.py": "marks of lists and encodings",
    "phantom/pseudonyms/written.py": "names of parts of patterns",
    "components/document_sections.py": "numbers of sections",
}


@lru_cache(maxsize=1)
def read(source: str) -> tuple[list[ast.AST], set[int]]:
    """What a program consists of, and which of its strings are documentation."""
    nodes = list(ast.walk(ast.parse(source)))
    return nodes, {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def worded(source: str) -> set[str]:
    """Words of a language in the regular expressions of a program."""
    found = set()
    nodes, texts = read(source)
    for node in nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in texts or not PATTERNED.search(node.value):
            continue
        if node.value.count(" ") > 6 and "(?" not in node.value:
            continue  # a message that names a token of a model
        words = re.findall(r"[A-Za-z]+", SYNTAX.sub(" ", node.value))
        found |= {w.lower() for w in words if len(w) > 1 and w.lower() in WORDS}
    return found


def compared(source: str) -> set[str]:
    """Words of a language that a program looks for outside of patterns."""
    asked: list[ast.expr] = []
    for node in read(source)[0]:
        if isinstance(node, ast.Compare):
            asked += [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked += node.args if node.func.attr in ASKS else []
        elif isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 2:
            asked.append(node)
    found = set()
    for node in asked:
        inner = (
            node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
        )
        for one in inner:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                words = one.value.lower().split()
                if set(words) <= WORDS and not (len(words) == 1 and words[0] in KEYS):
                    found |= set(words)
    return found


def lettered(source: str) -> set[str]:
    """Classes of letters without umlauts and accents in a program's patterns."""
    nodes, texts = read(source)
    return {
        match.group()
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in texts
        for match in PLAIN.finditer(node.value)
    }


def sources(*rooms: str) -> dict[str, str]:
    """Programs below scripts/, by their path there."""
    scripts = ROOT / "scripts"
    return {
        path.relative_to(scripts).as_posix(): path.read_text(encoding="utf-8")
        for room in rooms
        for path in sorted((scripts / room).rglob("*.py"))
    }


def test_code_has_no_words_of_a_language() -> None:
    found = {
        place: words
        for place, source in sources("phantom", "components").items()
        if (words := worded(source) | compared(source))
    }
    assert {place: found[place] for place in found.keys() - ENGLISH.keys()} == {}
    assert ENGLISH.keys() <= found.keys(), "no longer needed"


def test_code_that_reads_passages_knows_more_letters_than_english_has() -> None:
    rooms = [f"phantom/{room}" for room in READ]
    found = {
        place: classes
        for place, source in sources(*rooms, "components").items()
        if (classes := lettered(source))
    }
    assert {place: found[place] for place in found.keys() - LETTERS.keys()} == {}
    assert LETTERS.keys() <= found.keys(), "no longer needed"


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


@pytest.mark.parametrize(
    "line",
    [
        'A = text[end:].startswith((" and ", " or "))',
        'A = word.lower() in ("no", "not")',
        'A = text.split(" of the ")',
        'MONTHS = ["January", "February", "March"]',
        'A = words[0] == "Dr"',
        'A = word[:-1] if word.endswith("s") else word',
        'A = name.replace("\'s", "")',
    ],
)
def test_a_planted_comparison_is_seen(line: str) -> None:
    assert compared(line)


def test_planted_letters_are_seen() -> None:
    assert lettered('A = re.compile(r"\\b[A-Z][a-z]+")') == {"[A-Z]", "[a-z]"}
    assert not lettered('A = r"[A-ZÀ-ÖØ-Þ]\\w"\nB = "[^\\W\\d_]"')


def test_words_of_messages_are_none() -> None:
    assert not compared('msg.fail("no such file", "in the end")\nA = x == "en"')
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
