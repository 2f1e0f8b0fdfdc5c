"""Keeps forked workers of `nlp.pipe(n_process=...)` from hanging.

GNU OpenMP's thread pool does not survive a fork: a child whose parent has already run
a parallel operation waits for threads that are not there. With one thread a child
starts no parallel region; its siblings use the other cores.
"""

import os

import torch


def use_one_thread() -> None:
    """Set torch and tokenizers in this process to a single thread."""
    torch.set_num_threads(1)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=use_one_thread)
