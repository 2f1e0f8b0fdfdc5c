"""Examples that stay on the dev side, whatever is added."""

from tests.builders import example

from phantom.corpora.split import split_examples


def test_what_was_dev_stays_dev_with_all_that_is_related() -> None:
    first = [
        example(f"Passage {i} says quite its own thing.", id=f"a{i}") for i in range(20)
    ]
    _, dev = split_examples(first, 0.2)
    held = {x.id for x in dev}
    copy = dev[0].model_copy(update={"id": "copy"})
    more = [example(f"Another {i} tells of yet more.", id=f"b{i}") for i in range(20)]
    train, later = split_examples([*first, *more, copy], 0.2, held_out=held)
    assert held | {"copy"} <= {x.id for x in later}
    assert len(later) == 8 and not held & {x.id for x in train}
    # More than the share: nothing else is taken.
    _, many = split_examples(first, 0.1, held_out=held)
    assert {x.id for x in many} == held
