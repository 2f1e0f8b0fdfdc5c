"""What scenarios.yml makes of facts: labels, relations, and causes in words."""

import re
from collections.abc import Iterable, Iterator

from phantom.planning.scenarios.config import CONFIG, EventRule, ScenarioConfig
from phantom.records import Amount, Fact, Link

# Longer chains tell more than a passage holds.
LONGEST = 3
_KEY = re.compile(r"\{(\w+)\}")


def shape(fact: Fact, config: ScenarioConfig) -> Fact:
    """Give a fact the labels of the domain, and what its event adds and leaves out."""
    rule = config.events.get(fact.event)
    if rule is None:
        return fact
    names, plain = dict(rule.terms), {}
    for key, term in fact.entities.items():
        label = config.labels.get(term.label, term.label)
        if label:
            names[key] = term.model_copy(update={"label": label})
        else:
            plain[key] = term.text

    def told(key: str) -> bool:
        return not rule.keep or key in rule.keep

    numbers = {
        key: number.model_copy(update={"label": rule.marks.get(key, number.label)})
        for key, number in fact.numbers.items()
        if told(key)
    }
    dates = {key: day for key, day in fact.dates.items() if told(key)}
    ends = {*names, *numbers, *dates}
    links = [
        Link(head=head, label=label, tail=tail)
        for head, label, tail in rule.relations
        if {head, tail} <= ends
    ]
    changes = {k: v for k, v in fact.changes.items() if k in {*names, *numbers}}
    texts = {key: text for key, text in fact.texts.items() if told(key)}
    return fact.model_copy(
        update={
            "entities": names,
            "numbers": numbers,
            "dates": dates,
            "texts": {**plain, **texts},
            "changes": changes,
            "relations": (*fact.relations, *links),
        }
    )


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
        yield shape(fact, config).model_copy(
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
        **{key: n.text or write_amount(n) for key, n in fact.numbers.items()},
    }

    def fill(match: re.Match[str]) -> str:
        if match[1] not in told:
            raise ValueError(
                f"{CONFIG}: events.{fact.event}.says names {match[1]!r}; fact "
                f"{fact.id!r} has {', '.join(told)}"
            )
        return told[match[1]].strip()

    return _KEY.sub(fill, rule.says)


def write_amount(number: Amount) -> str:
    """An amount with its unit, currency first."""
    code, _, scale = number.unit.partition(" ")
    if number.unit == "%":
        return f"{number.value:g}%"
    if len(code) == 3 and code.isupper():
        return f"{code} {number.value:g} {scale}".strip()
    return f"{number.value:g} {number.unit}".strip()
