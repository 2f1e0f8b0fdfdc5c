"""A market of agents: traders on order books, firms, banks that lend to each other."""

import multiprocessing
from contextlib import suppress

# Where mesa 3.3 is imported, all processes are spawned from then on, and
# `nlp.pipe(n_process=2)` of a pipeline that forks could not be pickled any more.
_method = multiprocessing.get_start_method(allow_none=True)
with suppress(ImportError):  # where it is missing, what needs it says so
    import mesa
multiprocessing.set_start_method(_method, force=True)

__all__ = ["mesa"]
