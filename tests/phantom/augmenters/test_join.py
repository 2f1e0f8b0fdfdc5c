from tests.builders import example

from phantom.augmenters.join import join_examples
from phantom.records import Example


def passage(name: str, animal: str, end: str = ".") -> Example:
    food = "hay" + len(name) * "y"
    tagged = f"<ANIMAL id=1>{animal}</ANIMAL> ate <FOOD id=2>{food}</FOOD>{end}"
    return example(tagged, (1, "EATS", 2), id=name)


def test_joined_passages_keep_what_each_states() -> None:
    examples = [passage("a", "Goat"), passage("bb", "Sheep", end="")]
    joined = list(join_examples(examples, 4.0, seed=0))
    assert len(joined) == 8
    assert len({both.id for both in joined}) == 8
    for both in joined:
        pairs = {
            (both.entities[r.head].text, both.entities[r.tail].text)
            for r in both.relations
        }
        assert pairs == {("Goat", "hayy"), ("Sheep", "hayyy")}
        assert ". " in both.text
        assert ".. " not in both.text
    assert joined == list(join_examples(examples, 4.0, seed=0))
    assert joined != list(join_examples(examples, 4.0, seed=1))


def test_a_lone_passage_is_joined_to_nothing() -> None:
    assert not list(join_examples([passage("a", "cat")], share=1.0, seed=0))


def test_the_lower_weight_holds_for_both() -> None:
    doubted = passage("a", "Goat").model_copy(update={"weight": 0.25})
    (joined,) = join_examples([doubted, passage("bb", "Sheep")], 0.5, seed=0)
    assert joined.weight == 0.25


def test_what_is_joined_is_as_real_as_the_less_real_of_both() -> None:
    a = passage("a", "Goat").model_copy(update={"meta": {"realism": 0.3}})
    for meta, expected in (({"realism": 0.2}, {"realism": 0.2}), ({}, {})):
        b = passage("bb", "Sheep").model_copy(update={"meta": meta})
        (joined,) = join_examples([a, b], 0.5, seed=0)
        assert joined.meta == expected


def test_what_is_joined_to_real_text_is_no_longer_synthetic() -> None:
    real = {"origin": "public", "sources": ("news",), "model": None}
    pair = [passage("a", "Goat"), passage("bb", "Sheep").model_copy(update=real)]
    (joined,) = join_examples(pair, 0.5, seed=0)
    assert (joined.origin, joined.sources) == ("public", ("news",))
    assert sorted(joined.derived_from) == ["a", "bb"]


def test_passages_that_share_a_name_are_not_joined() -> None:
    examples = [passage("a", "Goat"), passage("bb", "goat")]
    assert not list(join_examples(examples, 5.0, seed=0))
