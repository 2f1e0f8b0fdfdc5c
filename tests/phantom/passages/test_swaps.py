"""A passage about another group: agreement holds, and all else keeps its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import FINANCE, MEDICINE
from tests.builders.examples import example
from tests.builders.packs import make_pack

from phantom.packs.pack import load_pack
from phantom.packs.swaps import read_swaps
from phantom.passages.swaps import Pair, Swap, Swapper
from phantom.records import Example

SEX = Pair("sex", "female", "male")
AGE = Pair("age group", "adult", "older adult")
REGION = Pair("ethnicity or region", "African", "European")
MED = Swapper(read_swaps(load_pack(MEDICINE)))
FIN = Swapper(read_swaps(load_pack(FINANCE)), ["PER"])
ASTHMA = "<DISEASE id=1>asthma</DISEASE>"


def swap(swapper: Swapper, text: str, pair: Pair) -> Swap:
    found = swapper.exchange(example(text), pair)
    assert isinstance(found, Swap), found
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A woman saw her doctor.", "A man saw his doctor."),
        ("We told her that she had won.", "We told him that he had won."),
        ("We saw her. She left.", "We saw him. He left."),
        ("Mrs Khan and her husband", "Mr Khan and his wife"),
        ("He asked him about his sister.", "She asked her about her brother."),
        ("SHE LEFT", "HE LEFT"),
        ("a spokeswoman", "a spokesman"),
        ("The heiress left.", "The heir left."),
        ("An actor and an heir", "An actress and an heiress"),
    ],
)
def test_sex_with_agreement(before: str, after: str) -> None:
    assert swap(MED, before, SEX).after.text == after


def test_articles_follow() -> None:
    made = [swap(MED, "An 81-year-old fell.", AGE), swap(MED, "A 44-year-old", AGE)]
    for found in made:
        article, number = found.after.text.split("-")[0].split()
        assert article.lower() == ("an" if number[0] == "8" or number == "11" else "a")
    text = "An Ethiopian cohort; a Nigerian man."
    words = swap(MED, text, REGION).after.text.split()
    for article, word in ((words[0], words[1]), (words[3], words[4])):
        assert article.lower() == ("an" if word == "Italian" else "a")


@pytest.mark.parametrize(
    "text",
    [
        f"A woman, eight weeks pregnant, had {ASTHMA}.",
        "A man with <DISEASE id=1>prostate cancer</DISEASE>",
        "A woman with <DISEASE id=1>ovarian cancer</DISEASE>",
    ],
)
def test_what_is_tied_to_its_sex_stays(text: str) -> None:
    assert MED.exchange(example(text), SEX) == "tied to their group by a word"


def test_words_inside_a_mention_stay() -> None:
    text = "Men with <DISEASE id=1>male infertility</DISEASE>"
    found = MED.exchange(example(text), SEX)
    assert found == "with words of a group inside a mention"
    assert MED.exchange(example(f"It was {ASTHMA}."), SEX) == ""


def test_names_follow_in_each_mention() -> None:
    pair = Pair("name origin", "English-speaking", "South Asian")
    text = (
        "<PER id=1>Mary Smith</PER> of <ORG id=2>Acme</ORG> spoke; "
        "<PER id=3>Smith</PER>'s remark pleased <PER id=4>Mary</PER>."
    )
    found = swap(FIN, text, pair)
    full, org, family, given_name = (e.text for e in found.after.entities)
    assert full == f"{given_name} {family}" and org == "Acme"
    assert "Mary" not in found.after.text and "Smith" not in found.after.text
    tables = FIN.tables
    assert {
        "name": given_name,
        "origin": "South Asian",
        "sex": "female",
    } in tables.names
    assert {"name": family, "origin": "South Asian"} in tables.surnames


def test_a_name_elsewhere_keeps_the_passage_as_it_is() -> None:
    pair = Pair("name origin", "English-speaking", "South Asian")
    text = "<PER id=1>Mary Smith</PER> left <ORG id=2>Smith Ltd</ORG>."
    assert FIN.exchange(example(text), pair) == "with a name outside of its mention"


def test_sex_and_name_agree() -> None:
    found = swap(FIN, "<PER id=1>Mary Smith</PER> said she left.", SEX)
    name = found.after.entities[0].text
    assert name.endswith(" Smith") and " he left" in found.after.text
    sexes = {r["sex"] for r in FIN.tables.names if r["name"] == name.split()[0]}
    assert sexes == {"male"}
    other = "<PER id=1>Xq Smith</PER> said she left."
    assert FIN.exchange(example(other), SEX) == "with a name of unknown sex"


def test_a_sentence_before_says_the_group() -> None:
    found = MED.open_with(example(f"It was {ASTHMA}."), SEX)
    assert isinstance(found, Swap)
    assert found.before.text == "The patient was a woman. It was asthma."
    assert found.after.text == "The patient was a man. It was asthma."
    start = found.before.text.index("asthma")
    moved = found.move(start, start + 6)
    assert found.after.text[slice(*moved)] == "asthma" and start >= found.opening[0]
    named = MED.open_with(example("A woman"), SEX)
    assert named == "that name a group, or are tied to it, already"


PIECES = st.lists(
    st.sampled_from(
        [
            *("woman", "she", "her", "Mrs", "man", "his", "him", "mother", "aged 71"),
            *("a 44-year-old", "an 81-year-old", "a German", "an Iranian", "Nigerian"),
            *("<PER id=1>Mary Smith</PER>", "<PER id=1>Li</PER>", "and", ",", "."),
            *(
                "<PER id=1>Karen</PER>",
                "<ORG id=1>Acme AG</ORG>",
                "\n",
                "\u00e9t\u00e9",
            ),
            *("<ORG id=1>German Mothers</ORG>", "<LOC id=1>Rome</LOC>", "a", "an"),
        ]
    ),
    max_size=14,
)


def number(pieces: list[str]) -> Example:
    """The pieces as a passage; each mention has a number of its own."""
    return example(
        " ".join(p.replace("id=1", f"id={i}") for i, p in enumerate(pieces, start=1))
    )


@given(PIECES, st.integers(0, 3), st.data())
def test_every_other_offset_keeps_its_surface(
    pieces: list[str], seed: int, data: st.DataObject
) -> None:
    swapper = Swapper(FIN.tables, ["PER"], seed)
    passage = number(pieces)
    pair = data.draw(st.sampled_from(swapper.pairs))
    for found in (swapper.exchange(passage, pair), swapper.open_with(passage, pair)):
        if isinstance(found, str):
            continue
        before, after = found.before, found.after
        assert len(before.entities) == len(after.entities)
        for old, new in zip(before.entities, after.entities, strict=True):
            assert old.label == new.label
            assert found.move(old.start, old.end) == (new.start, new.end)
            if old.label != "PER":
                assert old.text == new.text
        touched = {i for e in found.edits for i in range(e.start, e.end)}
        for i, letter in enumerate(before.text):
            if i not in touched:
                assert after.text[found.move(i, i + 1)[0]] == letter


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("swaps.tsv", "sex\tfemale\tmale\t(\tx", "swaps.tsv:2: pattern"),
        ("swaps.tsv", "sex\tfemale\t\tshe\the", "swaps.tsv:2: name both groups"),
        ("swaps.tsv", "sex\tfemale\tmale\t\the", "swaps.tsv:2: empty pattern"),
        ("swaps.tsv", "*\t\t\ta\t", "swaps.tsv:2: empty replacement"),
        ("swap_labels.tsv", "drug\tDRUG", "swap_labels.tsv:2: no label 'DRUG'"),
        ("swap_templates.tsv", "pay\tpoor\tNo pay.", "pay: only 'poor' has a sentence"),
    ],
)
def test_what_is_wrong_in_a_table_is_told(
    tmp_path: Path, name: str, text: str, match: str
) -> None:
    pack = make_pack(tmp_path)
    columns = {
        "swaps.tsv": "dimension\told\tnew\tpattern\treplacement",
        "swap_labels.tsv": "dimension\tlabel",
        "swap_templates.tsv": "dimension\tgroup\ttext",
    }
    (pack.path / name).write_text(f"{columns[name]}\n{text}\n")
    with pytest.raises(ValueError, match=match):
        read_swaps(pack)


def test_a_person_can_add_rows(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    row = "breed\tcat\tdog\tkitten\tpuppy"
    text = f"dimension\told\tnew\tpattern\treplacement\n{row}\n"
    (pack.path / "swaps.tsv").write_text(text)
    swapper = Swapper(read_swaps(pack))
    found = swap(swapper, "A kitten!", Pair("breed", "cat", "dog"))
    assert found.after.text == "A puppy!"


def test_a_person_can_add_sentences_of_a_dimension_of_their_own(tmp_path: Path) -> None:
    """No row of swaps.tsv has it, and no label marks people."""
    pack = make_pack(tmp_path)
    rows = ["dimension\tgroup\ttext", *(f"pay\t{x}\tPay: {x}." for x in ("a", "b"))]
    (pack.path / "swap_templates.tsv").write_text("\n".join(rows))
    swapper = Swapper(read_swaps(pack))
    pair = Pair("pay", "a", "b")
    assert pair in swapper.pairs
    found = swapper.open_with(example("It rained."), pair)
    assert isinstance(found, Swap)
    assert found.before.text == "Pay: a. It rained."
    assert found.after.text == "Pay: b. It rained."
    assert swapper.exchange(example("It rained."), pair) == ""


def test_names_can_be_told_where_no_label_marks_people() -> None:
    assert Pair("name origin", "East Asian", "South Asian") in MED.pairs
