"""Passes of an encoder side by side in threads.

Cores that share each product wait for one another hundreds of times in a pass, and
stand idle where a step takes only one of them.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from threading import Barrier
from typing import Any

import torch
from spacy_transformers.util import registry

# Wordpieces that are worth a thread of their own.
LEAST_PER_THREAD = 512


@registry.misc("phantom.CountThreads.v1")
def count_threads(wordpieces: int) -> int:
    """Threads to divide so many wordpieces among: a divisor of the cores torch uses."""
    cores = torch.get_num_threads()
    most = min(cores, wordpieces // LEAST_PER_THREAD)
    return next((n for n in range(most, 1, -1) if cores % n == 0), 1)


@registry.misc("phantom.RunInThreads.v1")
def run_in_threads(work: Callable[[Any], None], parts: list[Any], threads: int) -> None:
    """Work on each part once, in threads that have an equal share of the cores.

    work (Callable[[Any], None]): torch's modes are a thread's own, so it has to set
        them. After a fault no further part is begun.
    threads (int): See `count_threads`; with one, all is done in the caller's.
    """
    todo = iter(parts)

    def run() -> None:
        try:
            for part in todo:
                work(part)
        finally:
            list(todo)

    started: list[Future] = []
    try:
        if threads > 1:
            pool = find_pool(threads, torch.get_num_threads(), os.getpid())
            for _ in range(min(threads, len(parts))):
                started.append(pool.submit(run))
    except RuntimeError:
        # No thread can be had, such as while the interpreter ends.
        pass
    try:
        if not started:
            run()
        wait(started)
    finally:
        list(todo)
    for future in started:
        future.result()


@lru_cache(maxsize=8)
def find_pool(threads: int, cores: int, process: int) -> ThreadPoolExecutor:
    """Threads among which so many cores are divided.

    process (int): Whose threads they are: a fork inherits none.
    RAISES: RuntimeError if they can't be started.
    """
    ready = Barrier(threads + 1, timeout=60)
    pool = ThreadPoolExecutor(threads, "phantom", use_cores, (cores // threads,))
    try:
        for _ in range(threads):
            pool.submit(ready.wait)
        ready.wait()
    except BaseException:
        ready.abort()
        pool.shutdown(wait=False)
        raise
    finally:
        # torch takes the last setting of any thread for those that come later.
        torch.set_num_threads(cores)
    return pool


def use_cores(cores: int) -> None:
    """Set this thread, which is new, to so many cores."""
    # torch sets up each thread when first asked, and would undo an earlier setting.
    torch.get_num_threads()
    torch.set_num_threads(cores)
