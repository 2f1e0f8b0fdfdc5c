import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from phantom.runtime import register_components

MODULES = register_components()
RUN = MODULES["thread_shares"].run_in_threads


@pytest.fixture(params=[1, 2, 4])
def threads(request):
    yield from use(request.param)


@pytest.fixture
def two():
    yield from use(2)


def use(count):
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    yield count
    torch.set_num_threads(before)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_each_part_is_worked_on_once(threads, count):
    shares = []
    RUN(shares.append, list(range(count)))
    assert sorted(part for share in shares for part in share) == list(range(count))
    assert len(shares) == min(threads, count)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("count", [2, 3])
def test_cores_are_divided_and_all_others_use_what_they_did(threads, count):
    used = []
    RUN(lambda _: used.append(torch.get_num_threads()), list(range(count)))
    assert len(used) == min(threads, count)
    assert used == [threads // len(used)] * len(used)
    assert torch.get_num_threads() == threads
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == threads


def test_parts_run_at_the_same_time(two):
    meet = threading.Barrier(2, timeout=60)
    RUN(lambda _: meet.wait(), [0, 1])


def test_a_fault_is_raised_where_the_work_was_asked_for(threads):
    def fail(parts):
        if 1 in parts:
            raise ValueError("part 1")

    with pytest.raises(ValueError, match="part 1"):
        RUN(fail, [0, 1, 2])
    RUN(lambda _: None, [0, 1, 2])


def test_no_part_is_no_fault(threads):
    RUN(lambda parts: None, [])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_has_threads_of_its_own(two):
    RUN(lambda _: None, [0, 1])
    child = os.fork()
    if not child:
        signal.alarm(60)
        shares = []
        try:
            torch.set_num_threads(2)
            RUN(shares.append, [0, 1])
        finally:
            os._exit(0 if len(shares) == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
