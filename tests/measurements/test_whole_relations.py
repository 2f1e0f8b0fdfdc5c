"""Relations between names are counted once a text, whatever its length."""

from pathlib import Path

from tests.builders import example
from tests.builders.pipelines import make_examples, make_nlp, train
from whole_relations import count, read_parts, relate

from phantom.jsonl import write_jsonl

TEXT = (
    "<CHEMICAL id=1>aspirin</CHEMICAL> relieved <DISEASE id=2>pain</DISEASE> , "
    "<CHEMICAL id=3>Aspirin</CHEMICAL> did , and <DISEASE id=4>rash</DISEASE> came"
)


def test_pairs_of_names_are_counted_once() -> None:
    nlp = make_nlp(threshold=0.0)
    train(nlp, make_examples(nlp), steps=1)
    text = example(TEXT, (1, "TREATS", 2), (3, "TREATS", 2))
    # Each pair of a chemical and a disease bears every label of the schema.
    labels = len(nlp.get_pipe("relation_extractor").labels)
    assert count(relate(nlp, [text, text])) == (2, 2 * 2 * labels, 2)
    nlp.get_pipe("relation_extractor").cfg["threshold"] = 1.0
    assert count(relate(nlp, [text])) == (0, 0, 1)


def test_names_that_share_no_sentence_are_counted_apart() -> None:
    nlp = make_nlp(threshold=0.0)
    train(nlp, make_examples(nlp), steps=1)
    labels = len(nlp.get_pipe("relation_extractor").labels)
    text = TEXT.replace(" , and <", " . Then <")
    told = example(text, (1, "TREATS", 2), (3, "TREATS", 4))
    assert count(relate(nlp, [told])) == (2, 2 * labels, 2)
    # Pain is named beside aspirin, rash in a sentence of its own.
    assert count(relate(nlp, [told]), apart=True) == (1, labels, 1)


def test_documents_of_dev_are_read_whole(tmp_path: Path) -> None:
    texts = [example(TEXT, id=name) for name in ("seen", "other", "short")]
    window = example(TEXT, id="seen/0.0", derived_from=("seen",))
    write_jsonl(tmp_path / "checked.jsonl", texts)
    write_jsonl(tmp_path / "dev.jsonl", [window, texts[2]])
    parts = read_parts(tmp_path)
    assert {name: [x.id for x in part] for name, part in parts.items()} == {
        "whole": ["seen"],
        "dev": ["seen/0.0", "short"],
    }
