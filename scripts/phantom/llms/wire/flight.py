"""Requests in flight, and the wait for what comes back."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any


class Flight:
    """The tasks that have been sent off and have not ended; true if there are any."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._tasks)

    def send(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside the others."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.wake()

    def wake(self) -> None:
        """End the present or the next `sleep`."""
        self._wake.set()

    async def sleep(self, seconds: float | None) -> None:
        """Until something comes back, or so long. Cheaper than `asyncio.wait_for`."""
        timer = None
        if seconds is not None:
            timer = asyncio.get_running_loop().call_later(seconds, self.wake)
        await self._wake.wait()
        self._wake.clear()
        if timer is not None:
            timer.cancel()

    async def land(self, in_haste: Callable[[], bool], grace: float) -> None:
        """Let all come back; in haste, within `grace` seconds."""
        started = time.monotonic()
        while self._tasks:
            if in_haste() and time.monotonic() - started >= grace:
                return
            await asyncio.wait(self._tasks, timeout=0.2)

    def cancel(self) -> None:
        """Call all back."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        """Call all back, and wait until they have let go."""
        self.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
