"""Passes of an encoder side by side in threads.

Cores that share each product wait for one another hundreds of times in a pass, and
stand idle where a step takes only one of them.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import Barrier
from typing import Any, Callable, List

import torch
from spacy_transformers.util import registry


@registry.misc("phantom.ThreadShares.v1")
def run_in_threads(work: Callable[[List[Any]], None], parts: List[Any]) -> None:
    """Deal parts out to threads, among which the cores that torch uses are divided.

    work (Callable[[List], None]): Called once in each thread, with its parts. torch's
        modes are a thread's own, so it has to set them.
    parts (List[Any]): In the order of what they cost.
    """
    cores = torch.get_num_threads()
    count = min(cores, len(parts))
    if count < 2:
        work(parts)
        return
    pool = find_pool(count, cores // count, os.getpid())
    list(pool.map(work, [parts[start::count] for start in range(count)]))


@lru_cache(maxsize=8)
def find_pool(count: int, cores: int, process: int) -> ThreadPoolExecutor:
    """So many threads, of so many cores each.

    process (int): Whose threads they are: a fork inherits none.
    """
    before = torch.get_num_threads()
    started = Barrier(count + 1)
    pool = ThreadPoolExecutor(count, "phantom", use_cores, (cores,))
    for _ in range(count):
        pool.submit(started.wait)
    started.wait()
    # torch takes the last setting of any thread for those that come later.
    torch.set_num_threads(before)
    return pool


def use_cores(cores: int) -> None:
    """Set this thread, which is new, to so many cores."""
    # torch sets up each thread when first asked, and would undo an earlier setting.
    torch.get_num_threads()
    torch.set_num_threads(cores)
