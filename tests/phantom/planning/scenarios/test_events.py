"""Chains of causes, told in words."""

import pytest

from phantom.planning.scenarios.config import EventRule, ScenarioConfig
from phantom.planning.scenarios.events import describe_causes
from phantom.records import Amount, Fact, Term

CONFIG = ScenarioConfig(
    scenarios=["table"],
    events={
        "hike": EventRule(kind="k", says="the rate rose by {points}", weight=0),
        "loss": EventRule(kind="k", says="{firm} lost {loss} on {day}"),
        "quiet": EventRule(kind="k"),
        "default": EventRule(kind="k", rare=True),
    },
)
HIKE = Fact(id="1", event="hike", numbers={"points": Amount(value=3, unit="points")})
LOSS = Fact(
    id="2",
    event="loss",
    entities={"firm": Term(label="ORG", text="Acme")},
    numbers={"loss": Amount(value=4e6, unit="USD", text="$4 million")},
    dates={"day": "2024-05"},
    causes=("1",),
)


def test_causes_are_told_first_cause_first() -> None:
    default = Fact(id="4", event="default", causes=("1", "3"))
    quiet = Fact(id="3", event="quiet", causes=("2",))
    told = list(describe_causes([HIKE, LOSS, quiet, default], CONFIG))
    rise, loss = "the rate rose by 3 points", "Acme lost $4 million on 2024-05"
    assert [fact.because for fact in told] == [(), (rise,), (rise, loss), (rise, loss)]
    assert [fact.rare for fact in told] == [False, False, False, True]


def test_what_a_fact_says_itself_stays() -> None:
    (told,) = describe_causes(
        [HIKE.model_copy(update={"because": ("oil rose",), "rare": True})], CONFIG
    )
    assert told.because == ("oil rose",) and told.rare


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ([LOSS, HIKE], "fact '2': its cause '1' does not stand before it"),
        ([Fact(id="1", event="hike")], "says names 'points'; fact '1' has"),
    ],
)
def test_a_chain_that_breaks_is_named(facts: list[Fact], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        list(describe_causes(facts, CONFIG))
