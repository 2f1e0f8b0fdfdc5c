import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch

from phantom.runtime import register_components

SHARES = register_components()["encoder_thread_shares"]
RUN = SHARES.run_in_threads
AT_EXIT = """
import sys, threading, time
sys.path.insert(0, "scripts")
from phantom.runtime import register_components
run = register_components()["encoder_thread_shares"].run_in_threads

def work():
    threading.main_thread().join()
    done = []
    run(done.append, [0, 1, 2], 2)
    print(sorted(done))

threading.Thread(target=work).start()
"""


@pytest.fixture(params=[2, 4])
def cores(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    SHARES.find_pool.cache_clear()
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_each_part_is_worked_on_once(cores: Any, threads: Any, count: Any) -> None:
    done = []
    RUN(done.append, list(range(count)), threads)
    assert sorted(done) == list(range(count))


def test_threads_are_as_many_as_divide_the_cores_and_have_work(cores: Any) -> None:
    least = SHARES.LEAST_PER_THREAD
    found = [SHARES.count_threads(least * n) for n in (0, 1, 2, 3, 4, 99)]
    assert found == ([1, 1, 2, 2, 2, 2] if cores == 2 else [1, 1, 2, 2, 4, 4])


def test_cores_are_divided_and_all_others_use_what_they_did(cores: Any) -> None:
    meet, used = threading.Barrier(2, timeout=60), []

    def work(part):
        meet.wait()
        used.append(torch.get_num_threads())

    # In a thread of its own, so that a setting which stays is seen from outside.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(RUN, work, [0, 1], 2).result()
        assert pool.submit(torch.get_num_threads).result() == cores
    assert used == [cores // 2] * 2
    assert torch.get_num_threads() == cores
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(torch.get_num_threads).result() == cores


@pytest.mark.parametrize("threads", [1, 2])
def test_a_fault_is_raised_where_the_work_was_asked_for(
    cores: Any, threads: Any
) -> None:
    begun = []

    def fail(part):
        begun.append(part)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        RUN(fail, list(range(9)), threads)
    assert len(begun) <= threads
    done = []
    RUN(done.append, [0, 1, 2], threads)
    assert sorted(done) == [0, 1, 2]


def test_without_threads_to_be_had_the_caller_works(
    cores: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    names = []
    RUN(lambda _: names.append(threading.current_thread().name), [0, 1, 2], 2)
    assert names == [threading.current_thread().name] * 3
    assert torch.get_num_threads() == cores


@pytest.mark.slow
def test_work_goes_on_while_the_interpreter_ends() -> None:
    call = [sys.executable, "-c", AT_EXIT]
    done = subprocess.run(call, capture_output=True, text=True, timeout=120)
    assert done.stdout == "[0, 1, 2]\n", done.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_has_threads_of_its_own(cores: Any) -> None:
    RUN(lambda _: None, [0, 1], 2)
    child = os.fork()
    if not child:
        signal.alarm(60)
        done = []
        try:
            torch.set_num_threads(cores)
            RUN(done.append, [0, 1], 2)
        finally:
            os._exit(0 if len(done) == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
