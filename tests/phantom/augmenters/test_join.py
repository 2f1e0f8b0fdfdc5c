from phantom.augmenters.join import join_examples
from phantom.records import Entity, Example, Relation


def passage(name: str, animal: str, end: str = ".") -> Example:
    text = f"{animal} ate hay{len(name) * 'y'}{end}"
    start = text.index("hay")
    food = text[start:].rstrip(".")
    return Example(
        id=name,
        text=text,
        entities=(
            Entity(start=0, end=len(animal), label="ANIMAL", text=animal),
            Entity(start=start, end=start + len(food), label="FOOD", text=food),
        ),
        relations=(Relation(head=0, tail=1, label="EATS"),),
    )


def test_joined_passages_keep_what_each_states() -> None:
    examples = [passage("a", "Goat"), passage("bb", "Sheep", end="")]
    joined = list(join_examples(examples, 4.0, seed=0))
    assert len(joined) == 8
    assert len({example.id for example in joined}) == 8
    for example in joined:
        pairs = {
            (example.entities[r.head].text, example.entities[r.tail].text)
            for r in example.relations
        }
        assert pairs == {("Goat", "hayy"), ("Sheep", "hayyy")}
        assert ". " in example.text
        assert ".. " not in example.text
    assert joined == list(join_examples(examples, 4.0, seed=0))
    assert joined != list(join_examples(examples, 4.0, seed=1))


def test_a_lone_passage_is_joined_to_nothing() -> None:
    assert not list(join_examples([passage("a", "cat")], share=1.0, seed=0))


def test_the_lower_weight_holds_for_both() -> None:
    doubted = passage("a", "Goat").model_copy(update={"meta": {"weight": 0.25}})
    (joined,) = join_examples([doubted, passage("bb", "Sheep")], 0.5, seed=0)
    assert joined.meta["weight"] == 0.25


def test_passages_that_share_a_name_are_not_joined() -> None:
    examples = [passage("a", "Goat"), passage("bb", "goat")]
    assert not list(join_examples(examples, 5.0, seed=0))
