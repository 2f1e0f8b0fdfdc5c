"""What a federation came to: bytes and rounds by site, examples, a picture."""

from pathlib import Path

from phantom.corpora.origins import OriginCounts
from phantom.reports.federation import plot_rounds, sum_up
from phantom.training.federated.messages import Settings
from phantom.training.federated.store import RoundRecord
from phantom.training.scoring import Scores

PRIVATE = OriginCounts(examples=4, private=4)
ROUNDS = [
    RoundRecord(
        round=0,
        took_part=("a", "b"),
        sent={"a": 10, "b": 10},
        received={"a": 7, "b": 8},
        origins={"a": PRIVATE, "b": OriginCounts(examples=2, public=2)},
        scores=Scores(ents_f=0.25),
    ),
    RoundRecord(
        round=1,
        took_part=("a",),
        absent=("b",),
        sent={"a": 10, "b": 10},
        received={"a": 7},
        origins={"a": PRIVATE},
        scores=Scores(ents_f=0.5, rel_micro_f=0.1),
    ),
]


def test_bytes_and_rounds_are_summed_and_examples_counted_once() -> None:
    told = sum_up(ROUNDS, Settings())
    assert told["sites"] == {
        "a": {"rounds": 2, "sent": 20, "received": 14},
        "b": {"rounds": 1, "sent": 20, "received": 8},
    }
    counts = told["training_data"]
    assert (counts["examples"], counts["private"], counts["public"]) == (6, 4, 2)
    assert told["rounds"][1]["absent"] == ["b"] and told["mechanism"] is None


def test_of_masked_sums_the_fullest_says_what_was_trained_on() -> None:
    sizes = (7, 12, 9)
    rounds = [
        RoundRecord(
            round=i,
            took_part=("a", "b", "c"),
            origins={"together": OriginCounts(examples=size, public=size)},
        )
        for i, size in enumerate(sizes)
    ]
    counts = sum_up(rounds, Settings(secure=3))["training_data"]
    assert (counts["examples"], counts["public"]) == (12, 12)


def test_the_picture_is_drawn_with_and_without_scores(tmp_path: Path) -> None:
    for name, rounds in (("some", ROUNDS), ("none", [])):
        plot_rounds(rounds, tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
