"""Rounds without a network: who is waited for, what is refused, how it goes on."""

import threading
from pathlib import Path

import numpy
import pytest

from phantom.training.federated.coordinator import Coordinator
from phantom.training.federated.messages import (
    Answer,
    Arrays,
    Join,
    Labels,
    Ready,
    Settings,
    Update,
    pack,
    unpack,
)
from phantom.training.federated.open_round import Patience
from phantom.training.federated.store import RoundRecord, Store

LABELS = Labels(entities=("A", "B"))
SITES = ("one", "two", "three")


class Sites:
    """A coordinator, and what sites say to it."""

    def __init__(self, folder: Path, seconds: float = 20.0, rounds: int = 3) -> None:
        self.told: list[str] = []
        settings = Settings(rounds=rounds, steps=1)
        patience = Patience(SITES, 2, seconds, extensions=1)
        self.it = Coordinator(Store(folder), settings, patience, self.told.append)

    def open(self, joined: tuple[str, ...] = SITES, labels: Labels = LABELS) -> None:
        for site in joined:
            self.say(site, "join", Join(labels=labels))
        self.it.agree()
        self.it.open(("l", "a model"), {"w": numpy.zeros(2, dtype="f")}, {})

    def say(
        self, site: str, kind: str, record: object, arrays: Arrays | None = None
    ) -> tuple[Answer, Arrays]:
        data = pack(record, arrays)  # type: ignore[arg-type]
        return unpack(self.it.answer(site, kind, data), Answer)

    def send(self, site: str, number: int, *values: float, layout: str = "l") -> str:
        update = Update(round=number, layout=layout)
        arrays = {"w": numpy.asarray(values, dtype="f")}
        return self.say(site, "update", update, arrays)[0].what

    def ask(self, site: str, layout: str = "l") -> tuple[Answer, Arrays]:
        return self.say(site, "ready", Ready(layout=layout))

    def close(self) -> RoundRecord:
        return next(self.it.rounds())


def test_a_round_goes_from_weights_to_their_mean(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    told, start = sites.ask("one")
    assert (told.what, told.round, start["w"].tolist()) == ("train", 0, [0, 0])
    assert sites.send("one", 0, 3, 0) == "taken"
    assert sites.ask("one")[0].what == "wait"
    assert sites.send("two", 0, 0, 3) == sites.send("three", 0, 3, 3) == "taken"
    record = sites.close()
    assert record.took_part == ("one", "three", "two")
    assert sites.it.weights["w"].tolist() == [2, 2]
    assert sites.ask("one")[1]["w"].tolist() == [2, 2]
    assert record.sent["one"] > 0 and record.received["one"] > record.sent["two"]


def test_numbers_that_are_none_are_refused_and_the_others_go_on(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    assert sites.send("one", 0, numpy.nan, 0) == "refused"
    assert sites.send("two", 0, 2, 2) == sites.send("three", 0, 4, 4) == "taken"
    record = sites.close()
    assert record.took_part == ("three", "two") and record.absent == ()
    assert "not a number" in record.refused["one"]
    assert sites.it.weights["w"].tolist() == [3, 3]
    # It is asked again in the next round.
    assert sites.ask("one")[0].what == "train"


def test_an_update_far_too_long_is_refused(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    for site, value in zip(SITES, (1.0, 1.0, 1000.0), strict=True):
        sites.send(site, 0, value, 0)
    record = sites.close()
    assert record.took_part == ("one", "two") and set(record.refused) == {"three"}
    assert sites.it.weights["w"].tolist() == [1, 0]


def test_another_model_is_refused_with_both_described(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    told, _ = sites.ask("two", layout="other")
    assert told.what == "refused"
    assert "two has another model: other, and the coordinator a model" in told.why
    assert sites.send("one", 0, 1, 1, layout="other") == "refused"
    assert sites.send("three", 0, 1, 1, 1) == "refused"


def test_who_drops_out_is_waited_for_until_the_deadline_only(tmp_path: Path) -> None:
    sites = Sites(tmp_path, seconds=0.3)
    sites.open()
    sites.send("one", 0, 1, 1)
    sites.send("two", 0, 1, 1)
    record = sites.close()
    assert record.absent == ("three",) and record.seconds >= 0.3
    # Nobody waits for it now, until it asks again.
    sites.send("one", 1, 1, 1)
    sites.send("two", 1, 1, 1)
    assert sites.close().seconds < 0.3
    assert sites.ask("three")[0].round == 2


def test_who_comes_late_is_told_and_goes_on_with_the_next(tmp_path: Path) -> None:
    sites = Sites(tmp_path, seconds=0.1)
    sites.open()
    sites.send("one", 0, 1, 1)
    sites.send("two", 0, 1, 1)
    sites.close()
    assert sites.send("three", 0, 50, 50) == "late"
    assert sites.it.weights["w"].tolist() == [1, 1]
    for site in SITES:
        assert sites.send(site, 1, 1, 1) == "taken"
    assert sites.close().late == {"three": "round 1 is closed"}


def test_an_update_that_comes_twice_counts_once(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    for site in (*SITES, "one"):
        assert sites.send(site, 0, 1, 1) == "taken"
    sites.close()
    assert sites.send("one", 0, 1, 1) == "taken"
    assert sites.it.weights["w"].tolist() == [1, 1]
    for site in SITES:
        sites.send(site, 1, 1, 1)
    assert sites.close().late == {}


def test_with_too_few_sites_the_round_is_extended_then_given_up(tmp_path: Path) -> None:
    sites = Sites(tmp_path, seconds=0.1)
    sites.open()
    sites.send("one", 0, 1, 1)
    with pytest.raises(ValueError, match="1 of at least 2.*missing: three, two"):
        sites.close()
    assert any("waiting longer" in line for line in sites.told)


def test_a_killed_coordinator_goes_on_with_the_same_round(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    for number in (0, 1):
        for site in SITES[: 3 - number]:
            sites.send(site, number, 1, 1)
        if not number:
            sites.close()
    again = Sites(tmp_path)
    assert again.it.agree() == LABELS
    again.it.open(("l", "a model"), {"w": numpy.full(2, 9, dtype="f")}, {})
    assert again.it.weights["w"].tolist() == [1, 1]
    assert again.ask("one")[0].what == "wait"
    assert again.ask("three")[0].round == 1
    again.send("three", 1, 4, 4)
    assert again.close().took_part == ("one", "three", "two")
    assert again.it.weights["w"].tolist() == [3, 3]
    assert [x.round for x in Store(tmp_path).read_rounds()] == [0, 1]
    assert any("goes on with round 2; there: one, two" in x for x in again.told)


def test_a_kill_between_weights_and_record_loses_neither(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    for site in SITES:
        sites.send(site, 0, 1, 1)
    sites.close()
    (tmp_path / "rounds.jsonl").unlink()
    (tmp_path / "weights-2.safetensors.tmp.safetensors").write_bytes(b"half")
    assert [x.round for x in Store(tmp_path).read_rounds()] == [0]
    assert Sites(tmp_path).it.round.number == 1


def test_other_settings_are_not_taken_up(tmp_path: Path) -> None:
    Sites(tmp_path).open()
    with pytest.raises(ValueError, match="begun with other settings"):
        Sites(tmp_path, rounds=4)


def test_labels_of_sites_are_united_and_strangers_refused(tmp_path: Path) -> None:
    sites = Sites(tmp_path, seconds=0.2)
    sites.say("one", "join", Join(labels=Labels(entities=("A",))))
    sites.say("two", "join", Join(labels=Labels(entities=("B",))))
    assert sites.say("four", "join", Join(labels=LABELS))[0].what == "refused"
    assert sites.it.agree() == LABELS
    assert sites.say("one", "join", Join(labels=Labels(entities=("A",))))[0].labels == (
        LABELS
    )
    late = Join(labels=Labels(entities=("A", "C")))
    told, _ = sites.say("three", "join", late)
    assert told.what == "refused" and "not agreed upon at the start: C" in told.why


def test_no_agreement_without_enough_sites(tmp_path: Path) -> None:
    sites = Sites(tmp_path, seconds=0.1)
    sites.say("one", "join", Join(labels=LABELS))
    with pytest.raises(ValueError, match="sites that came in time: one; 2 needed"):
        sites.it.agree()


def test_a_round_closes_as_soon_as_all_have_answered(tmp_path: Path) -> None:
    sites = Sites(tmp_path)
    sites.open()
    done: list[RoundRecord] = []
    waiting = threading.Thread(target=lambda: done.append(sites.close()))
    waiting.start()
    for site in SITES:
        sites.send(site, 0, 1, 1)
    waiting.join(5)
    assert done and done[0].seconds < 5
