"""The measurement of the review page's server, in small."""

import pytest
from review_speed import measure


@pytest.mark.slow
def test_a_person_goes_through_a_small_queue() -> None:
    figures = measure(examples=300, decisions=40, turns=5)
    assert (figures["examples"], figures["turns"]) == (300, 5)
    assert 0 < figures["turn_ms"]["median"] <= figures["turn_ms"]["largest"]
    assert 0 < figures["next_ms"]["median"] < figures["turn_ms"]["median"]
    assert figures["open_cpu_seconds"] < 2
    assert figures["resident_mb"]["after"] - figures["resident_mb"]["before"] < 50
