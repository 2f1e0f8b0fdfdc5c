"""Words that deny a relation take it along; where others state it, too, they stay."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import FINANCE, MEDICINE, example

from phantom.augmenters.base import Passages
from phantom.augmenters.statements import Cue, find_places, read_cues, statements
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example

TABLE = "augment/statements.tsv"
PACK = load_pack(MEDICINE)
CUES = [
    Cue("INDUCES", "caused", "did not cause", holds=False),
    Cue("TREATS", "relieved", "may have relieved", holds=True),
]


def run(before: Example, pack: Pack = PACK, seed: int = 0) -> list[Example]:
    passages = Passages(pack, [before], seed, [before])
    return list(statements(passages, share=1.0, table=TABLE))


def iron(rest: str, *relations: tuple[int, str, int]) -> Example:
    return example(f"<CHEMICAL id=1>Iron</CHEMICAL> {rest}", *relations, id="x")


CAUSED = iron(
    "caused <DISEASE id=2>ulcers</DISEASE> and <DISEASE id=3>gout</DISEASE>.",
    *((1, "INDUCES", i) for i in (2, 3)),
)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50))
def test_what_is_denied_goes_and_what_is_doubted_stays(seed: int) -> None:
    (made,) = run(CAUSED, seed=seed)
    assert [e.text for e in made.entities] == ["Iron", "ulcers", "gout"]
    kept = {
        "Iron did not cause ulcers and gout.": (),
        "Iron may have caused ulcers and gout.": CAUSED.relations,
    }
    assert made.relations == kept[made.text]
    assert (made.id, made.derived_from) == ("x^statements", ("x",))


DISEASE = "<DISEASE id=2>ulcers</DISEASE>"


@pytest.mark.parametrize(
    "before",
    [
        # Another label leads over the cue, a second cue states more, something stands
        # before the cue, the relation is not what the words state.
        iron(f"caused {DISEASE}.", (1, "TREATS", 2)),
        iron(
            f"caused {DISEASE} and relieved <DISEASE id=3>gout</DISEASE>.",
            *((1, "INDUCES", 2), (1, "TREATS", 3)),
        ),
        iron(f"may have caused {DISEASE}.", (1, "INDUCES", 2)),
        # Stated once more, in the next sentence.
        iron(
            f"caused {DISEASE}. <CHEMICAL id=3>Iron</CHEMICAL>-induced "
            "<DISEASE id=4>ulcers</DISEASE> heal.",
            *((i, "INDUCES", j) for i in (1, 3) for j in (2, 4)),
        ),
        # Nothing is stated at all.
        iron(f"caused {DISEASE}."),
    ],
)
def test_where_other_words_play_a_part_nothing_changes(before: Example) -> None:
    assert list(find_places(before, CUES, "en")) == []


def test_a_relation_in_another_clause_stays() -> None:
    before = iron(
        "for <DISEASE id=2>anaemia</DISEASE> in <DISEASE id=3>gout</DISEASE> caused "
        "<DISEASE id=4>ulcers</DISEASE>.",
        *((1, "TREATS", 2), (1, "INDUCES", 4)),
    )
    (place,) = find_places(before, CUES, "en")
    assert place.relations == frozenset({1})


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("CURES\ta\tb\tno", "no relation 'CURES'"),
        ("TREATS\ta\tb\tperhaps", "yes or no"),
    ],
)
def test_a_row_that_can_not_be_is_named(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / "own.tsv").write_text(f"relation\tstated\tchanged\tholds\n{row}\n")
    with pytest.raises(ValueError, match=rf"own\.tsv:2: .*{problem}"):
        read_cues(Pack(tmp_path, PACK.domain), "own.tsv")


@pytest.mark.parametrize("folder", [MEDICINE, FINANCE])
def test_the_tables_of_the_packs_are_sound(folder: Path) -> None:
    """No changed wording states what it denies: it is none of the stated ones."""
    pack = load_pack(folder)
    cues = read_cues(pack, TABLE)
    assert {cue.relation for cue in cues} <= set(pack.relations)
    stated = {(cue.relation, cue.stated) for cue in cues}
    assert not [c for c in cues if not c.holds and (c.relation, c.changed) in stated]
