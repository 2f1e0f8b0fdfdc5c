"""docs/reference/metrics-json.md is what the records say of themselves."""

import pytest

from phantom.evaluation.report import SplitReport
from phantom.records import Record
from phantom.reports.reference import (
    TimedSplit,
    all_models,
    read_meanings,
    render_reference,
)


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.__name__)
def test_every_key_is_described(model: type[Record]) -> None:
    meanings = read_meanings(model)
    assert [x for x in model.model_fields if not meanings.get(x)] == []


def test_types_are_said_in_words_and_lead_to_their_records() -> None:
    page = render_reference()
    rows = (
        '| `use` | "dev", "test" or null | As the benchmark map says. |',
        "| `p_ci` | [number, number], *optional* | 95% interval, [low, high]; ",
        "| `labels` | {name: [Score](#score)} | ",
        "| `hints` | list of [Hint](#hint), *optional* | The others. |",
    )
    for row in rows:
        assert row in page, row
    assert read_meanings(TimedSplit).items() > read_meanings(SplitReport).items()
