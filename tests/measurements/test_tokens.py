import spacy
from tests.builders import example
from tokens import count

from phantom.runtime import blank_pipeline

TAGGED = "<X id=1>PCP</X>)-induced and <X id=2>type I</X>. No <X id=3>pain</X> here."


def test_mentions_within_a_token_are_counted_for_each_tokenizer() -> None:
    tokenizers = {"stock": spacy.blank("en"), "ours": blank_pipeline("en")}
    figures = count(tokenizers, [example(TAGGED, id="a")] * 2)
    assert figures["mentions"] == 6
    assert (figures["stock"]["lost"], figures["stock"]["share"]) == (4, 66.67)
    assert (figures["ours"]["lost"], figures["ours"]["share"]) == (0, 0.0)
    assert figures["ours"]["tokens"] > figures["stock"]["tokens"]
    assert figures["stock"]["shown"][0] == "[PCP])-induced an"
