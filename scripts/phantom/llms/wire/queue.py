"""Which specs share the next request: those asked again, those retried, new ones."""

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from phantom.llms.wire.dialect import Settings


@dataclass
class Request:
    """Specs that go out together.

    asks (List[Any]): Specs, or anything with an `id`.
    reasons (List[str]): Why each is asked for again, "" where it is not.
    tries (int): How often it was sent without an answer.
    refused (int): How often it was turned down for a cause that is not clear.
    sent (Optional[Settings]): With which settings it went out last.
    """

    asks: list[Any]
    reasons: list[str]
    tries: int = 0
    started: float = 0.0
    ticket: int = 0
    refused: int = 0
    sent: Settings | None = None
    probe: bool = False


class Reask(NamedTuple):
    """A spec to ask for again, in a request of at most `size`."""

    ask: Any
    reason: str
    size: int


@dataclass
class Queue:
    """Makes requests; holds a bounded number of specs, however many there are.

    fresh (Iterator[Any]): Specs never asked for in this run, streamed.
    size (int): Specs per request; may be lowered.
    window (int): Most requests that may wait for a retry.
    """

    fresh: Iterator[Any]
    size: int
    window: int = 64
    clock: Callable[[], float] = time.monotonic
    exhausted: bool = False
    _again: dict[int, deque[Reask]] = field(default_factory=dict)
    _retries: list[tuple[float, int, Request]] = field(default_factory=list)
    _count: int = 0

    def ask_again(self, again: Reask) -> None:
        """Put a spec back; it is joined with others of its size."""
        size = max(1, min(again.size, self.size))
        self._again.setdefault(size, deque()).append(again)

    def retry(self, request: Request, delay: float) -> None:
        """Put a whole request back, to be sent after a delay."""
        self._count += 1
        entry = (self.clock() + delay, self._count, request)
        heapq.heappush(self._retries, entry)

    def due(self) -> float | None:
        """Seconds until the next retry; None if there is none."""
        if not self._retries:
            return None
        return max(0.0, self._retries[0][0] - self.clock())

    def next(self, last: bool) -> Request | None:
        """The next request; None if there is none to send now.

        last (bool): Whether nothing is in flight that could bring more to ask
            again, so that a request need not be full.
        """
        if self._retries and self._retries[0][0] <= self.clock():
            return heapq.heappop(self._retries)[2]
        for size, waiting in self._again.items():
            if len(waiting) >= size:
                return self._take(waiting, size)
        # In an outage requests come back to wait; new ones would fill memory.
        if not self.exhausted and len(self._retries) < self.window:
            asks = list(islice(self.fresh, self.size))
            self.exhausted = not asks
            if asks:
                return Request(asks, [""] * len(asks))
        if self.exhausted and last:
            for size, waiting in self._again.items():
                if waiting:
                    return self._take(waiting, size)
        return None

    def drain(self) -> Iterator[Any]:
        """All specs that are left, the fresh ones included."""
        for _, _, request in self._retries:
            yield from request.asks
        for waiting in self._again.values():
            for again in waiting:
                yield again.ask
        self._retries.clear()
        self._again.clear()
        yield from self.fresh

    @staticmethod
    def _take(waiting: deque[Reask], size: int) -> Request:
        taken = [waiting.popleft() for _ in range(min(size, len(waiting)))]
        return Request([a.ask for a in taken], [a.reason for a in taken])
