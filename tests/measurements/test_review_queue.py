"""Sentences of a document keep the mentions that lie in them."""

from review_queue import split
from tests.builders import example


def test_sentences_with_their_mentions() -> None:
    text = (
        "Iron eased <DISEASE id=1>gout</DISEASE> in men. Rest. "
        "<CHEMICAL id=2>Zinc</CHEMICAL> did not do so here."
    )
    first, last = split([example(text, id="d")])
    assert [(x.text, x.label) for x in first.entities] == [("gout", "DISEASE")]
    assert [(x.text, x.start) for x in last.entities] == [("Zinc", 0)]
    assert (first.id, last.id) == ("d-0", "d-2")
