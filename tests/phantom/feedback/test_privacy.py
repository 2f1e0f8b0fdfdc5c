"""Which words of real text may stand in a prompt."""

from pathlib import Path

import pytest
from tests.builders.hinted import (
    PLANTED,
    check,
    make_pack,
    planted,
    prompts,
    read_plan,
    real,
    run_plan,
)

from phantom.feedback.from_checks import COUNTED, FROM_FEW, keep_hints
from phantom.feedback.hints import (
    QUOTES,
    Hint,
    read_hints,
)
from phantom.jsonl import write_jsonl
from phantom.packs.pack import Pack
from phantom.prompts.prompter import Prompter


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path / "tiny")


def test_no_word_of_private_text_reaches_a_prompt(pack: Pack, tmp_path: Path) -> None:
    output = check(pack, tmp_path)
    hints = tmp_path / "hints.json"
    assert planted(hints.read_text()) == set()
    assert f"hints left out of {hints}: {QUOTES}" in output
    output = run_plan(pack, tmp_path, 40, hints)
    assert QUOTES in output
    specs = read_plan(tmp_path)
    text = prompts(pack, specs)
    assert planted((tmp_path / "round-1/specs.jsonl").read_text() + text) == set()
    # What the words of the synthetic text and bare figures say does reach them.
    assert "Use 'notably' rarely." in text
    assert "More words: about 13 per passage" in text
    assert planted((tmp_path / "m/quality.md").read_text()) == set()
    # The comparison saw the words: the report, which stays in the house, has them.
    assert planted((tmp_path / "m/quality.json").read_text()) == set(PLANTED)


def test_where_a_ledger_counts_no_figure_of_private_text_goes_past_it(
    tmp_path: Path,
) -> None:
    mean = Hint(text="More words", size=1, about="words")
    ours = Hint(text="Vary", size=1, about="opening", from_real=False)
    ledger = tmp_path / "ledger.jsonl"
    kept = keep_hints([mean, ours], 500, ledger=ledger)
    assert kept.hints == [mean, ours] and not kept.left_out
    ledger.write_text("")
    kept = keep_hints([mean, ours], 500, ledger=ledger)
    assert kept.hints == [ours] and kept.left_out == {COUNTED: 1}
    # Public text is nobody's.
    assert keep_hints([mean], 500, public=True, ledger=ledger).hints == [mean]


def test_words_of_public_text_do(pack: Pack, tmp_path: Path) -> None:
    check(pack, tmp_path, "--public", f"elsewhere, {tmp_path / 'real'}")
    run_plan(pack, tmp_path, 40, tmp_path / "hints.json")
    specs = read_plan(tmp_path)
    assert planted(prompts(pack, specs)) == set(PLANTED)
    styled = [spec for spec in specs if spec.style]
    origins = {part.origin for part in Prompter(pack).render(styled[:2]).parts}
    assert "public" in origins


def test_public_in_part_is_private(pack: Pack, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "real/more.jsonl", real())
    check(pack, tmp_path, "--public", str(tmp_path / "real/text.jsonl"))
    assert planted((tmp_path / "hints.json").read_text()) == set()


def test_public_and_private_at_once_is_refused(pack: Pack, tmp_path: Path) -> None:
    folder = str(tmp_path / "real")
    with pytest.raises(ValueError, match="declared public"):
        check(pack, tmp_path, "--public", folder, "--private", folder)
    assert not (tmp_path / "m").exists()


def test_figures_of_few_passages_stay(pack: Pack, tmp_path: Path) -> None:
    output = check(pack, tmp_path, count=40)
    hints = read_hints(tmp_path / "hints.json")
    assert {hint.check for hint in hints.hints} == {"entity_statistics"}
    assert hints.left_out[FROM_FEW] and FROM_FEW in output
    assert hints.real_passages == 40
