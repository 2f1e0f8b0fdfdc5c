"""Words for what a document is about bear its relations, and are no names."""

from collections.abc import Sequence

import pytest
from tests.builders import FINANCE, example

from phantom.corpora.nominals import mark_nominals
from phantom.corpora.windows import feed_documents
from phantom.packs.domain import Feeding
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example

WORDS = {"ORG": ["the yard", "it", "its"]}
TEXT = (
    "<ORG id=1>Tarn Yard</ORG>\n\n<ORG id=2>Tarn Yard</ORG> builds at its slips. "
    "In 1990 it bought <ORG id=3>Fell Marine</ORG>, and the yard kept its name. "
    "<ORG id=4>Fell Marine</ORG> is a rival of <ORG id=5>It Works</ORG>. "
    "<ORG id=6>Tarn</ORG> and its rival met."
)


def article(text: str = TEXT) -> Example:
    made = example(text, (3, "ACQUIRED_BY", 2), (4, "COMPETITOR_OF", 5), id="d")
    return made.model_copy(update={"meta": {"kind": "document"}})


def ends(made: Example) -> set[tuple[str, str, str]]:
    names = [e.text + "*" * e.nominal for e in made.entities]
    return {(names[r.head], r.label, names[r.tail]) for r in made.relations}


def test_a_sentence_without_the_name_has_one_word_for_it() -> None:
    made = mark_nominals(article(), WORDS, "en")
    nominal = [e for e in made.entities if e.nominal]
    # "the yard" is listed first; "It" is part of a name, the first sentence has the
    # name itself and the last one a short form of it.
    assert [e.text for e in nominal] == ["the yard"]
    assert made.text[nominal[0].start : nominal[0].end] == "the yard"
    assert ends(made) == {
        ("Fell Marine", "ACQUIRED_BY", "Tarn Yard"),
        ("Fell Marine", "ACQUIRED_BY", "the yard*"),
        ("Fell Marine", "COMPETITOR_OF", "It Works"),
    }
    assert [e for e in made.entities if not e.nominal] == list(article().entities)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["it", "the yard"], ["it"]),
        (["its"], ["its"]),
        (["THE YARD"], ["the yard"]),
        (["yards"], []),
    ],
)
def test_those_listed_first_are_looked_for_first(
    words: Sequence[str], found: Sequence[str]
) -> None:
    made = mark_nominals(article(), {"ORG": words}, "en")
    assert [e.text for e in made.entities if e.nominal] == list(found)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("Tarn Yard</ORG>\n", "Tarn Yard</ORG> and <ORG id=7>Fell</ORG>\n"),
        TEXT.replace("\n\n", " "),
        TEXT.replace("ORG id=1>Tarn Yard</ORG", "PER id=1>Tarn Yard</PER"),
    ],
)
def test_without_one_name_in_the_title_nothing_is_marked(text: str) -> None:
    assert mark_nominals(article(text), WORDS, "en") == article(text)


@pytest.mark.parametrize(("heading", "found"), [("TY", 1), ("TY afloat", 0)])
def test_a_heading_that_is_a_name_is_that_of_the_first_mention(
    heading: str, found: int
) -> None:
    short = f"<ORG id=1>TY</ORG>{heading.removeprefix('TY')}"
    made = mark_nominals(
        article(TEXT.replace("<ORG id=1>Tarn Yard</ORG>", short)), WORDS, "en"
    )
    assert ("Fell Marine", "ACQUIRED_BY", "the yard*") in ends(made) or not found
    # Else the sentences that name Tarn Yard would have words for TY.
    nominal = [e.text for e in made.entities if e.nominal]
    assert nominal == (["the yard"] if found else ["its", "the yard", "its"])


def test_training_alone_is_fed_with_them() -> None:
    pack = load_pack(FINANCE)
    feeding = Feeding(sentences=[9], nominal=WORDS)
    pack = Pack(pack.path, pack.domain.model_copy(update={"feeding": feeding}))
    counts = {
        nominal: sum(
            entity.nominal
            for window in feed_documents(pack, [article()], training=nominal)
            for entity in window.entities
        )
        for nominal in (False, True)
    }
    assert counts == {False: 0, True: 1}
