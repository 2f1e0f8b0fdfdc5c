"""Facts told as they are, lost, bent, or in a name that is not marked."""

from pathlib import Path
from typing import Any

import pytest
from tests.builders import example
from tests.builders.packs import findings, make_context, measures

from phantom.checks import CheckContext

FIRM = {"firm": {"label": "ORG", "text": "Acme Holdings plc", "forms": ["AHP"]}}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> CheckContext:
    return make_context(tmp_path_factory.mktemp("facts"))


def reasons(context: CheckContext, text: str, **facts: Any) -> list[str]:
    given = example(text, facts={"event": "earnings", **facts})
    return [found.reason for found in findings("facts_kept", [given], context)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<ORG id=1>Acme Holdings plc</ORG> fell.", ""),
        ("<ORG id=1>Acme Holdings</ORG> fell.", ""),
        ("<ORG id=1>ACME</ORG> fell.", ""),
        ("<ORG id=1>AHP</ORG> fell.", ""),
        ("Shares of <ORG id=1>the Acme Holdings plc</ORG> fell.", ""),
        ("Acme Holdings plc fell.", "fact_unmarked"),
        ("<PER id=1>Acme Holdings plc</PER> fell.", "fact_unmarked"),
        ("<ORG id=1>Acme Motors plc</ORG> fell.", "fact_lost"),
        ("<ORG id=1>Holdings plc</ORG> fell.", "fact_lost"),
        ("The company fell.", "fact_lost"),
    ],
)
def test_names(context: CheckContext, text: str, reason: str) -> None:
    assert reasons(context, text, entities=FIRM) == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("value", "unit", "text", "kept"),
    [
        (1.23, "USD billion", "It took $1.23 billion.", True),
        (1.23, "USD billion", "It took $1.2bn.", True),
        (1.23, "USD billion", "It took US$1,230 million.", True),
        (1.23, "USD billion", "It took USD 1230m.", True),
        (1.23, "USD billion", "It took 1.2 billion dollars.", True),
        (1.23, "USD billion", "It took about $1.25 billion.", True),
        (1.23, "USD billion", "It took $1.25 billion.", False),
        (1.23, "USD billion", "It took $1.3 billion.", False),
        (1.23, "USD billion", "It took $1.23 million.", False),
        (1.23, "USD billion", "It took 1.23 billion euros.", False),
        (1.23, "USD billion", "It took between 1.23 and 1.4 billion dollars.", True),
        (12, "USD million", "It took twelve million dollars.", True),
        (15, "days", "It was shut for a fifteenth day.", True),
        (15, "days", "On the 15th day it opened.", True),
        (15, "days", "On the fifth day it opened.", False),
        (15, "days", "On the 15that day it opened.", False),
        (12, "USD million", "It took thirteen million dollars.", False),
        (12, "%", "It gained 12 per cent.", True),
        (12, "%", "It gained twelve percent.", True),
        (12, "%", "It gained 12% in Q3.", True),
        (12.4, "%", "It gained 12%.", True),
        (12.6, "%", "It gained 12%.", False),
        (12, "%", "It gained on March 12.", False),
        (-12, "%", "It lost 12%.", True),
        (12, "%", "The return was -12%.", False),
        (4, "%", "It was from 3 to 4 per cent.", True),
        (3, "%", "It was from 3 to 4 per cent.", True),
        (25, "basis points", "It moved 25bp.", True),
        (25, "basis points", "It moved by a quarter of a percentage point.", True),
        (25, "basis points", "It moved 0.25 percentage points.", True),
        (50, "basis points", "It moved by half a percentage point.", True),
        (25, "basis points", "It moved 50 basis points.", False),
        (0.35, "USD", "It paid 35 cents.", True),
        (0.35, "USD", "It paid 45 cents.", False),
        (400, "mg", "He took 0.4 g.", True),
        (400, "mg", "He took 400 mg.", True),
        (400, "mg", "He took 400 g.", False),
        (14, "days", "It lasted two weeks.", True),
        (14, "days", "It lasted two days.", False),
        (71.5, "USD a barrel", "It cost $71.50 a barrel.", True),
        (3, "", "Three patients came.", True),
        (3, "", "Four patients came.", False),
        (3, "patients", "Three patients came.", True),
        (3, "patients", "Four patients came.", False),
        (5000, "kwacha", "It cost 5,000 kwacha.", True),
        (5000, "kwacha", "It cost 6,000 kwacha.", False),
        (1480, "RMB", "It cost RMB 1,480.", True),
        (1480, "CNY", "It cost RMB 1,480.", True),
    ],
)
def test_amounts(
    context: CheckContext, value: float, unit: str, text: str, kept: bool
) -> None:
    found = reasons(context, text, numbers={"n": {"value": value, "unit": unit}})
    assert found == ([] if kept else ["fact_lost"])


@pytest.mark.parametrize(
    ("day", "text", "kept"),
    [
        ("2024-09-03", "On 3 September 2024 it came.", True),
        ("2024-09-03", "On September 3, 2024, it came.", True),
        ("2024-09-03", "On Tuesday, September 3rd, it came.", True),
        ("2024-09-03", "On Sept. 3 it came.", True),
        ("2024-09-03", "On 3 Sep 2024 it came.", True),
        ("2024-09-03", "On the 3rd of September it came.", True),
        ("2024-09-03", "2024-09-03: it came.", True),
        ("2024-09-03", "On 09/03/2024 it came.", True),
        ("2024-09-03", "On 03.09.2024 it came.", True),
        ("2024-09-03", "On 4 September 2024 it came.", False),
        ("2024-09-03", "On 13 September 2024 it came.", False),
        ("2024-09-03", "On September 30 it came.", False),
        ("2024-09-03", "On 3 September 2023 it came.", False),
        ("2024-09-03", "It came in 2024.", False),
        ("2024-09-03T14:30", "On 3 September at half past two it came.", True),
        ("2024-09", "In September 2024 it came.", True),
        ("2024-09", "In September 2023 it came.", False),
        ("2024-05", "It may come.", False),
        ("2024", "In 2024 it came.", True),
        ("2024", "In 2023 it came.", False),
    ],
)
def test_dates(context: CheckContext, day: str, text: str, kept: bool) -> None:
    found = reasons(context, text, dates={"date": day})
    assert found == ([] if kept else ["fact_lost"])


@pytest.mark.parametrize(
    ("way", "text", "kept"),
    [
        ("up", "Revenue rose to $12.", True),
        ("up", "Revenue fell to $12.", False),
        ("down", "Revenue rose to $12.", False),
        ("up", "Revenue was $12, up from $11.", True),
        ("up", "Revenue was $12, down from $13.", False),
        ("up", "Costs fell while revenue rose to $12.", True),
        ("up", "Costs rose while revenue fell to $12.", False),
        ("up", "Revenue came to $12.", True),
        ("up", "Revenue of up to $12 fell short.", False),
        ("unchanged", "Revenue was unchanged at $12.", True),
        ("unchanged", "Revenue fell to $12.", False),
        ("unchanged", "It held its forecast of $12 as costs fell.", True),
        ("down", "An attack kept revenue at $12.", True),
        ("up", "It fell. Revenue of $12 was told. It fell.", True),
        ("up", "Revenue fell to $12. The rise to $12 was told later.", True),
    ],
)
def test_directions(context: CheckContext, way: str, text: str, kept: bool) -> None:
    numbers = {"revenue": {"value": 12, "unit": "USD"}}
    found = reasons(context, text, numbers=numbers, changes={"revenue": way})
    assert found == ([] if kept else ["fact_contradicted"])


def test_a_sign_tells_the_direction(context: CheckContext) -> None:
    facts = {"numbers": {"growth": {"value": -6.4, "unit": "%"}}}
    facts["changes"] = {"growth": "down"}
    text = "Stocks gave up their gains on growth of {}6.4%."
    assert reasons(context, text.format("-"), **facts) == []
    assert reasons(context, text.format(""), **facts) == ["fact_contradicted"]


def test_direction_of_a_name(context: CheckContext) -> None:
    facts = {"entities": FIRM, "changes": {"firm": "down"}}
    text = "<ORG id=1>Fitch</ORG> {} <ORG id=2>Acme</ORG> to BB as debt rose."
    assert reasons(context, text.format("downgraded"), **facts) == []
    assert reasons(context, text.format("upgraded"), **facts) == ["fact_contradicted"]


def test_passages_without_an_event_are_passed_over(context: CheckContext) -> None:
    facts = {"entities": FIRM}
    corpus = [example("Nothing.", id="a", facts=facts), example("Nothing.", id="b")]
    assert findings("facts_kept", corpus, context) == []
    assert measures("facts_kept", corpus, context)["facts_kept"].value is None


def test_what_was_lost_is_counted_by_kind(context: CheckContext) -> None:
    facts = {"event": "x", "entities": FIRM, "dates": {"date": "2024-09-03"}}
    given = example("<ORG id=1>Acme</ORG> fell.", facts=facts)
    measure = measures("facts_kept", [given], context)["facts_kept"]
    assert measure.value == 0.5
    assert measure.rows == [
        {"fact": "date", "told": "lost", "count": 1},
        {"fact": "name", "told": "kept", "count": 1},
    ]


def test_actions_are_settings(tmp_path: Path) -> None:
    given = example("Gone.", facts={"event": "x", "entities": FIRM})
    own = make_context(tmp_path)
    assert [f.action for f in findings("facts_kept", [given], own)] == ["reject"]
    listed = findings("facts_kept", [given], own, missing="review")
    assert [f.action for f in listed] == ["review"]
