"""Ctrl-C and SIGTERM as a call, while an event loop runs."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_interrupt(call: Callable[[bool], None]) -> Iterator[None]:
    """Call back on SIGINT and SIGTERM instead of raising.

    call (Callable[[bool], None]): Gets whether it is not the first time.
    """
    loop = asyncio.get_running_loop()
    count = 0

    def handle() -> None:
        nonlocal count
        count += 1
        call(count > 1)

    caught = []
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, handle)
        except (NotImplementedError, ValueError, RuntimeError):
            # Windows, or not the main thread: Ctrl-C then raises as usual.
            continue
        caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
