"""The page of a market as one HTML file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from phantom.planning.scenarios.events import write_amount
from phantom.planning.scenarios.history.moments import (
    compare,
    compare_cross,
    cross_correlation,
)
from phantom.records import Example, Fact
from phantom.reports.market.pictures import (
    draw_book,
    draw_network,
    draw_prices,
    draw_returns,
    draw_together,
)
from phantom.reports.pages import page_environment
from phantom.reports.quality.passages import colors, to_passage

MOST = 12


def build_page(
    market: Any,
    facts: Sequence[Fact],
    examples: Sequence[Example] = (),
    history: Any = None,
    title: str = "",
    together: Sequence[Any] = (),
) -> tuple[str, dict[str, Any]]:
    """Render the page of a market that has run.

    market (Market): Its prices, books and networks.
    facts (Sequence[Fact]): Of its events.
    examples (Sequence[Example]): Passages; those that tell one of the facts are shown.
    history (Optional[Array]): Log returns that the simulated ones stand beside.
    together (Sequence[Array]): Log returns of several series of the same days, for
        the correlation of shares.
    RETURNS (Tuple[str, Dict]): HTML with its pictures inside, and the figures.
    """
    closes = np.array(market.closes)
    listed = [firm.number for firm in market.firms if firm.listed]
    returns = [np.diff(np.log(closes[:, number])) for number in listed]
    rows = compare(history, returns) if history is not None else []
    if len(together) > 1:
        rows.append(compare_cross(list(together), returns))
    pictures = [draw_prices(market, closes)]
    if history is not None:
        pictures.append(draw_returns(history, returns))
    if len(together) > 1:
        pictures.append(draw_together(list(together), returns))
    if market.worst:
        pictures.append(draw_book(market))
    pictures.append(draw_network(market))
    figures = {
        "facts": [row._asdict() for row in rows],
        "cross_correlation": cross_correlation(returns),
        "events": count_events(market),
        "days": len(closes),
    }
    html = (
        page_environment(Path(__file__).parent)
        .get_template("market.html.jinja")
        .render(
            title=title,
            figures=figures,
            pictures=[{**p, "svg": Markup(p["svg"])} for p in pictures],
            stories=tell(facts, examples),
        )
    )
    return html, figures


def count_events(market: Any) -> dict[str, int]:
    """Events by name, most frequent first."""
    names = [event.name for event in market.log.events]
    return dict(sorted(((n, names.count(n)) for n in set(names)), key=_by_count))


def tell(facts: Sequence[Fact], examples: Sequence[Example]) -> list[dict[str, Any]]:
    """Facts with the passages that tell them; rare ones with causes without any.

    RETURNS (List[Dict]): event, date, because, numbers and passages of each.
    """
    written: dict[str, list[Example]] = {}
    for example in examples:
        of = example.meta.get("facts", {}).get("id", "")
        written.setdefault(of, []).append(example)
    told = [fact for fact in facts if fact.id in written]
    told += [f for f in facts if f.rare and len(f.because) > 1 and f not in told]
    samples = {key: [_to_sample(e) for e in some] for key, some in written.items()}
    palette = colors([sample for some in samples.values() for sample in some])
    stories = []
    for fact in told[: max(MOST, len(written))]:
        stories.append(
            {
                "event": fact.event.replace("_", " "),
                "date": fact.dates.get("date", ""),
                "names": [term.text for term in fact.entities.values()],
                "numbers": {key: write_amount(n) for key, n in fact.numbers.items()},
                "because": fact.because,
                "passages": [
                    Markup(to_passage(s, palette)) for s in samples.get(fact.id, [])
                ],
            }
        )
    return stories


def _to_sample(example: Example) -> dict[str, Any]:
    entities = [[x.start, x.end, x.label] for x in example.entities]
    return {"text": example.text, "entities": entities}


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
