"""Rounds of masked sums: averages, and what is refused."""

from pathlib import Path

import numpy
import pytest
from tests.builders.masked_threads import START, Threads, near
from tests.builders.masking import HOST, NAMES

from phantom.corpora.origins import OriginCounts
from phantom.privacy.mechanisms import DpSgd
from phantom.training.federated.messages import Answer, Update, pack, unpack
from phantom.training.federated.secure import hand as hands
from phantom.training.federated.secure.identity import Identity
from phantom.training.federated.secure.said import Part


@pytest.fixture
def house(tmp_path: Path, known: dict[str, Identity]) -> Threads:
    return Threads(tmp_path, known)


def test_rounds_come_to_the_averages_of_all(house: Threads) -> None:
    weights = START
    for number in range(3):
        for name in NAMES:
            house.site(name, number)
        record = house.round()
        assert record.took_part == NAMES and not record.void and record.norms == {}
        change = house.expected(NAMES, number)
        weights = {x: weights[x] + change[x] for x in weights}
        assert set(house.outcomes.values()) == {"taken"}
    assert near(house.it.weights, weights) and house.it.done
    # The coordinator was told of all examples together, and of no site's.
    assert record.origins == {"together": OriginCounts(examples=75)}
    size = 8 * (8 + 1 + 2 + 6)
    assert all(size < record.received[x] < size + 12_000 for x in NAMES)
    # Keys are signed anew in each, certificates told once to each site.
    assert sum("certificates, to compare" in x for x in house.told) == 3 * len(NAMES)


def test_numbers_that_are_none_never_leave_the_site(house: Threads) -> None:
    for name in NAMES:
        house.site(name, value=numpy.nan if name == "s4" else 0.0)
    record = house.round()
    left = tuple(x for x in NAMES if x != "s4")
    assert record.took_part == left and "array w: not a number" in record.refused["s4"]
    assert near(house.it.weights, house.expected(left))
    assert house.outcomes["s4"] == "refused"


def test_a_masked_update_of_another_length_is_refused(house: Threads) -> None:
    def short(site: str, part: Part) -> str:
        if (site, part.stage, part.asks) != ("s4", "masked", False):
            return ""
        wrong = {"masked": numpy.zeros(3, dtype="uint64")}
        house.outcomes["told"] = unpack(
            house.it.answer("s4", "part", pack(part, wrong)), Answer
        )[0].why
        return "before"

    house.dies = short
    for name in NAMES:
        house.site(name)
    record = house.round()
    assert "(3,), (17,) expected" in house.outcomes["told"]
    assert set(record.refused) == {"s4"} and "s4" not in record.took_part
    assert near(house.it.weights, house.expected(record.took_part))


def test_a_masked_update_that_is_none_makes_the_round_void(house: Threads) -> None:
    def garbled(site: str, part: Part) -> str:
        if (site, part.stage, part.asks) == ("s4", "masked", False):
            wrong = {"masked": numpy.zeros(17, dtype="uint64")}
            house.it.answer("s4", "part", pack(part, wrong))
            return "before"
        return ""

    house.dies = garbled
    house.seconds = 6.0
    house.begin()
    for name in NAMES:
        house.site(name)
    record = house.round()
    assert "not that of updates" in record.void and record.took_part == ()
    assert near(house.it.weights, START)


def test_who_comes_late_is_not_laid_open(house: Threads) -> None:
    parts: dict[str, bytes] = {}

    def withheld(site: str, part: Part) -> str:
        """Its masked update comes when the sum is made."""
        return "before" if (site, part.stage) == ("s4", "masked") else ""

    house.dies = withheld
    house.seconds = 6.0
    house.begin()
    for name in NAMES:
        house.site(name)
    record = house.round()
    assert record.absent == ("s4",)
    late = Part(round=0, layout="l", stage="masked", key="k")
    parts["late"] = pack(late, {"masked": numpy.zeros(17, dtype="uint64")})
    told = unpack(house.it.answer("s4", "part", parts["late"]), Answer)[0]
    assert told.what == "late"
    # Of its own mask no share was shown, so nobody can take it off.
    for name in ("s0", "s5"):
        shown = (house.folder / name / "sum.json").read_text()
        part = hands.Done.model_validate_json(shown).shown
        assert "s4" not in part.own and set(part.pairs) == {"s4"}


def test_keys_that_a_site_did_not_sign_are_refused_by_the_coordinator(
    house: Threads,
) -> None:
    def forged(site: str, part: Part) -> str:
        if (site, part.stage, part.asks) == ("s4", "keys", False) and part.keys:
            other = part.keys.model_copy(update={"seals": part.keys.masks})
            wrong = part.model_copy(update={"keys": other})
            house.outcomes["told"] = unpack(
                house.it.answer("s4", "part", pack(wrong)), Answer
            )[0].why
            return "before"
        return ""

    house.dies = forged
    for name in NAMES:
        house.site(name)
    record = house.round()
    assert "s4: keys or signature are not its own" in house.outcomes["told"]
    assert "s4" in record.refused and "s4" not in record.took_part


def test_with_noise_each_site_weighs_alike_and_nothing_is_counted(
    tmp_path: Path, known: dict[str, Identity]
) -> None:
    house = Threads(tmp_path, known, clip=0.01)
    house.mechanism = DpSgd(rate=1.0, noise=1e-9, steps=3)
    house.begin()
    for name in NAMES:
        house.site(name)
    record = house.round()
    assert record.took_part == NAMES and record.origins == {}
    # Six updates, all cut to 0.01.
    length = sum(float((x**2).sum()) for x in house.it.weights.values()) ** 0.5
    assert 0 < length < 0.01
    assert HOST not in record.took_part


def test_updates_without_masks_are_refused(house: Threads) -> None:
    data = pack(Update(round=0, layout="l"), START)
    told = unpack(house.it.answer("s0", "update", data), Answer)[0]
    assert told.what == "refused"
