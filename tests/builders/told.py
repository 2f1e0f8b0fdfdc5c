"""Passages that tell facts, by templates, and the same with a fact lost or bent."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from tests.builders.examples import example

from phantom.records import Example

FIRMS = ("Halden Ironworks plc", "Corviner Foods Inc.", "Holt & Varga Machinery Inc.")
FIRMS += (
    "Tallow Creek Energy Corp.",
    "Quillan Semiconductors Inc.",
    "Sable Ridge Ltd.",
)
HOUSES = (
    "Marlowe Ratings",
    "Kestenbaum & Reid",
    "Federal Monetary Board",
    "Aldgate Bank",
)
# Names are {firm}, {house} and {other}; {big} is a sum, {part} a percentage, {day} a
# date; <a|b> is a word for up and one for down.
TEMPLATES = (
    "{firm} told {house} on {day} that revenue <rose|fell> {part} to {big}, while "
    "costs at {other} <fell|rose> 3%.",
    "Revenue at {firm} came to {big} in the quarter, <up|down> {part} on the year, "
    "{house} noted on {day}.",
    "On {day}, {firm} reported a {part} <increase|decrease> in revenue to {big}; "
    "{house} had forecast $77.7 billion.",
    "{day}: {firm} <lifts|lowers> its outlook for sales to {big}, a change of {part}. "
    "{house} was not surprised.",
    "{house} expects {firm} to book {big} this year, {part} <higher|lower> than last, "
    "according to a note of {day}.",
    "Sales <climbed|slid> to {big} at {firm}. The move of {part} was announced on "
    "{day} and confirmed by {house}.",
    "After two quiet years, {firm} <grew|shrank> again: turnover of {big} was {part} "
    "<above|below> the figure of {other}, {house} wrote on {day}.",
    "{house} called the results of {day} solid. At {big}, the order book of {firm} has "
    "<swelled|narrowed> by {part} because demand in Asia <fell|rose>.",
    "A {part} <jump|drop> took the market value of {firm} to {big} on {day}, although "
    "shares of {other} <lost|gained> 41%, said {house}.",
    "Net assets of {firm} <expanded|contracted> by {part}, to {big}, in the year that "
    "ended on {day} ({house}).",
    "Deposits at {house} <surged|plunged> {part} to {big} on {day} as customers of "
    "{firm} moved their money.",
    "{firm} and {house} agreed on {day} on a loan of {big}, <raised|reduced> by "
    "{part} since talks began in 2019.",
    "The pension plan of {firm}, run by {house}, ended {day} with {big}; that is "
    "{part} <more than before, a gain|less than before, a loss> for 4,100 members.",
    "Investors cheered {other} but not {firm}, whose backlog <advanced|declined> "
    "{part} to {big} by {day}, data of {house} show.",
)
FAULTS = ("name", "amount", "date", "direction")


class Told(NamedTuple):
    """A passage with its facts. fault (str): What is wrong with it, or ""."""

    example: Example
    fault: str


def tell(count: int, seed: int) -> Iterator[Told]:
    """Faithful passages, each followed by one with each fault."""
    for number in range(count):
        for fault in ("", *FAULTS):
            yield Told(_write(number, fault, random.Random(f"{seed} {number}")), fault)


def _write(number: int, fault: str, chance: random.Random) -> Example:
    firm, other = chance.sample(FIRMS, 2)
    house = chance.choice(HOUSES)
    big = float(f"{chance.uniform(0.1, 900):.3g}")
    scale = chance.choice(("million", "billion"))
    part = round(chance.uniform(1, 60), 1)
    day = date(2020, 1, 1) + timedelta(chance.randrange(1500))
    way = chance.choice(("up", "down"))
    key = "sum"
    facts = {
        "event": "earnings",
        "entities": {
            "firm": {"label": "ORG", "text": firm, "forms": [firm.rsplit(" ", 1)[0]]},
            "house": {"label": "ORG", "text": house},
        },
        "numbers": {
            key: {"value": big, "unit": f"USD {scale}"},
            "part": {"value": part, "unit": "%"},
        },
        "dates": {"date": day.isoformat()},
        "changes": {key: way},
    }
    money, share, when = (chance.choice(x) for x in (MONEY, SHARES, DAYS))
    bent = chance.choice((1, -1))
    lost = chance.choice(("firm", "house"))
    wrong = chance.choice(("sum", "part"))
    if fault == "amount" and wrong == "sum":
        big *= 1 + bent * chance.uniform(0.15, 0.6)
    if fault == "amount" and wrong == "part":
        part += bent * min(part / 2, 0.7) * chance.uniform(1.2, 2)
    if fault == "date":
        day += timedelta(bent * chance.choice((1, 2, 30, 31, 365, 366)))
    said = {
        "firm": _tag(chance.choice((firm, firm, firm.rsplit(" ", 1)[0]))),
        "house": _tag(house),
        "other": _tag(other),
        "big": money(big, scale),
        "part": share(part),
        "day": when(day),
    }
    if fault == "name":
        said[lost] = chance.choice(("the group", _tag("Umbra Lighting"), "analysts"))
    template = TEMPLATES[number % len(TEMPLATES)]
    up = (way == "up") != (fault == "direction")
    chosen = re.sub(r"<([^|]*)\|([^>]*)>", lambda m: m[1] if up else m[2], template)
    text = re.sub(r"\{(\w+)\}", lambda m: said[m[1]], chosen)
    text = _number_tags(text[0].upper() + text[1:] if text[0] != "@" else text)
    return example(text, id=f"{number} {fault}", facts=facts)


def _tag(name: str) -> str:
    return f"@{name}@"


def _number_tags(text: str) -> str:
    parts = text.split("@")
    tagged = [
        f"<ORG id={i // 2 + 1}>{part}</ORG>" if i % 2 else part
        for i, part in enumerate(parts)
    ]
    return "".join(tagged)


def _short(scale: str) -> str:
    return {"million": "m", "billion": "bn"}[scale]


def _thousands(value: float, scale: str) -> str:
    smaller = {"million": ("thousand", ","), "billion": ("million", ",")}[scale]
    return f"USD {value * 1000:,.1f} {smaller[0]}"


MONEY: tuple[Callable[[float, str], str], ...] = (
    lambda x, s: f"${x:.3g} {s}" if x < 1000 else f"${x:.0f} {s}",
    lambda x, s: f"${x:.2f}{_short(s)}",
    lambda x, s: f"US${x:,.1f} {s}",
    lambda x, s: f"USD {x:.2f} {s}",
    lambda x, s: f"{x:.2f} {s} dollars",
    lambda x, s: f"{x:.1f} {s} US dollars",
    _thousands,
    lambda x, s: f"roughly ${x:.1f} {s}",
)
SHARES: tuple[Callable[[float], str], ...] = (
    lambda x: f"{x:.1f}%",
    lambda x: f"{x:.1f} %",
    lambda x: f"{x:.1f} per cent",
    lambda x: f"{x:.1f} percent",
    lambda x: f"{x:.2f}pct",
    lambda x: f"{x * 100:,.0f} basis points",
    lambda x: f"{x:.1f}-percent",
)
DAYS: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.day} {d:%B} {d.year}",
    lambda d: f"{d:%B} {d.day}, {d.year}",
    lambda d: f"{d:%A}, {d:%B} {d.day}, {d.year}",
    lambda d: f"{d.day} {d:%b} {d.year}",
    lambda d: f"{d:%d-%b-%Y}",
    lambda d: d.isoformat(),
    lambda d: f"the {_ordinal(d.day)} of {d:%B}, {d.year}",
    lambda d: f"{d:%b}. {d.day}, {d.year}",
    lambda d: f"{d:%m/%d/%Y}",
)


def _ordinal(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number < 14 else ends.get(number % 10, 'th')}"


def faults_found(told: Told, details: list[str]) -> tuple[bool, list[str]]:
    """Whether the planted fault is among the findings, and the findings beside it."""
    own = [detail for detail in details if told.fault and detail.startswith(told.fault)]
    return bool(own), [detail for detail in details if detail not in own]
