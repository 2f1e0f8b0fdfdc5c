"""The prompt search against a writer on loopback that is as good as its guidelines."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.builders import OPENAI, ROOT, example
from tests.builders.packs import make_pack
from tests.builders.proposing import MESSAGE, Writer
from tests.fault_server import serve

from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.prompts.prompter import Prompter
from phantom.prompts.variants import ORIGINAL, Variant, rounds, survivors
from phantom.prompts.wordings import REQUEST, SYSTEM, Wording
from phantom.records import Spec
from phantom.records.comparisons import Comparison
from phantom.reports.prompts.quick import quick_f1, read_dev
from prompts import prompts

RECORDING = ROOT / "configs" / "llm" / "recording.cfg"


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Writer, list[str]]]:
    writer = Writer()
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with serve(writer.server) as url:
        yield writer, [f"llm.base_url={url}", "llm.concurrency=1", "llm.start=1"]


def make_wide_pack(folder: Path) -> Pack:
    """With more sections than a search has specs."""
    pack = make_pack(folder)
    path = pack.path / "domain.yml"
    sections = ", ".join(f"part {i}: 1" for i in range(60))
    path.write_text(path.read_text().replace("title: 1, results: 1", sections))
    return load_pack(pack.path)


def replay(
    pack: Pack, out: Path, again: Path, patch: pytest.MonkeyPatch, **kinds: int
) -> None:
    """The journal of a search is the recording of the same search, without a server."""

    def refuse(*args: Any) -> None:
        raise AssertionError("a recording opens no connection")

    recording = out / "prompts.completions.jsonl"
    told: dict[str, Any] = {"llm": RECORDING, "set_": [f"llm.path={recording}"]}
    with patch.context() as offline:
        offline.setattr(socket.socket, "connect", refuse)
        prompts(pack.path, again, **told, **kinds, systems=0, first=20)
    found, asked = (
        Comparison.model_validate_json((folder / "comparison.json").read_text())
        for folder in (again, out)
    )
    assert [x.passages for x in found.candidates] == [
        x.passages for x in asked.candidates
    ]


@pytest.mark.slow
def test_the_better_guidelines_win_and_are_picked(
    tmp_path: Path, writer: tuple[Writer, list[str]]
) -> None:
    pack = make_wide_pack(tmp_path)
    out = tmp_path / "search"
    settings: dict[str, Any] = {
        "llm": OPENAI,
        "set_": writer[1],
        "variants": 3,
        "requests": 0,
        "systems": 0,
    }
    prompts(pack.path, out, **settings, first=20)
    found = {x.name: x for x in read_jsonl(out / "variants.jsonl", Variant)}
    assert list(found) == [ORIGINAL, "variant-1-1", "variant-1-2", "variant-1-3"]
    page = (out / "prompts.html").read_text()
    best = next(name for name, x in found.items() if "aim 1" in x.guidelines)
    assert f"<h2>{best} <span" in page
    for mark in ("http://", "https://", "url(", "@import", "<script"):
        assert mark not in page
    compared = Comparison.model_validate_json((out / "comparison.json").read_text())
    sizes = {x.name: len(x.passages) for x in compared.candidates}
    assert sizes[best] == 40 and max(n for x, n in sizes.items() if x != best) <= 32
    scores = {x.name: x.scores for x in compared.candidates}
    # Few passages repeat themselves less; that is no merit.
    assert float(scores["variant-1-1"]["diversity"]) < 0.5
    assert scores[best]["accepted"] == 1.0 and float(scores[best]["cost of 1,000"]) > 0
    asked = writer[0].server.count
    prompts(pack.path, out, **settings, first=20)
    assert writer[0].server.count == asked, "nothing is paid for twice"
    prompts(pack.path, out, pick=best)
    assert load_pack(pack.path).guidelines.strip() == found[best].guidelines
    with pytest.raises(ValueError, match="no variant 'nobody'; there are 'as it is'"):
        prompts(pack.path, out, pick="nobody")


@pytest.mark.slow
def test_the_better_request_wins_and_is_picked(
    tmp_path: Path, writer: tuple[Writer, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = make_wide_pack(tmp_path)
    out = tmp_path / "search"
    settings: dict[str, Any] = {"llm": OPENAI, "set_": writer[1]}
    prompts(pack.path, out, **settings, variants=0, requests=1, systems=0, first=20)
    found = {x.name: x for x in read_jsonl(out / "variants.jsonl", Variant)}
    assert found["request-1-1"].request == "Take care.\nWrite [COUNT]:\n[SPECS]"
    assert "<h2>request-1-1 <span" in (out / "prompts.html").read_text()
    replay(pack, out, tmp_path / "again", monkeypatch, variants=0, requests=1)
    prompts(pack.path, out, pick="request-1-1")
    picked = load_pack(pack.path)
    assert picked.guidelines == pack.guidelines
    spec = Spec(id="s", kind="none", attributes={})
    first, again = (
        Prompter(picked).render([spec], reasons).messages()[-1]["content"]
        for reasons in ((), ("empty",))
    )
    assert first.startswith('Take care.\nWrite 1:\n{"id"')
    assert "the answer was empty" in again and again.endswith(first)


def test_the_better_system_message_wins_and_is_picked(
    tmp_path: Path, writer: tuple[Writer, list[str]]
) -> None:
    pack = make_wide_pack(tmp_path)
    out = tmp_path / "search"
    settings: dict[str, Any] = {"llm": OPENAI, "set_": writer[1]}
    prompts(pack.path, out, **settings, variants=0, requests=0, systems=1, first=20)
    assert "<h2>system-1-1 <span" in (out / "prompts.html").read_text()
    compared = Comparison.model_validate_json((out / "comparison.json").read_text())
    (best,) = [x for x in compared.candidates if x.name == "system-1-1"]
    assert best.prompt.startswith("Take care.") and len(best.passages) == 20
    prompts(pack.path, out, pick="system-1-1")
    told = Prompter(load_pack(pack.path)).prefix.text
    # By hand: the gaps take what the pack's own message has, in the new order.
    assert told.splitlines() == [
        "Take care. One answer of this form, nothing beside it:",
        '{"items": [{"id": "1", "text": "...", "relations": [[2, "LABEL", 1]]}, ...]}',
        "Mark diseases.",
        "",
        "Labels: DISEASE, CHEMICAL.",
        "- TREATS: from CHEMICAL to DISEASE.",
        "No relation: [].",
    ]


@pytest.mark.parametrize(
    ("wording", "text", "why"),
    [
        (REQUEST, "Write [COUNT]:\n[SPECS]", None),
        (REQUEST, "Write [COUNT]: {% if x %}\n[SPECS]", "signs of a program"),
        (REQUEST, "Write [COUNT]: {{ x }}\n[SPECS]", "signs of a program"),
        (REQUEST, "Write [COUNT]: #}\n[SPECS]", "signs of a program"),
        (REQUEST, "Write:\n[SPECS]", "exactly one [COUNT]"),
        (REQUEST, "Write [COUNT]:\n[SPECS]\n[SPECS]", "exactly one [SPECS]"),
        (REQUEST, "Write [COUNT]: [SPECS]", "on a line of its own"),
        (REQUEST, "Write [COUNT]:\n[SPECS]\n" + "x" * 3000, "more than 3,000"),
        (SYSTEM, MESSAGE, None),
        (SYSTEM, MESSAGE.replace("[FORM]\n", ""), "exactly one [FORM]"),
        (SYSTEM, MESSAGE.replace("[GUIDELINES]\n", ""), "exactly one [GUIDELINES]"),
        (SYSTEM, MESSAGE.replace("[LABELS]", "DISEASE"), "exactly one [LABELS]"),
        (SYSTEM, MESSAGE.replace("\n[RELATIONS]", "[RELATIONS]"), "line of its own"),
        (SYSTEM, MESSAGE + "{{ labels }}", "signs of a program"),
    ],
)
def test_what_can_be_a_wording(wording: Wording, text: str, why: str | None) -> None:
    found = wording.check(text)
    assert found is None if why is None else found is not None and why in found
    if why:
        with pytest.raises(ValueError, match=re.escape(why)):
            wording.fill(text)


@pytest.mark.slow
def test_a_budget_ends_the_search_and_what_was_measured_stands(
    tmp_path: Path, writer: tuple[Writer, list[str]]
) -> None:
    pack = make_wide_pack(tmp_path)
    settings: dict[str, Any] = {"llm": OPENAI, "set_": writer[1], "variants": 3}
    with pytest.raises(ValueError, match="no round was completed: .*budget"):
        prompts(pack.path, tmp_path / "a", **settings, first=20, budget="9000 tokens")


def test_halving_by_hand() -> None:
    assert list(rounds(6, 8)) == [8, 16, 32]
    assert list(rounds(1, 8)) == []
    scores = {"a": 0.5, "b": 0.9, "c": 0.5, "d": 0.1, "e": 0.2}
    assert survivors(scores, {"a": 2.0, "c": 1.0}) == ["b", "c", "a"]


@pytest.mark.slow
def test_a_quick_model_learns_what_its_passages_show(tmp_path: Path) -> None:
    def made(drug: str, i: int) -> Any:
        return example(
            f"They gave <CHEMICAL id=1>{drug}</CHEMICAL> on day {i}.", id=str(i)
        )

    dev = [made("zolpin", i) for i in range(5)]
    good = [made("zolpin", i) for i in range(16)]
    blank = [x.model_copy(update={"entities": ()}) for x in good]
    assert quick_f1(good, dev, "en") > 0.9 and quick_f1(blank, dev, "en") == 0
    write_jsonl(tmp_path / "dev.jsonl", dev)
    assert read_dev(str(tmp_path / "dev.jsonl")) == dev and read_dev("") == []
    with pytest.raises(ValueError, match="must not see a test split"):
        read_dev("bench/test.jsonl")
