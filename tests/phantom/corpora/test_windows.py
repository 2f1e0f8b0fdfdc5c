"""Documents as training text: every sentence once a pass, none cut in two."""

import random

import pytest
from tests.builders import MEDICINE, example

from phantom.corpora.windows import cut_windows, feed_documents, part_documents
from phantom.packs.domain import Feeding
from phantom.packs.pack import Pack, load_pack
from phantom.records import Example


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(MEDICINE)


def document(name: str = "d", kind: str = "document") -> Example:
    made = example(
        "<CHEMICAL id=1>Iron</CHEMICAL> in practice\n\n<CHEMICAL id=2>Iron</CHEMICAL> "
        "eased <DISEASE id=3>pain</DISEASE>. Nothing else did. <DISEASE id=4>Pain"
        "</DISEASE> came back. All lived.",
        (2, "TREATS", 3),
        id=name,
    )
    return made.model_copy(update={"meta": {"kind": kind}})


def test_windows_are_the_text_and_end_with_their_paragraph() -> None:
    feeding = Feeding(sentences=[3])
    windows = list(cut_windows(document(), feeding, "en", random.Random(0)))
    assert [w.text for w in windows] == [
        "Iron in practice",
        "Iron eased pain. Nothing else did. Pain came back.",
        "All lived.",
    ]
    assert [len(w.relations) for w in windows] == [0, 1, 0]
    assert [w.derived_from for w in windows] == [("d",)] * 3


def test_the_rest_of_a_document_may_be_one_window() -> None:
    feeding = Feeding(sentences=["all"])
    (window,) = cut_windows(document(), feeding, "en", random.Random(0))
    assert window.text == document().text
    assert window.relations == document().relations
    feeding = Feeding(sentences=[1, "all"])
    sizes = {
        tuple(len(w.text) for w in cut_windows(document(), feeding, "en", rng))
        for rng in map(random.Random, range(40))
    }
    # All at once, or the title, then one sentence after the other until the rest is.
    whole = len(document().text)
    assert (whole,) in sizes and (16, whole - 18) in sizes and len(sizes) == 5


def test_each_pass_holds_every_sentence_once(pack: Pack) -> None:
    windows = list(feed_documents(pack, [document()], seed=3))
    passes = pack.domain.feeding.passes
    joined = " ".join(w.text for w in windows)
    assert joined.count("All lived.") == joined.count("Nothing else did.") == passes
    assert len({w.id for w in windows}) == len(windows)
    assert windows == list(feed_documents(pack, [document()], seed=3))


def test_a_kind_may_be_cut_more_often_for_training(pack: Pack) -> None:
    note = document(kind="clinical note")
    times = pack.kinds["clinical note"].passes
    assert times and times > pack.domain.feeding.passes
    joined = " ".join(x.text for x in feed_documents(pack, [note], training=True))
    assert joined.count("All lived.") == times
    joined = " ".join(x.text for x in feed_documents(pack, [note]))
    assert joined.count("All lived.") == pack.domain.feeding.passes


def test_a_document_may_be_fed_whole(pack: Pack) -> None:
    feeding = Feeding(passes=0, whole=True)
    domain = pack.domain.model_copy(update={"feeding": feeding})
    fed = list(feed_documents(Pack(pack.path, domain), [document()]))
    assert fed == [document()]


def test_kinds_decide_what_is_a_document(pack: Pack) -> None:
    short, documents = part_documents(
        pack, [document("a", "disease"), document("b"), document("c", "unheard of")]
    )
    assert [e.id for e in short] == ["a", "c"]
    assert [e.id for e in documents] == ["b"]
