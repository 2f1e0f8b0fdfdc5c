"""Documents are planned after public texts, never after private ones."""

import random
from itertools import islice
from pathlib import Path

import pytest
from tests.builders import MEDICINE

from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack
from phantom.planning.plan import make_plan
from phantom.planning.references import deal, read_references
from phantom.prompts.prompter import Prompter
from phantom.records import Example, Reference

LONG = "Forty patients were seen at two clinics in the north of the country. " * 7


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts" / "real.jsonl"
    records = [
        Example(id="a", text=LONG),
        Example(id="b", text="Too short."),
        Example(id="c", text=LONG + "All lived."),
    ]
    write_jsonl(path, records)
    return path


def test_texts_long_enough_are_references(texts: Path) -> None:
    assert [r.id for r in read_references([texts.parent], [])] == ["a", "c"]
    assert read_references([], []) == []


def test_private_text_is_refused(texts: Path) -> None:
    with pytest.raises(ValueError, match="real.jsonl: is private"):
        read_references([texts], [texts.parent.resolve()])


def test_nothing_long_enough_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("One line.\nAnother.\n")
    with pytest.raises(ValueError, match="none of 2 texts has 400 characters"):
        read_references([path], [])


def test_each_is_dealt_before_any_comes_again() -> None:
    three = [Reference(id=name) for name in "abc"]
    dealt = [r.id for r in islice(deal(three, random.Random(0)), 6)]
    assert sorted(dealt[:3]) == sorted(dealt[3:]) == ["a", "b", "c"]
    assert list(deal([], random.Random(0))) == []


def test_documents_alone_get_one_and_the_prompt_shows_it() -> None:
    pack = load_pack(MEDICINE)
    reference = Reference(id="a", text=LONG)
    specs = make_plan(pack, 60, references=[reference])
    documents = [spec for spec in specs if pack.kinds[spec.kind].document]
    assert documents and all(spec.reference == reference for spec in documents)
    assert not any(s.reference for s in specs if not pack.kinds[s.kind].document)
    prompt = Prompter(pack).render(documents[:1])
    assert LONG.strip() in prompt.messages()[-1]["content"]
    assert prompt.parts[-1].origin == "public"
