"""Causes in words: what led to a fact, told by the clauses of scenarios.yml."""

import re
from collections.abc import Iterable, Iterator

from phantom.planning.scenarios.config import CONFIG, EventRule, ScenarioConfig
from phantom.records import Fact

# Longer chains tell more than a passage holds.
LONGEST = 3
_KEY = re.compile(r"\{(\w+)\}")


def describe_causes(facts: Iterable[Fact], config: ScenarioConfig) -> Iterator[Fact]:
    """Give each fact `because` from its causes, and `rare` from its event.

    facts (Iterable[Fact]): In the order in which they happen.
    YIELDS (Fact): One for each; what it says itself stays.
    RAISES: ValueError if a cause is not among the facts before.
    """
    chains: dict[str, tuple[str, ...]] = {}
    for fact in facts:
        before: dict[str, None] = {}
        for cause in fact.causes:
            if cause not in chains:
                raise ValueError(
                    f"fact {fact.id!r}: its cause {cause!r} does not stand before it"
                )
            before |= dict.fromkeys(chains[cause])
        rule = config.events.get(fact.event)
        clause = say(fact, rule) if rule else ""
        chains[fact.id] = (*before, *([clause] if clause else []))
        yield fact.model_copy(
            update={
                "because": fact.because or tuple(before)[-LONGEST:],
                "rare": fact.rare or bool(rule and rule.rare),
            }
        )


def say(fact: Fact, rule: EventRule) -> str:
    """The event as a clause. RAISES: ValueError for a key that the fact has not."""
    told = {
        **fact.texts,
        **fact.dates,
        **{key: term.text for key, term in fact.entities.items()},
        **{key: n.text or f"{n.value:g} {n.unit}" for key, n in fact.numbers.items()},
    }

    def fill(match: re.Match[str]) -> str:
        if match[1] not in told:
            raise ValueError(
                f"{CONFIG}: events.{fact.event}.says names {match[1]!r}; fact "
                f"{fact.id!r} has {', '.join(told)}"
            )
        return told[match[1]].strip()

    return _KEY.sub(fill, rule.says)
