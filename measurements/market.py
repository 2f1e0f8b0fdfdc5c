"""Steps per second of the market, beside traders written plainly as mesa agents."""

import argparse
import json
import math
import time
from typing import Any

from tests.builders.markets import NAMES, one_after_the_other

from phantom.planning.scenarios.market import mesa
from phantom.planning.scenarios.market.book import Book
from phantom.planning.scenarios.market.model import Market
from phantom.planning.scenarios.market.prices import Array
from phantom.planning.scenarios.market.settings import MarketSettings
from phantom.planning.scenarios.market.traders import APART, Traders


class PlainTrader(mesa.Agent):
    """One trader who decides for itself, as the library's tutorials have it."""

    def __init__(self, model: mesa.Model, crowd: "PlainTraders", place: int) -> None:
        super().__init__(model)
        self.crowd = crowd
        self.place = place
        self.weights = (
            float(crowd.value_weight[place]),
            float(crowd.trend_weight[place]),
            float(crowd.news_weight[place]),
        )
        self.size = float(crowd.size[place])

    def step(self) -> None:
        """Send an order, on some days."""
        crowd, rng = self.crowd, self.model.random
        if rng.random() > crowd.active:
            return
        firm = rng.choice(crowd.open)
        value, trend, news = self.weights
        belief = value * crowd.lean[0][firm] + trend * crowd.lean[1][firm]
        belief += news * crowd.news[0][firm]
        belief += APART * crowd.news[1][firm] * rng.gauss(0, 1)
        book = crowd.books[firm]
        target = max(round(crowd.start[firm] * math.exp(belief)), 1)
        size = int(rng.gauss(3_000, 55) * self.size)
        buys = target > book.quote()
        crowd.send(book, firm, self.place, buys, size, target, crowd.day)


class PlainTraders(Traders):
    """The same accounts, with an agent for each trader."""

    def __init__(self, model: mesa.Model, *settings: Any) -> None:
        super().__init__(model, *settings)
        made = [PlainTrader(model, self, place) for place in range(self.count)]
        self.plain = mesa.agent.AgentSet(made, random=model.random)

    def trade(
        self,
        books: list[Book],
        open_: list[int],
        lean: Array,
        news: Array,
        active: float,
        day: int,
    ) -> None:
        """Ask every one of them, in random order."""
        self.books, self.open, self.day, self.active = books, open_, day, active
        self.lean, self.news = lean.tolist(), news.tolist()
        self.start = [book.price for book in books]
        self.plain.shuffle_do("step")


class PlainMarket(Market):
    """The market with plain traders."""

    crowd_class = PlainTraders


def measure(model: type[Market], traders: int, steps: int, seed: int) -> dict[str, Any]:
    """Run a market with all stress scenarios. RETURNS (Dict): Seconds and a check."""
    settings = MarketSettings(
        traders=traders, steps=steps, shocks=one_after_the_other(max(steps // 8, 1))
    )
    market = model(settings, NAMES, seed)
    wall, cpu = time.perf_counter(), time.process_time()
    market.run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "traders": traders,
        "steps": steps,
        "cpu seconds": round(cpu, 1),
        "wall seconds": round(wall, 1),
        "steps per cpu second": round(steps / cpu),
        "books balance": not market.find_gaps(),
        "last prices": market.closes[-1].tolist()[:3],
    }


def main() -> None:
    """Print both, and whether the same seed gave the same prices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traders", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=2_500)
    parser.add_argument("--plain-steps", type=int, default=500)
    options = parser.parse_args()
    first = measure(Market, options.traders, options.steps, 0)
    plain = measure(PlainMarket, options.traders, options.plain_steps, 0)
    short = [measure(Market, options.traders, options.plain_steps, 0) for _ in (1, 2)]
    same = short[0]["last prices"] == short[1]["last prices"]
    ratio = short[0]["steps per cpu second"] / plain["steps per cpu second"]
    print(json.dumps({"arrays": first, "arrays, short": short[0], "plain": plain}))
    print(
        json.dumps({"times as fast": round(ratio, 1), "same seed, same prices": same})
    )


if __name__ == "__main__":
    main()
