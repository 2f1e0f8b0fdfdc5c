import spacy
from tests.builders import example

from phantom.evaluation.baselines import (
    Dictionary,
    keywords,
    majority,
    surface_names,
    training_surfaces,
)
from phantom.evaluation.relation_task import Choice
from phantom.packs.benchmarks import Dataset
from phantom.records import Example

NLP = spacy.blank("en")


def find(names: dict[str, list[str]], text: str) -> list[tuple[str, str]]:
    found = Dictionary(NLP, names).find(NLP.make_doc(text))
    return [(text[start:end], label) for start, end, label in found]


def test_the_longest_name_wins_in_any_case_on_token_bounds() -> None:
    names = {"D": ["cancer", "Breast Cancer"], "C": ["cance"]}
    text = "BREAST CANCER, cancers and cancer"
    assert find(names, text) == [("BREAST CANCER", "D"), ("cancer", "D")]


def test_stop_words_and_short_names_are_left_out() -> None:
    names = {"G": ["WAS", "AR", "p53"]}
    assert find(names, "p53 was in ar cells") == [("p53", "G")]


def test_a_name_of_two_labels_gets_the_first() -> None:
    assert find({"A": ["iron"], "B": ["Iron", "zinc"]}, "Iron zinc") == [
        ("Iron", "A"),
        ("zinc", "B"),
    ]


def pair(text: str, *relations: tuple[int, str, int]) -> Example:
    """Ada and Bob are the mentions, numbered in the order of the text."""
    names = sorted(("Ada", "Bob"), key=text.index)
    return example(text, *relations, mentions=[(name, "X") for name in names])


def test_surfaces_go_to_their_most_frequent_label() -> None:
    tagged = "<A id=1>Lead</A>, <B id=2>lead</B> or <B id=3>lead</B>"
    examples = [example(tagged)]
    assert surface_names(examples) == {"B": ["lead"]}
    assert training_surfaces(examples) == {("A", "lead"), ("B", "lead")}


def test_majority_follows_the_direction_of_the_record() -> None:
    turned = pair("Ada Bob", (2, "R", 1))
    pairs = [turned, turned, pair("Ada Bob", (1, "S", 2)), pair("Ada Bob")]
    expected = [Choice("R", True), Choice("R", True), *[Choice("R", False)] * 2]
    assert majority(pairs) == expected
    assert majority(pairs[3:]) == [None]


def test_keywords_between_the_mentions_come_first() -> None:
    dataset = Dataset.model_validate(
        {
            "title": "t",
            "licence": "l",
            "train": "allowed",
            "tasks": ["pairs"],
            "labels": {"X": "X"},
            "relations": {
                "OWNS": {"ours": ["OWNS"], "keywords": ["own"]},
                "MEETS": {"ours": ["MEETS"], "keywords": ["me(t", "met"]},
            },
            "splits": {"dev": {"file": "f"}},
        }
    )
    pairs = [
        pair("The owner saw that Ada met Bob"),
        pair("The Owner saw Ada and Bob"),
        pair("Ada disowned Bob"),
    ]
    found = [choice and choice.label for choice in keywords(dataset, pairs)]
    assert found == ["MEETS", "OWNS", None]
