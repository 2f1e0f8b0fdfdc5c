"""How many requests may be in flight: up by one, down by half."""

import time
from collections.abc import Callable, Mapping

from phantom.llms.wire.waits import parse_wait

# OpenAI and those that follow it; Anthropic.
_STYLES = ("x-ratelimit-{}-{}", "anthropic-ratelimit-{1}-{0}")
# A limit per day is no reason to sit still before a request was refused for it.
MOST_PAUSE = 600.0


class Limiter:
    """Additive increase, multiplicative decrease, as in TCP (RFC 5681).

    ceiling (int): Never more than this.
    start (int): At first; then one more per answer until the first sign of
        congestion, and after that one more per round of answers.
    clock (Callable): Seconds; for tests.
    """

    def __init__(
        self,
        ceiling: int,
        start: int = 16,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ceiling = max(1, ceiling)
        self.limit = float(min(max(1, start), self.ceiling))
        self.active = 0
        self.clock = clock
        self._threshold = float(self.ceiling)
        self._cut_at = -1.0
        self._resume_at = 0.0

    def wait(self) -> float | None:
        """Seconds to wait before sending; 0 for now, None until one comes back."""
        if self.active >= int(self.limit):
            return None
        return max(0.0, self._resume_at - self.clock())

    def take(self) -> float:
        """Count a request as in flight. RETURNS (float): When."""
        self.active += 1
        return self.clock()

    def give(self) -> None:
        """Count it as back."""
        self.active -= 1

    def succeed(self) -> None:
        """An answer came: go up."""
        step = 1.0 if self.limit < self._threshold else 1.0 / self.limit
        self.limit = min(self.limit + step, float(self.ceiling))

    def congest(self, started: float) -> bool:
        """The server is overloaded: go down, once for requests sent together.

        started (float): When the request was sent, from `take`.
        RETURNS (bool): Whether this was news.
        """
        if started <= self._cut_at:
            return False
        self._cut_at = self.clock()
        self.limit = max(1.0, self.limit / 2)
        self._threshold = self.limit
        return True

    def pause(self, seconds: float) -> None:
        """Send nothing for so long."""
        self._resume_at = max(self._resume_at, self.clock() + seconds)

    def heed(self, headers: Mapping[str, str]) -> float:
        """Pause as the rate-limit headers say. RETURNS (float): Seconds."""
        waits = []
        for what in ("requests", "tokens"):
            for style in _STYLES:
                left = headers.get(style.format("remaining", what), "").strip()
                if left and left.lstrip("-").strip("0.") == "":
                    waits.append(parse_wait(headers.get(style.format("reset", what))))
        seconds = min(max((w for w in waits if w), default=0.0), MOST_PAUSE)
        if seconds:
            self.pause(seconds)
        return seconds
