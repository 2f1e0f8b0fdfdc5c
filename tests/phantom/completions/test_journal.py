"""The journal heals, locks, and says what is done."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.builders import ROOT

from phantom.completions.journal import Journal, JournalInUse, read_journal
from phantom.completions.ledger import (
    AGAIN,
    DONE,
    FAILED,
    Ledger,
    final_answers,
    read_ledger,
)
from phantom.records import Completion, Usage, hash_id

SCRIPTS = ROOT / "scripts"
GOOD = '{"text": "a <GENE id=1>TP53</GENE>", "relations": []}'


def line(*ids: str, raw: str = GOOD, **fields: Any) -> Completion:
    return Completion(spec_ids=ids, completion=raw, model="m", recorded="", **fields)


def test_append_and_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "c.jsonl"
    with Journal(path, fsync=True) as journal:
        offsets = [journal.append(line(i)) for i in ("a", "b")]
        # On disk before anything else happens.
        assert path.read_bytes().count(b"\n") == 2
    with Journal(path) as journal:
        offsets.append(journal.append(line("ü", raw="\u2028 \x00 😀")))
    read = list(read_journal(path))
    assert [offset for offset, _ in read] == offsets
    assert [completion.spec_ids[0] for _, completion in read] == ["a", "b", "ü"]
    assert read[2][1].completion == "\u2028 \x00 😀"
    assert [c.spec_ids for _, c in read_journal(path, offsets[2])] == [("ü",)]


@pytest.mark.parametrize(
    "torn", [b"{", b'{"spec_ids": ["b"], "comple\xc3', b"x" * 99_999]
)
def test_torn_last_line_is_healed(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "c.jsonl"
    with Journal(path) as journal:
        journal.append(line("a"))
    path.write_bytes(path.read_bytes() + torn)
    assert len(list(read_journal(path))) == 1
    with Journal(path) as journal:
        assert journal.healed == len(torn)
        journal.append(line("b"))
    assert [c.spec_ids for _, c in read_journal(path)] == [("a",), ("b",)]
    assert (tmp_path / "c.jsonl.torn").read_bytes() == torn + b"\n"


def test_a_line_that_lacks_but_its_newline_counts(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    with Journal(path) as journal:
        journal.append(line("a"))
        journal.append(line("b"))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert [c.spec_ids for _, c in read_journal(path)] == [("a",), ("b",)]
    with Journal(path) as journal:
        assert journal.healed == 0
        journal.append(line("c"))
    assert [c.spec_ids for _, c in read_journal(path)] == [("a",), ("b",), ("c",)]


def test_a_full_disk_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, path = os.write, tmp_path / "c.jsonl"

    def fill(descriptor: int, data: bytes) -> int:
        if len(data) > 10:
            return write(descriptor, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with Journal(path) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", fill)
            with pytest.raises(OSError, match="No space"):
                journal.append(line("a"))
        journal.append(line("b"))
    assert [c.spec_ids for _, c in read_journal(path)] == [("b",)]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"no": 1}\n')
    with pytest.raises(ValueError, match=r"c\.jsonl: byte 0: not a completion"):
        list(read_journal(path))


def test_second_process_is_refused_with_the_pid(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    code = (
        "import sys; from pathlib import Path; "
        "from phantom.completions.journal import Journal\n"
        "with Journal(Path(sys.argv[1])): print('open', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    assert process.stdout.readline() == "open\n"
    with pytest.raises(JournalInUse, match=f"process {process.pid} "):
        Journal(path).__enter__()
    # The first is not disturbed by the refused one, and its death frees the lock.
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    with Journal(path) as journal:
        journal.append(line("a"))


def test_ledger_states() -> None:
    ledger = Ledger()
    ten = '{"items": [{"id": 1, "text": "x"}, {"id": "3", "te'
    states = [
        (v.spec_id, v.state, v.reason) for v in ledger.add(line("a", "b", "c", raw=ten))
    ]
    assert states == [
        ("a", DONE, None),
        ("b", AGAIN, "missing"),
        ("c", AGAIN, "truncated"),
    ]
    assert [v.state for v in ledger.add(line("b", "c", raw="sorry"))] == [AGAIN] * 2
    assert {entry.size for entry in ledger.unanswered.values()} == {1}
    assert [v.state for v in ledger.add(line("b", raw=""))] == [FAILED]
    assert ledger.add(line("c"))[0].state == DONE
    assert (len(ledger.done), ledger.failed) == (2, 1)
    # An answer to a failed spec that comes late counts.
    assert ledger.add(line("b"))[0].state == DONE
    assert (len(ledger.done), ledger.failed) == (3, 0)


def test_refusals_and_length() -> None:
    ledger = Ledger()
    refused = line("a", "b", raw="", finish_reason="content_filter")
    assert [v.state for v in ledger.add(refused)] == [AGAIN, AGAIN]
    assert {entry.size for entry in ledger.unanswered.values()} == {1}
    assert ledger.add(line("a", raw="", finish_reason="refusal"))[0].state == FAILED
    for size in (8, 4, 2):
        cut = line(*"stuvwxyz"[:size], raw="", finish_reason="length")
        assert {v.state for v in ledger.add(cut)} == {AGAIN}
        assert ledger.unanswered[hash_id("s")].size == size // 2
    alone = line("s", raw="", finish_reason="length")
    assert [ledger.add(alone)[0].state for _ in range(3)] == [AGAIN, AGAIN, FAILED]


def test_another_prompt(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    usage = Usage(input_tokens=10, output_tokens=5)
    with Journal(path) as journal:
        journal.append(line("a", prompt="old", usage=usage))
        journal.append(line("b", raw="no", prompt="old", usage=usage))
        journal.append(line("c"))
    for reuse, done in ((True, 2), (False, 1)):
        ledger = read_ledger(path, Ledger("new", reuse))
        assert len(ledger.done) == done
        assert ledger.other_prompt == 2
        # Another prompt's failures say nothing about this one.
        assert not ledger.unanswered
        assert (ledger.spent.input_tokens, ledger.spent.output_tokens) == (20, 10)


def test_final_answers(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    with Journal(path) as journal:
        journal.append(
            line(
                "a",
                "b",
                raw='{"items": [{"id": 1, "text": "old"}, {"id": 9, "text": "?"}]}',
                prompt="p",
            )
        )
        journal.append(line("b", raw="never"))
        journal.append(line("b", raw="mind"))
        journal.append(line("a", raw='{"text": "new"}', prompt="q"))
    answers = [
        (a.spec_id, a.item and a.item["text"], a.raw) for _, a in final_answers(path)
    ]
    assert answers == [
        ("9", None, '{"id": 9, "text": "?"}'),
        ("b", None, "mind"),
        ("a", "new", '{"text": "new"}'),
    ]
    p_only = read_ledger(path, Ledger("p", reuse=False))
    of_p = [a.item["text"] for _, a in final_answers(path, p_only) if a.item]
    assert of_p == ["old"]
