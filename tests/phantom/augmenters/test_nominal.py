"""A word for a kind in the place of a name: where one fits, what becomes of it."""

from pathlib import Path
from typing import Any

import pytest
import spacy
from tests.builders import FINANCE, example

from phantom.augmenters.base import Passages, augment, vary_windows
from phantom.corpora.docbin import to_doc
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example
from phantom.registry import phantom_registry

WORDS = {"ORG": ["the company"]}
BOUGHT = (
    "<ORG id=1>Acme</ORG> bought <ORG id=2>Beta</ORG> in <LOC id=3>Oslo</LOC>.",
    (2, "ACQUIRED_BY", 1),
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(FINANCE)


def stand_in(
    pack: Pack, *given: Example, seed: int = 0, **settings: Any
) -> list[Example]:
    options = {"share": 1.0, "words": WORDS, **settings}
    catalogue = phantom_registry.phantom_augmenters
    checked = catalogue.check("nominal", options, "augment")
    return list(
        catalogue.get("nominal")(Passages(pack, given, seed, [*given]), **checked)
    )


def texts(pack: Pack, tagged: str, **settings: Any) -> set[str]:
    """What becomes of a passage, over twenty seeds."""
    given = example(tagged, id="a")
    found = [stand_in(pack, given, seed=i, **settings) for i in range(20)]
    return {x.text for each in found for x in each}


def test_one_name_gives_way_and_stays_an_end_of_its_relations(pack: Pack) -> None:
    given = example(*BOUGHT, id="a", concepts={"Acme": "C1"})
    found = [x for i in range(20) for x in stand_in(pack, given, seed=i)]
    assert {x.text for x in found} == {
        "The company bought Beta in Oslo.",
        "Acme bought the company in Oslo.",
    }
    for made in found:
        assert (made.id, made.derived_from) == ("a^nominal", ("a",))
        assert made.relations == given.relations
        assert [e.label for e in made.entities] == ["ORG", "ORG", "LOC"]
        (word,) = [e for e in made.entities if e.nominal]
        assert (word.text.lower(), word.id) == ("the company", None)


@pytest.mark.parametrize(
    ("tagged", "found"),
    [
        (
            "Shares of the <ORG id=1>Acme</ORG> group rose in <LOC id=2>Oslo</LOC>.",
            "Shares of the company group rose in Oslo.",
        ),
        (
            "The <ORG id=1>Acme</ORG> group rose in <LOC id=2>Oslo</LOC>.",
            "The company group rose in Oslo.",
        ),
        (
            "Rain. <ORG id=1>Acme</ORG>’s base is <LOC id=2>Oslo</LOC>!",
            "Rain. The company’s base is Oslo!",
        ),
    ],
)
def test_articles_go_and_sentences_begin_with_a_capital(
    pack: Pack, tagged: str, found: str
) -> None:
    assert texts(pack, tagged) == {found}


def test_a_word_says_what_it_becomes_before_a_possessive(pack: Pack) -> None:
    words = {"ORG": ["it|its"]}
    owned = "In <LOC id=1>Oslo</LOC>, <ORG id=2>Acme</ORG>'s plant burnt."
    assert texts(pack, owned, words=words) == {"In Oslo, its plant burnt."}
    plain = "<ORG id=2>Acme</ORG> left <LOC id=1>Oslo</LOC>."
    assert texts(pack, plain, words=words) == {"It left Oslo."}


@pytest.mark.parametrize(
    "tagged",
    [
        "<ORG id=1>Acme</ORG> to leave <LOC id=2>Oslo</LOC>",
        "- <ORG id=1>Acme</ORG> left <LOC id=2>Oslo</LOC>.",
        "A firm (<ORG id=1>Acme</ORG>, of <LOC id=2>Oslo</LOC>) rose.",
        "<ORG id=1>Acme</ORG> (ACM) left <LOC id=2>Oslo</LOC>.",
        "An <ORG id=1>Acme</ORG>-led group left <LOC id=2>Oslo</LOC>.",
        "The ex-<ORG id=1>Acme</ORG> plant is in <LOC id=2>Oslo</LOC>.",
        'The "<ORG id=1>Acme</ORG>" plant is in <LOC id=2>Oslo</LOC>.',
        "<ORG id=1>Siemens</ORG>' plant is in <LOC id=2>Oslo</LOC>.",
        "<ORG id=1>Acme</ORG> left <LOC id=2>Oslo</LOC>; ACME wept.",
        "<ORG id=1>Acme</ORG>, <ORG id=2>Beta</ORG> and <ORG id=3>Eta</ORG> rose.",
        "<ORG id=1>Acme Steel</ORG> was once <ORG id=2>Acme</ORG>.",
        "<ORG id=1>Acme</ORG> rose.",
        "<ORG id=1>Acme</ORG> rose by <VALUE id=2>3%</VALUE>.",
        "The company said <ORG id=1>Acme</ORG> left <LOC id=2>Oslo</LOC>.",
        "<PER id=1>Ann</PER> left <LOC id=2>Oslo</LOC>.",
        "In <LOC id=1>Oslo</LOC> it was bought by <ORG id=2>Acme Inc.</ORG>",
    ],
)
def test_where_no_word_fits_the_passage_has_no_variant(pack: Pack, tagged: str) -> None:
    assert texts(pack, tagged) == set()


@pytest.mark.parametrize("word", [" it", "it ", "", " ", "it|", "it|its own"])
def test_words_that_can_stand_for_no_name_are_refused(pack: Pack, word: str) -> None:
    with pytest.raises(ValueError, match=r"words\.ORG"):
        stand_in(pack, example(*BOUGHT), words={"ORG": [word]})


def test_the_recognizer_is_taught_that_it_is_no_entity(
    pack: Pack, tmp_path: Path
) -> None:
    made = [x for i in range(9) for x in stand_in(pack, example(*BOUGHT), seed=i)]
    first = next(x for x in made if x.text.startswith("The company"))
    write_jsonl(tmp_path / "x.jsonl", [first, example(*BOUGHT, id="b")])
    written = (tmp_path / "x.jsonl").read_text()
    assert written.count('"nominal":true') == 1 == written.count('"nominal":')
    (back, plain) = read_jsonl(tmp_path / "x.jsonl", Example)
    assert back == first
    doc = to_doc(spacy.blank("xx"), back)
    assert [e.text for e in doc.ents] == ["Beta", "Oslo"]
    assert [t.ent_iob_ for t in doc[:3]] == ["O", "O", "O"]
    (word,) = doc.spans["nominal"]
    assert (word.text, word.label_) == ("The company", "ORG")
    (bought,) = doc._.relations
    assert (bought["head"], bought["tail"]) == ([3, 4], [0, 2])
    assert "nominal" not in to_doc(spacy.blank("xx"), plain).spans


def test_without_such_mentions_the_rest_of_an_example_stays(pack: Pack) -> None:
    made = [x for i in range(9) for x in stand_in(pack, example(*BOUGHT), seed=i)]
    first = next(x for x in made if x.text.startswith("The company"))
    assert [e.text for e in first.named().entities] == ["Beta", "Oslo"]
    assert first.named().relations == ()
    based = example(BOUGHT[0], (2, "BASED_IN", 3))
    made = [x for i in range(9) for x in stand_in(pack, based, seed=i)]
    (relation,) = next(x for x in made if x.text[0] == "T").named().relations
    assert (relation.head, relation.tail) == (0, 1)
    assert based.named() is based


def test_no_later_augmenter_takes_the_word_for_a_name(pack: Pack) -> None:
    swap = {"name_swap": {"labels": ["ORG"], "share": 1.0, "copies": 3}}
    own = {"nominal": {"share": 1.0, "words": WORDS}}
    feeding = pack.domain.feeding.model_copy(update={"vary": [own, swap]})
    update = {"augment": [own, swap], "feeding": feeding}
    changed = Pack(pack.path, pack.domain.model_copy(update=update))
    given = [example(*BOUGHT, id="a"), example("<ORG id=1>Zeta</ORG> rose.", id="b")]
    for found in (augment(changed, given, 0), vary_windows(changed, given, 0)):
        words = [e.text.lower() for x in found for e in x.entities if e.nominal]
        assert words == ["the company"]
        assert not any("nominal" in x.id for x in found if x.varied == "name_swap")


def test_whoever_hands_such_mentions_in_keeps_them(pack: Pack) -> None:
    """No augmenter changes the word, or puts it in the place of a name."""
    (made,) = stand_in(pack, example("<ORG id=1>Acme</ORG> left <LOC id=2>Oslo</LOC>."))
    swap = {"name_swap": {"labels": ["ORG"], "share": 1.0, "copies": 3}}
    feeding = pack.domain.feeding.model_copy(update={"vary": [swap]})
    update = {"augment": [swap], "feeding": feeding}
    changed = Pack(pack.path, pack.domain.model_copy(update=update))
    given = [made, example("<ORG id=1>Zeta</ORG> rose.", id="b")]
    for found in (augment(changed, given, 0), vary_windows(changed, given, 0)):
        assert [x for x in found if any(e.nominal for e in x.entities)] == [made]
        assert {x.varied for x in found} == {None, "name_swap"}
        names = [e.text for x in found if x.varied for e in x.entities]
        assert names and "the company" not in map(str.lower, names)
