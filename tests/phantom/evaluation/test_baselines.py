import spacy

from phantom.evaluation.baselines import (
    Dictionary,
    keywords,
    majority,
    surface_names,
    training_surfaces,
)
from phantom.evaluation.benchmarks import Dataset
from phantom.evaluation.relation_task import Choice
from phantom.records import Entity, Example, Relation

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


def entity(text: str, surface: str, label: str) -> Entity:
    start = text.index(surface)
    return Entity(start=start, end=start + len(surface), label=label, text=surface)


def example(name: str, text: str, relations: tuple[Relation, ...] = ()) -> Example:
    ends = [entity(text, word, "X") for word in ("Ada", "Bob")]
    ends = sorted(ends, key=lambda x: x.start)
    return Example(id=name, text=text, entities=tuple(ends), relations=relations)


def test_surfaces_go_to_their_most_frequent_label() -> None:
    text = "Lead, lead or lead"
    spans = [(0, 4, "A"), (6, 10, "B"), (14, 18, "B")]
    entities = tuple(
        Entity(start=s, end=e, label=label, text=text[s:e]) for s, e, label in spans
    )
    examples = [Example(id="1", text=text, entities=entities)]
    assert surface_names(examples) == {"B": ["lead"]}
    assert training_surfaces(examples) == {("A", "lead"), ("B", "lead")}


def test_majority_follows_the_direction_of_the_record() -> None:
    turned = (Relation(head=1, tail=0, label="R"),)
    pairs = [
        example("1", "Ada Bob", turned),
        example("2", "Ada Bob", turned),
        example("3", "Ada Bob", (Relation(head=0, tail=1, label="S"),)),
        example("4", "Ada Bob"),
    ]
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
        example("1", "The owner saw that Ada met Bob"),
        example("2", "The Owner saw Ada and Bob"),
        example("3", "Ada disowned Bob"),
    ]
    found = [choice and choice.label for choice in keywords(dataset, pairs)]
    assert found == ["MEETS", "OWNS", None]
