"""A bound for the memory of oneDNN's kernels, which torch multiplies with on CPUs.

It keeps a kernel for each shape that it has met, 1,024 of each of two kinds. Batches
of text hardly ever have the same shape twice, so that on a long stream this comes to
more than a gigabyte and saves nothing. Read by oneDNN and by torch at their first
product, hence here and not in a function; what the user has set is left alone.
"""

import os

for variable in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
    os.environ.setdefault(variable, "64")
