"""Faults planted in the recording are found; the clean part stays quiet."""

from typing import Any

import pytest
from planted_faults import check, plant_all, tabulate
from recorded import read_recorded

from phantom.features import Encoder

pytestmark = pytest.mark.slow


class FewTexts(Encoder):
    """The encoder for the paraphrases and their sources only, to save minutes.

    Other passages get a vector of their own that resembles no other.
    """

    def __init__(self, wanted: set[str]) -> None:
        super().__init__()
        self.wanted = wanted

    def embed(self, texts: Any) -> Any:
        import numpy as np

        chosen = [text for text in texts if text in self.wanted]
        known = dict(zip(chosen, super().embed(chosen), strict=True))
        rng = np.random.default_rng(0)
        rows = [known.get(text, rng.normal(size=384)) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in rows]).astype("float32")


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    planted = plant_all(read_recorded(), each=4)
    rewritten = [x for x in planted.examples if planted.kinds.get(x.id) == "paraphrase"]
    sources = {x.text for x in read_recorded()[::150]}
    encoder = FewTexts({x.text for x in rewritten} | sources)
    return tabulate(planted, check(planted, encoder))


def test_every_kind_is_found(table: dict[str, Any]) -> None:
    assert len(table["rows"]) >= 20
    for row in table["rows"]:
        assert row["planted"] >= 4, row
        assert row["found"] == row["planted"], row


def test_the_right_check_finds_nine_of_ten(table: dict[str, Any]) -> None:
    planted = sum(row["planted"] for row in table["rows"])
    right = sum(row["by the right check"] for row in table["rows"])
    assert right >= 0.9 * planted, table["rows"]


def test_clean_passages_raise_few_alarms(table: dict[str, Any]) -> None:
    assert table["clean"] > 2000
    assert table["false_alarm_share"] <= 0.02, table["alarms_by_check"]
