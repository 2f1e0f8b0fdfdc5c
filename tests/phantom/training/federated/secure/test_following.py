"""Which sum may follow another of the same updates, and of which sites and labels."""

import threading
import time
from pathlib import Path

import pytest
from tests.builders.masked_threads import Threads, Way, dies, near
from tests.builders.masking import NAMES

from phantom.jsonl import write_json
from phantom.training.federated.messages import Answer, Settings
from phantom.training.federated.secure import hand as hands
from phantom.training.federated.secure.identity import Identity
from phantom.training.federated.secure.rules import federation_of
from phantom.training.federated.secure.said import Keys
from phantom.training.federated.store import RoundRecord

pytestmark = pytest.mark.slow


def test_a_sum_is_not_begun_anew_with_few_of_those_before(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    house = Threads(tmp_path, known, seconds=6.0)
    house.dies = lambda site, part: (
        "before" if site in ("s1", "s2") and part.stage == "masked" else ""
    )
    for name in NAMES:
        house.site(name)
    done: list[RoundRecord] = []
    waiting = threading.Thread(target=lambda: done.append(house.round()))
    waiting.start()
    while ("again", "") not in house.events():
        time.sleep(0.01)
    # Four of six are there, with new keys; five it takes, as before.
    while sum(what == "keys" for what, _ in house.events()) < 10:
        time.sleep(0.01)
    assert house.it.round.now.stage == "keys" and not done
    house.dies = lambda site, part: ""
    house.site("s1")
    waiting.join(20)
    left = tuple(x for x in NAMES if x != "s2")
    assert done[0].took_part == left
    assert near(house.it.weights, house.expected(left))


def test_a_site_refuses_a_sum_without_those_of_the_one_before(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    house = Threads(tmp_path, known, names=NAMES[:3])
    federation = federation_of(house.settings, "l").hex()
    done = hands.Done(
        federation=federation, round=0, rosters=(dict.fromkeys(NAMES, 0),)
    )
    write_json(tmp_path / "s0" / "sum.json", done)
    house.dies = lambda site, part: "before" if part.stage == "shares" else ""
    for name in house.names:
        house.site(name)
    waiting = threading.Thread(target=lambda: next(house.it.rounds()), daemon=True)
    waiting.start()
    house.join()
    assert "another sum of the same updates, of 3 sites" in house.outcomes["s0"]
    # Nobody waits any more.
    house.kill()


def follow(
    folder: Path, known: dict[str, Identity], made: dict[str, int]
) -> hands.Done:
    """What a site does of keys that are made so, after a sum by the first of three."""
    settings = Settings(rounds=3, secure=3)
    how = known["s0"], folder, settings, "l", 0, ()
    hand = hands.Hand(
        Way(lambda record, arrays: (Answer(what="late"), {})), *how, print
    )
    roster = dict.fromkeys(NAMES[:3], 1)
    done = hands.Done(federation=hand.federation.hex(), round=0, rosters=(roster,))
    write_json(hand.path, done)
    keys = Keys(masks="", seals="", certificate="")
    return hand._follow(
        0, {x: keys.model_copy(update={"made": n}) for x, n in made.items()}
    )


def test_keys_of_the_sum_before_are_not_taken_for_new_ones(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    new = {"s0": 2, "s1": 3, "s2": 2}
    assert follow(tmp_path, known, new).rosters == (dict.fromkeys(NAMES[:3], 1), new)
    # By those s2 may still show shares of the sum before, in which s0 is, too.
    with pytest.raises(ValueError, match="another sum of the same updates"):
        follow(tmp_path, known, {**new, "s2": 1})


def test_a_folder_of_another_federation_is_refused(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    done = hands.Done(federation="00", round=2)
    write_json(tmp_path / "s0" / "sum.json", done)
    house = Threads(tmp_path, known)
    house.site("s0")
    house.join()
    assert "give it another output folder" in house.outcomes["s0"]
    assert hands.load_record(tmp_path / "s0" / "sum.json", hands.Done) == done


def test_a_sum_in_which_a_label_would_be_of_a_few_is_begun_anew(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    names = NAMES[:5]
    few = ("s0", "s1")
    house = Threads(tmp_path, known, names=names, seconds=6.0, few=few)
    # B is then of two of the four that are left.
    house.dies = dies("s4", "masked", "before")
    for name in names:
        house.site(name)
    done: list[RoundRecord] = []
    waiting = threading.Thread(target=lambda: done.append(house.round()))
    waiting.start()
    while ("again", "") not in house.events():
        time.sleep(0.01)
    house.dies = lambda site, part: ""
    house.site("s4")
    waiting.join(60)
    assert any("labels that fewer than 3 sites" in x for x in house.told)
    assert done[0].took_part == names
    assert near(house.it.weights, house.expected(names))


def test_labels_of_a_few_are_refused_before_the_first_round(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    with pytest.raises(ValueError, match=r"fewer than 3 sites .*: B \(2\)"):
        Threads(tmp_path, known, names=NAMES[:3], few=("s1",))
