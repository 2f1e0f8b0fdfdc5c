"""Masked sums when sites or the coordinator are killed, at every stage."""

import threading
import time
from pathlib import Path

import pytest
from tests.builders.masked_threads import START, Threads, dies, near
from tests.builders.masking import NAMES

from phantom.training.federated.secure.identity import Identity
from phantom.training.federated.secure.said import Part
from phantom.training.federated.store import RoundRecord

pytestmark = pytest.mark.slow


@pytest.fixture
def house_of_all(tmp_path: Path, known: dict[str, Identity]) -> Threads:
    return Threads(tmp_path, known)


@pytest.mark.parametrize(
    ("stage", "when", "there"),
    [
        ("keys", "before", False),
        ("shares", "before", False),
        ("masked", "before", False),
        ("masked", "after", True),
        ("signed", "before", True),
        ("shown", "before", True),
        ("shown", "after", True),
    ],
)
def test_a_site_that_falls_silent_spoils_nothing(
    tmp_path: Path, known: dict[str, Identity], stage: str, when: str, there: bool
) -> None:
    house = Threads(tmp_path, known, seconds=6.0)
    house.dies = dies("s2", stage, when)
    for name in NAMES:
        house.site(name)
    record = house.round()
    left = tuple(x for x in NAMES if there or x != "s2")
    assert record.took_part == left and house.outcomes["s2"] == "killed"
    assert near(house.it.weights, house.expected(left))
    assert ("again", "") not in house.events()
    assert set(house.outcomes.values()) == {"taken", "killed"}


def round_with_a_kill(house: Threads, part: str, when: str) -> RoundRecord:
    """A round in which s1 is killed once, and started again at once."""
    house.dies = dies("s1", part, when)
    for name in house.names:
        house.site(name)
    done: list[RoundRecord] = []
    waiting = threading.Thread(target=lambda: done.append(house.round()))
    waiting.start()
    while house.outcomes.get("s1") != "killed":
        time.sleep(0.01)
    house.dies = lambda site, part: ""
    house.site("s1")
    waiting.join(20)
    return done[0]


def test_without_enough_sites_a_sum_is_begun_anew(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    house = Threads(tmp_path, known, names=NAMES[:3], seconds=20.0)
    done = round_with_a_kill(house, "shares", "after")
    # Started again, it does not wait for the time to be over.
    assert done.took_part == house.names and done.seconds < 15
    assert near(house.it.weights, house.expected(house.names))
    assert ("again", "") in house.events()
    # Others keep what they had trained.
    assert house.made == {"s0": 1, "s1": 2, "s2": 1}


def test_who_shows_shares_shows_the_same_after_a_kill(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    house = Threads(tmp_path, known, names=NAMES[:3], seconds=20.0)
    done = round_with_a_kill(house, "shown", "before")
    assert done.took_part == house.names and house.made["s1"] == 1
    assert near(house.it.weights, house.expected(house.names))


def test_a_second_sum_of_the_same_round_is_refused(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    house = Threads(tmp_path, known)
    for name in NAMES:
        house.site(name)
    house.round()
    # A coordinator that has lost, or says to have lost, all that was.
    house.folder = tmp_path / "another"
    house.begin()
    house.folder = tmp_path
    house.site("s0")
    house.join()
    assert "asks for another sum of the same updates" in house.outcomes["s0"]
    assert house.made["s0"] == 1


def test_a_round_that_is_over_is_not_done_again(house_of_all: Threads) -> None:
    house = house_of_all
    for number in range(2):
        for name in NAMES:
            house.site(name, number)
        house.round()
    before = house.made["s0"]
    house.folder = house.folder / "another"
    house.begin()
    house.folder = house.folder.parent
    house.site("s0", 0)
    house.join()
    assert "round 1: this site has shown shares" in house.outcomes["s0"]
    assert house.made["s0"] == before


def test_too_few_shares_make_a_round_void(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    house = Threads(tmp_path, known, names=NAMES[:3], seconds=4.0)
    house.dies = dies("s1", "shown", "before")
    for name in house.names:
        house.site(name)
    record = house.round()
    assert record.took_part == () and "too few to take the masks off" in record.void
    assert near(house.it.weights, START) and house.it.round.number == 1
    assert house.outcomes["s0"] == "late"
    # The next is made as if nothing had been.
    house.dies = lambda site, part: ""
    for name in house.names:
        house.site(name, 1)
    assert house.round().took_part == house.names
    assert near(house.it.weights, house.expected(house.names, 1))


@pytest.mark.parametrize("stage", ["keys", "shares", "masked", "signed", "shown"])
def test_a_killed_coordinator_goes_on_with_the_same_sum(
    tmp_path: Path, known: dict[str, Identity], stage: str
) -> None:
    house = Threads(tmp_path, known)
    killed, came = threading.Event(), []

    def kill(site: str, part: Part) -> str:
        """When the third comes, and all that is in memory is lost."""
        came.append(site) if (part.stage, part.asks) == (stage, False) else None
        if len(came) == 3 and not killed.is_set():
            house.kill()
            killed.set()
        return ""

    first = house.it.rounds()
    threading.Thread(target=lambda: next(first), daemon=True).start()
    house.dies = kill
    for name in NAMES:
        house.site(name)
    assert killed.wait(20)
    record = house.round()
    assert record.took_part == NAMES and not record.void
    assert near(house.it.weights, house.expected(NAMES))
    assert set(house.made.values()) == {1}
