"""The page of a market: whole, escaped, with what is written of its events."""

import re

import numpy as np
import pytest
from tests.builders.markets import NAMES, one_after_the_other, small_market

from phantom.records import Entity, Example, Fact, Term

pytest.importorskip("mesa", reason="the extra `simulate` is not installed")

from phantom.planning.scenarios.market.model import Market  # noqa: E402
from phantom.planning.scenarios.market.prices import simulate_returns  # noqa: E402
from phantom.planning.scenarios.market.settings import PriceSettings  # noqa: E402
from phantom.reports.market import build_page  # noqa: E402


@pytest.mark.slow
def test_the_page_holds_pictures_tables_and_passages() -> None:
    market = Market(small_market(260, one_after_the_other(30)), NAMES, seed=1)
    market.keep_network()
    market.run()
    market.keep_network()
    acme = Term(label="ORG", text="Acme & Sons")
    facts = [
        Fact(id="f1", event="bank_run", entities={"bank": acme}, because=("a <b>",)),
        Fact(id="f2", event="earnings", entities={"firm": acme}),
    ]
    entity = Entity(start=0, end=11, label="ORG", text="Acme & Sons")
    passage = Example(
        id="x",
        text="Acme & Sons lost its depositors.",
        entities=(entity,),
        meta={"facts": {"id": "f1"}},
    )
    history = simulate_returns(PriceSettings(), 1_000, seed=0)
    html, figures = build_page(
        market, facts, [passage], history, "A market", [history, history[::-1]]
    )
    titles = re.findall(r"<h2>(.*?)</h2>", html)
    assert titles[0] == "Prices" and "Loans between banks, before and after" in titles
    assert "Shares together" in titles
    assert html.count("<svg") == len(titles) - 3
    assert "<mark" in html and "Acme &amp; Sons" in html and "a &lt;b&gt;" in html
    assert html.count("<article>") == 1
    # Nothing is fetched.
    assert not re.search(
        r'(src|href)="(?!data:|#)', re.sub(r"<svg.*?</svg>", "", html, flags=re.S)
    )
    assert sum(figures["events"].values()) == len(market.log.events)
    assert figures["days"] == 260 and len(figures["facts"]) == 7
    assert np.isfinite(figures["cross_correlation"])
