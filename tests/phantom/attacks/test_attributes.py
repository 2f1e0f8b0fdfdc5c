"""Attribute inference: rows that copy people are told from rows that do not."""

import numpy as np
import pytest

from phantom.attacks.attributes import infer_attribute
from phantom.planning.scenarios.generative.columns import Column, Columns

RNG = np.random.default_rng(0)


def people(count: int, follows: float = 0.0) -> Columns:
    """Age, weight and a drug of four that nobody can know from them.

    follows (float): Share of people whose drug is told by their age.
    """
    age, weight = RNG.integers(20, 90, count), RNG.normal(70, 12, count).round(1)
    drug = np.where(
        RNG.random(count) < follows, age % 4, RNG.integers(0, 4, count)
    ).astype(str)
    return Columns(
        (
            Column("age", age.astype("float64"), True),
            Column("weight", weight, True, 1),
            Column("drug", drug.astype(object), False),
        )
    )


def test_copies_give_their_people_away() -> None:
    private, others = people(200), people(200)
    found = infer_attribute(private, private, others, "drug")
    assert found.right > 0.95 and found.beside < 0.4 and found.guess < 0.4
    assert found.gain == pytest.approx(found.right - found.beside)
    assert 0.5 < found.low <= found.gain <= found.high


def test_what_is_known_of_the_kind_is_no_leak_of_one() -> None:
    """All people of an age take the same drug: guessed well, but of others as well."""
    made, private, others = (people(400, follows=1.0) for _ in range(3))
    found = infer_attribute(made, private, others, "drug", known=["age"])
    assert found.right > 0.9 and found.beside > 0.9
    assert found.low <= 0 <= found.high


def test_a_number_is_guessed_by_quarter_and_a_small_table_is_read_alike() -> None:
    private = people(100)
    few = Columns(
        tuple(
            Column(x.name, np.array([str(v) for v in x.values], dtype=object), False)
            for x in people(8).columns
        )
    )
    found = infer_attribute(private, private, few, "weight")
    assert found.right > 0.8 and found.others == 8 and found.beside < 0.8
    # Each quarter has a fourth of the people.
    assert found.guess == pytest.approx(0.25, abs=0.03)


def test_a_column_that_is_not_there_is_named() -> None:
    private = people(10)
    part = Columns(private.columns[:2])
    with pytest.raises(ValueError, match="held-out table has no column 'drug'"):
        infer_attribute(private, private, part, "drug")
    one = Columns(private.columns[2:])
    with pytest.raises(ValueError, match="beside 'drug' to guess from"):
        infer_attribute(one, one, one, "drug")
