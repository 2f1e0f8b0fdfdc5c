"""Whatever an augmenter does to a text, mentions read what stands in their place."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import PETS, example
from tests.builders.marked import marked, marked_examples, read_marks
from tests.builders.varied import KEEPING, PACK, vary

from phantom.augmenters.base import Passages
from phantom.augmenters.casing import casing
from phantom.augmenters.confusions import DATA, Confusions
from phantom.packs.pack import Pack, load_pack
from phantom.packs.references import find_problems
from phantom.records import Example
from phantom.registry import phantom_registry


def facts(found: Example) -> list[tuple[str, int, int]]:
    return [(r.label, r.head, r.tail) for r in found.relations]


@pytest.mark.parametrize(("name", "options"), KEEPING, ids=[k[0] for k in KEEPING])
@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
@given(before=marked_examples(), seed=st.integers(0, 9))
def test_mentions_and_relations_stay(
    name: str, options: dict[str, Any], before: Example, seed: int
) -> None:
    found = vary(name, options, before, seed=seed)
    assert found == vary(name, options, before, seed=seed)
    for after in found:
        assert after.text != before.text
        assert [e.text for e in after.entities] == read_marks(after.text)
        assert [e.label for e in after.entities] == [e.label for e in before.entities]
        assert all(e.text == e.text.strip() != "" for e in after.entities)
        assert facts(after) == facts(before)
        assert (after.id, after.derived_from) == (f"m^{name}", ("m",))
        assert after.model == "m"


@pytest.mark.parametrize(("name", "options"), KEEPING, ids=[k[0] for k in KEEPING])
def test_the_seed_says_which_passages_are_varied(
    name: str, options: dict[str, Any]
) -> None:
    text = "The history of ⟦severe hypertension⟧ and ⟦HD⟧ treated ten times, rarely"
    many = [marked(f"{text} {i}.", id=str(i)) for i in range(200)]

    def ids(seed: int) -> list[str]:
        return [x.id for x in vary(name, {**options, "share": 0.3}, *many, seed=seed)]

    assert 30 < len(ids(0)) < 90 and ids(0) == ids(0) != ids(1)


def test_case_changes_letter_by_letter() -> None:
    before = marked("Die ⟦große Straße⟧ in ⟦İzmir⟧.")

    def run(way: Any) -> list[str]:
        (after,) = casing(Passages(PACK, [], 0, [before]), share=1.0, ways=[way])
        return [e.text for e in after.entities]

    assert run("upper") == ["GROSSE STRASSE", "İZMIR"]
    assert run("lower") == ["große straße", "İzmir".lower()]
    assert run("title") == ["Große Straße", "İzmir"]


def test_shorthand_is_that_of_the_table() -> None:
    before = example(
        "Patients with a history of <DISEASE id=1>severe hypertension</DISEASE> and "
        "<DISEASE id=2>heart failure</DISEASE> were orally treated twice daily.",
        id="a",
    )
    (after,) = vary("shorthand", dict(KEEPING[3][1]), before)
    assert after.text == "Pts w/ a h/o sev HTN & HF were PO tx'd bid."
    assert [e.text for e in after.entities] == ["sev HTN", "HF"]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_errors_are_as_frequent_as_the_table_says(level: int) -> None:
    """Of 20,000 letters e, each alone, so that longer strings don't come before it."""
    known = Confusions(DATA / "ocr.tsv", level)
    rate = sum(c.rate for c in known.by_written["e"])
    edits = list(known.draw("e|" * 20_000, 1.0, random.Random(0)))
    mine = [x for x in edits if x.end - x.start == 1 and x.start % 2 == 0]
    assert len(mine) / 20_000 == pytest.approx(rate, abs=0.004)
    worse = Confusions(DATA / "ocr.tsv", min(level + 1, 3))
    assert sum(c.rate for c in worse.by_written["e"]) >= rate > 0


def test_a_table_of_the_pack_takes_the_place(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text(
        "level\twritten\tread\tcount\tof\n1\tcat\tcot\t5\t5\n1\ts␣s\ts\t1\t1\n"
    )
    pack = Pack(tmp_path, load_pack(PETS).domain)
    before = marked("The ⟦cats⟧ sat; cats slept.")

    def run(level: int) -> Iterator[str]:
        passages = Passages(pack, [before], 0, [before])
        make = phantom_registry.phantom_augmenters.get("ocr")
        for after in make(passages, share=1.0, level=level, table="mine.tsv"):
            yield after.text

    assert list(run(1)) == ["The ⟦cots⟧ sat; cotslept."]
    with pytest.raises(ValueError, match="no rows of level 2; it has 1"):
        list(run(2))
    domain = pack.domain.model_copy(
        update={"augment": [{"ocr": {"share": 1.0, "table": "yours.tsv"}}]}
    )
    assert find_problems(domain, tmp_path) == [
        f"augment.ocr.table: no such file as yours.tsv in {tmp_path}"
    ]


@pytest.mark.parametrize("row", ["1\ta\ta\t1\t2", "1\ta\tb\t3\t2", "1\t\tb\t1\t2"])
def test_a_row_that_can_not_be_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(f"level\twritten\tread\tcount\tof\n1\tx\ty\t1\t1\n{row}\n")
    with pytest.raises(ValueError, match=r"mine\.tsv:3: "):
        Confusions(path, 1)
