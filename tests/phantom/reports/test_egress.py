"""The page on what left: who sent what, what was found in it, when it passes."""

from dataclasses import replace
from pathlib import Path

import pytest

from phantom.privacy.egress import Markers, Run
from phantom.reports.egress import account, to_html

MARKERS = Markers(3, seed=1)
WORD = MARKERS.words[0]
CLEAN = Run(
    statuses=[0, 0],
    output="",
    namespace=True,
    connections=[
        {
            "program": "scripts/<b>.py",
            "process": 7,
            "what": "connect",
            "address": "('127.0.0.1', 80)",
            "allowed": True,
        }
    ],
    sent={"sent-7-0.bin": b"rain", "sent-7-1.bin": b"!", "sent-9-0.bin": b"sun"},
    interfaces={"lo": {"bytes": 300, "packets": 4}},
    seconds=[1.0, 2.0],
)
COMMANDS = [["python", "-m", "spacy", "project", "run", x] for x in ("plan", "go")]


def figures(done: Run, folder: Path) -> dict:
    notes = folder / "private" / "notes.txt"
    notes.parent.mkdir(exist_ok=True)
    notes.write_text(f"{WORD} and {WORD}")
    return account(done, MARKERS, [notes], COMMANDS, 1, "abc")


def test_who_sent_what(tmp_path: Path) -> None:
    told = figures(CLEAN, tmp_path)
    assert told["passed"] and told["bytes"] == 8 and len(told["digest"]) == 64
    assert [(x["program"], x["sockets"], x["bytes"]) for x in told["programs"]] == [
        ("scripts/<b>.py", 2, 5),
        ("", 1, 3),
    ]
    assert told["programs"][0]["addresses"] == ["127.0.0.1:80"]
    (file,) = told["planted"]["files"]
    assert file["path"].endswith("private/notes.txt") and file["markers"] == 2
    page = to_html(told, tmp_path)
    assert "Nothing of the private text left" in page and told["digest"] in page
    assert "scripts/&lt;b&gt;.py" in page and "300 bytes in 4 packets" in page
    assert "http" not in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sent": {"sent-7-0.bin": f"of {WORD.upper()}".encode()}}, "1 of 3 planted"),
        ({"statuses": [0, 1]}, "Incomplete"),
        ({"statuses": [0], "seconds": [1.0]}, "Incomplete"),
        ({"interfaces": {"lo": {"bytes": 5000, "packets": 4}}}, "4,512 bytes more"),
        (
            {"connections": [{**CLEAN.connections[0], "allowed": False}]},
            "1 attempts to leave",
        ),
    ],
)
def test_what_does_not_pass_says_why(change: dict, said: str, tmp_path: Path) -> None:
    told = figures(replace(CLEAN, **change), tmp_path)
    assert not told["passed"]
    page = to_html(told, tmp_path)
    assert said in page and "Nothing of the private text left" not in page


def test_a_leak_is_laid_at_the_door_of_its_program(tmp_path: Path) -> None:
    sent = {**CLEAN.sent, "tls-9-1.bin": WORD.encode().hex().encode()}
    told = figures(replace(CLEAN, sent=sent), tmp_path)
    assert [x["markers"] for x in told["programs"]] == [0, 1]
    assert told["leaked"] == {WORD: 1}
