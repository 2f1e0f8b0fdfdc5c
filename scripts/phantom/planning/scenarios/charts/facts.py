"""Diagnoses and prescriptions of records as facts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from phantom.planning.scenarios.base import plain_number
from phantom.planning.scenarios.charts.terms import (
    judge_condition,
    read_product,
    split_tag,
)
from phantom.records import Amount, Fact, Origin, Term


@dataclass(frozen=True)
class Problem:
    """A condition in a record. start, stop (str): ISO 8601; no stop: it goes on."""

    code: str
    name: str
    start: str
    stop: str = ""


@dataclass(frozen=True)
class Order:
    """A drug in a record, and the code of what it is for.

    name (str): Of a product or an ingredient.
    dose (Optional[float]): At once, in unit (str).
    """

    name: str
    start: str
    reason: str = ""
    dose: float | None = None
    unit: str = ""


@dataclass
class Chart:
    """One patient. sex (str): female, male or "". birth (str): ISO 8601 or ""."""

    name: str
    sex: str = ""
    birth: str = ""
    problems: list[Problem] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


def tell_charts(
    charts: Iterable[Chart],
    leave_out: Sequence[str],
    findings: Sequence[str],
    most: int,
    origin: Origin,
    left: Counter[str],
) -> Iterator[Fact]:
    """What records say, a diagnosis or a prescription each.

    leave_out, findings (Sequence[str]): See judge_condition.
    most (int): Of other conditions at the time of a diagnosis that are told.
    left (Counter): Counts what is not told, by the reason.
    """
    for chart in charts:
        diseases: dict[str, Problem] = {}
        for problem in merge(chart.problems):
            status = judge_condition(split_tag(problem.name), leave_out, findings)
            if status in ("disease", "finding"):
                diseases[problem.code] = problem
            else:
                left[f"conditions: {status}"] += 1
        for problem in sorted(diseases.values(), key=lambda p: p.start):
            yield _diagnosis(chart, problem, list(diseases.values()), most, origin)
        for number, order in enumerate(chart.orders):
            yield from _prescriptions(chart, order, number, diseases, origin, left)


def merge(problems: Iterable[Problem]) -> list[Problem]:
    """One course for each code: from the first start to the last stop, if all ended."""
    rows: dict[str, list[Problem]] = {}
    for problem in problems:
        rows.setdefault(problem.code, []).append(problem)
    merged = []
    for code, same in rows.items():
        stops = [p.stop for p in same]
        stop = "" if "" in stops else max(stops)
        merged.append(Problem(code, same[0].name, min(p.start for p in same), stop))
    return merged


def age_at(birth: str, day: str) -> int | None:
    """Whole years between two dates, None if either is not known to the day."""
    try:
        born, then = date.fromisoformat(birth[:10]), date.fromisoformat(day[:10])
    except ValueError:
        return None
    return then.year - born.year - ((then.month, then.day) < (born.month, born.day))


def _diagnosis(
    chart: Chart, problem: Problem, all_: Sequence[Problem], most: int, origin: Origin
) -> Fact:
    day = problem.start[:10]
    others = [
        p
        for p in sorted(all_, key=lambda p: p.start, reverse=True)
        if p is not problem and p.start[:10] <= day and (not p.stop or p.stop > day)
    ]
    names = {
        f"beside_{i}": _term("comorbidity", other)
        for i, other in enumerate(others[:most], start=1)
    }
    return Fact(
        id=f"{chart.name}-{problem.code}",
        event="diagnosis",
        entities={"disease": _term("disease", problem), **names},
        numbers=_age(chart, day),
        dates={"start": day} if day else {},
        texts={"sex": chart.sex} if chart.sex else {},
        origin=origin,
    )


def _prescriptions(
    chart: Chart,
    order: Order,
    number: int,
    diseases: dict[str, Problem],
    origin: Origin,
    left: Counter[str],
) -> Iterator[Fact]:
    """One for each ingredient."""
    reason = diseases.get(order.reason)
    ingredients = read_product(order.name)
    if reason is None or not ingredients:
        why = (
            "no ingredient in the name" if reason else "not for a disease that is told"
        )
        left[f"drugs: {why}"] += 1
        return
    day = order.start[:10]
    for ingredient in ingredients:
        numbers = _age(chart, day)
        if order.dose and len(ingredients) == 1:
            numbers["dose"] = Amount(value=plain_number(order.dose), unit=order.unit)
        yield Fact(
            id=f"{chart.name}-{number}-{ingredient.name}",
            event="prescription",
            entities={
                "drug": Term(label="drug", text=ingredient.name),
                "disease": _term("disease", reason),
            },
            numbers=numbers,
            dates={"start": day} if day else {},
            texts={"sex": chart.sex} if chart.sex else {},
            causes=(f"{chart.name}-{reason.code}",),
            origin=origin,
        )


def _term(role: str, problem: Problem) -> Term:
    return Term(label=role, text=split_tag(problem.name).name, id=problem.code)


def _age(chart: Chart, day: str) -> dict[str, Amount]:
    age = age_at(chart.birth, day)
    return {} if age is None else {"age": Amount(value=age, unit="years")}
