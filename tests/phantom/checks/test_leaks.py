"""Private text comes back in one line, however the file divides it."""

import json
from pathlib import Path
from textwrap import fill, wrap

import pytest
from tests.builders import SHARED, example
from tests.builders.packs import findings, make_context

from phantom.jsonl import write_jsonl
from phantom.records import Example

LEAK = (
    "His wife told us that he had stopped taking warfarin three weeks before because "
    "of nosebleeds."
)
AROUND = (
    "The patient is a sixty year old retired baker who came in with crushing chest "
    f"pain after mowing his lawn. {LEAK} An electrocardiogram taken in the ambulance "
    "showed raised segments, and aspirin was given at once."
)
OTHER = "A tall gardener was seen for a cough that had lasted since the spring rains."


def leaked(folder: Path, content: str, name: str = "note.txt") -> list[str]:
    """Ids of our passages that are blocked beside a private file."""
    (folder / "private").mkdir(exist_ok=True)
    path = folder / "private" / name
    path.write_bytes(content.encode())
    context = make_context(folder, private=[path])
    corpus = [example(LEAK, id="leak"), example(OTHER, id="other")]
    found = findings("private_overlap", corpus, context)
    assert all(f.severity == "block" and f.action == "reject" for f in found)
    return [f.ids[0] for f in found]


@pytest.mark.parametrize("width", [12, 20, 37, 72, 100, 1000])
def test_at_any_width(tmp_path: Path, width: int) -> None:
    assert leaked(tmp_path, fill(AROUND, width)) == ["leak"]


def divide(text: str) -> str:
    """Every third line ends within a word."""
    lines = wrap(text, 40)
    for i in range(0, len(lines) - 1, 3):
        first, _, rest = lines[i + 1].partition(" ")
        if len(first) > 5:
            lines[i], lines[i + 1] = f"{lines[i]} {first[:3]}-", f"{first[3:]} {rest}"
    return "\n".join(lines)


LINES = wrap(AROUND, 44)
TALK = ["the weather was good", "and the soup was hot", "as everybody said"] * 5
KINDS = {
    "CRLF": "\r\n".join(LINES),
    "CR": "\r".join(LINES),
    "indented": "\n".join(f"      {line}" for line in LINES),
    "quoted": "\n".join(f"> > {line}" for line in LINES),
    "a bullet on each line": "\n".join(f"• {line}" for line in LINES),
    "times": "\n".join(f"{i:02}:15 {x}" for i, x in enumerate(LINES)),
    "dates": "\n".join(f"2024-01-{i:02} {x}" for i, x in enumerate(LINES)),
    "initials": "\n".join(
        f"{'JD' if i % 2 else 'MK'}: {x}" for i, x in enumerate(LINES)
    ),
    "bracketed numbers": "\n".join(f"[{i:03}] {x}" for i, x in enumerate(LINES)),
    "numbers at the right": "\n".join(f"{x:<50}{i}" for i, x in enumerate(LINES)),
    "two columns": "\n".join(f"{a:<50}{b}" for a, b in zip(LINES, TALK, strict=False)),
    "columns by tabs": "\n".join(f"{x}\tseen {i}" for i, x in enumerate(LINES)),
    "mail": "=20\n".join(LINES),
    "RTF": "\\par ".join(LINES),
    "numeric entities": AROUND.replace(" ", "&#160;"),
    "numbered lines": "\n".join(f"{i:>4}  {x}" for i, x in enumerate(LINES, start=7)),
    "double spaced": "\n\n".join(LINES),
    "words divided": divide(AROUND),
    "soft hyphens": AROUND.replace("warfarin", "warfa\u00ad\nrin"),
    "a header on one page": "\n".join(
        [*LINES[:4], "", "Department of Cardiology, page 2", "", *LINES[4:]]
    ),
    "headers on each page": "\n".join(
        part
        for i, line in enumerate(LINES)
        for part in (f"St Mary Hospital, Ward of Heart Diseases, page {i} of 9", line)
    ),
    "form feeds": "\f".join(LINES),
    "line tags": "<br/>\n".join(LINES),
    "escaped breaks": "\\n".join(LINES),
    "trailing blanks": " \t\n".join(LINES),
    "ligatures": fill(AROUND.replace("fi", "\ufb01"), 40),
}


@pytest.mark.parametrize("kind", KINDS)
def test_in_any_dress(tmp_path: Path, kind: str) -> None:
    assert leaked(tmp_path, KINDS[kind]) == ["leak"]


def test_records_whose_text_is_wrapped(tmp_path: Path) -> None:
    wrapped = json.dumps({"id": "n1", "text": divide(AROUND)})
    assert leaked(tmp_path, wrapped, "note.jsonl") == ["leak"]


def test_records_that_hold_a_line_each(tmp_path: Path) -> None:
    rows = [json.dumps({"id": f"n{i}", "text": x}) for i, x in enumerate(LINES)]
    assert leaked(tmp_path, "\n".join(rows), "note.jsonl") == ["leak"]


def test_a_sentence_that_was_edited(tmp_path: Path) -> None:
    """Too few words in a row; but most pairs of one sentence of a long passage."""
    edited = AROUND.replace("stopped", "long ceased").replace("three", "some four")
    assert leaked(tmp_path, fill(edited, 50)) == ["leak"]


TYPOS = {
    "two": LEAK.replace("stopped", "stoped").replace("before", "befor"),
    "three": LEAK.replace("told", "tld")
    .replace("taking", "takng")
    .replace("before", "befor"),
}


@pytest.mark.parametrize("typos", TYPOS)
def test_a_sentence_with_typos_within_a_long_passage(
    tmp_path: Path, typos: str
) -> None:
    path = tmp_path / "note.txt"
    path.write_text(fill(AROUND, 50))
    context = make_context(tmp_path, private=[path])
    long = f"{OTHER} {TYPOS[typos]} {OTHER.replace('cough', 'fever')} He went home."
    (found,) = findings("private_overlap", [example(long), example(OTHER)], context)
    assert "word pairs" in found.detail and "His wife told us" in found.detail


def test_short_sentences_are_alike_by_chance(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("She was well. No relapse was seen. Nothing else was of note.")
    context = make_context(tmp_path, private=[path])
    ours = example(f"{OTHER} No relapse was seen.")
    assert findings("private_overlap", [ours], context) == []


def test_the_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(divide(AROUND))
    context = make_context(tmp_path, private=[tmp_path / "note.txt"])
    (found,) = findings("private_overlap", [example(LEAK)], context)
    assert "8 words in a row" in found.detail and "note.txt:" in found.detail


def test_other_text_passes(tmp_path: Path) -> None:
    """Seven of eight words, and the same words in another order."""
    seven = "His wife told us that he had forgotten."
    turned = "Because of nosebleeds he had stopped warfarin, his wife says."
    (tmp_path / "note.txt").write_text(fill(AROUND, 30))
    context = make_context(tmp_path, private=[tmp_path / "note.txt"])
    corpus = [example(seven, id="seven"), example(turned, id="turned")]
    found = findings("private_overlap", corpus, context)
    assert found == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared here")
def test_the_reported_case(tmp_path: Path) -> None:
    leak = SHARED / "cases/private_leak.jsonl"
    examples = [Example.model_validate_json(line) for line in leak.open()]
    context = make_context(tmp_path, private=[SHARED / "cases/private_wrapped.txt"])
    (found,) = findings("private_overlap", examples, context)
    assert found.severity == "block" and found.ids == ("leak",)


def test_a_benchmark_whose_sentences_are_divided(tmp_path: Path) -> None:
    half = LEAK.index("taking")
    write_jsonl(
        tmp_path / "test.jsonl",
        [Example(id="a", text=LEAK[:half].strip()), Example(id="b", text=LEAK[half:])],
    )
    context = make_context(tmp_path, benchmarks=[tmp_path / "test.jsonl"])
    (found,) = findings("benchmark_overlap", [example(LEAK)], context)
    assert found.severity == "block"
