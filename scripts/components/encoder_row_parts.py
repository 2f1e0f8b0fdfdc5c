"""Rows of wordpieces in parts that are encoded one after the other."""

import numpy
from spacy.util import registry


@registry.misc("phantom.EvenParts.v1")
def even_parts(
    lengths: numpy.ndarray, size: int, threads: int = 1
) -> list[numpy.ndarray]:
    """Sort rows by length and cut them into parts of about `size` wordpieces.

    lengths (ndarray): Wordpieces of each row, shape (rows,).
    threads (int): Among whom the parts are divided, as many for each.
    RETURNS (List[ndarray]): Indices of rows; every row once.
    """
    order = numpy.argsort(lengths, kind="stable")
    ends = numpy.cumsum(lengths[order])
    count = max(1, round(ends[-1] / size))
    count = -(-count // threads) * threads
    cuts = numpy.searchsorted(ends, numpy.arange(1, count) * ends[-1] / count) + 1
    return [part for part in numpy.split(order, cuts) if len(part)]


@registry.misc("phantom.PaddedParts.v1")
def padded_parts(
    lengths: numpy.ndarray, size: int, threads: int = 1
) -> list[numpy.ndarray]:
    """Group rows by length, so that a group times its longest row fits `size`.

    lengths (ndarray): Wordpieces of each row, shape (rows,).
    threads (int): Not looked at, since such an encoder runs in one.
    RETURNS (List[ndarray]): Indices of rows, at least one; every row once.
    """
    order = numpy.argsort(lengths, kind="stable")
    groups, start = [], 0
    for end in range(1, len(order) + 1):
        if end == len(order) or lengths[order[end]] * (end + 1 - start) > size:
            groups.append(order[start:end])
            start = end
    return groups
