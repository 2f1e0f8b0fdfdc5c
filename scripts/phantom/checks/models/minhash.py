"""Near-duplicates among many short texts: MinHash and locality-sensitive hashing.

Broder 1997, "On the resemblance and containment of documents"; banding as in
Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3. Vectorised
over documents, since the libraries hand signatures over one Python object each.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
CHUNK = 50_000
SMALL_BUCKET = 8


@dataclass
class Shingles:
    """Hashed word n-grams of documents.

    flat (ndarray): All hashes, uint64.
    offsets (ndarray): Where each document begins, and the end, int64.
    """

    flat: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of(self, index: int) -> set[int]:
        start, end = self.offsets[index], self.offsets[index + 1]
        return set(self.flat[start:end].tolist())

    def documents(self) -> np.ndarray:
        """The document that each hash belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))


class _Codes(dict[str, int]):
    """64-bit hash by word, the same on every run; 0 for punctuation."""

    def __missing__(self, token: str) -> int:
        code = 0
        if token[0].isalnum():
            digest = hashlib.blake2b(token.casefold().encode(), digest_size=8)
            code = int.from_bytes(digest.digest(), "little") | 1
        self[token] = code
        return code


def shingle(documents: Iterable[list[str]], size: int) -> Shingles:
    """Word n-grams; a document shorter than `size` words is one shingle.

    documents (Iterable[List[str]]): Tokens; punctuation is passed over, case is folded.
    """
    codes = _Codes()
    parts, counts = [], []
    source = iter(documents)
    while batch := list(islice(source, CHUNK)):
        flat, lengths = _hash_words(batch, codes)
        values, number = _roll(flat, lengths, size)
        parts.append(values)
        counts.append(number)
    offsets = np.zeros(1, np.int64)
    if counts:
        offsets = np.concatenate([offsets, np.cumsum(np.concatenate(counts))])
    flat = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
    return Shingles(flat, offsets)


def near_pairs(
    shingles: Shingles,
    threshold: float,
    *,
    permutations: int = 64,
    rows: int = 4,
    seed: int = 0,
    split: int | None = None,
) -> Iterator[tuple[int, int, float]]:
    """Pairs of documents whose Jaccard similarity reaches the threshold.

    permutations, rows (int): 64 and 4 find a pair at 0.8 with probability 0.9998, at
        0.7 with 0.99. In buckets of many documents, each is compared with the first and
        with its neighbour only.
    split (Optional[int]): If given, only pairs (i, j) with i < split <= j count.
    YIELDS (Tuple[int, int, float]): i < j and the exact Jaccard similarity, sorted.
    """
    signatures = sign(shingles, permutations, seed)
    pairs = _candidates(signatures, rows, threshold - 0.15, split)
    known: dict[int, set[int]] = {}
    for i, j in pairs:
        for index in (i, j):
            if index not in known:
                known[index] = shingles.of(index)
        a, b = known[i], known[j]
        value = len(a & b) / len(a | b)
        if value >= threshold:
            yield i, j, value


def sign(shingles: Shingles, permutations: int, seed: int) -> np.ndarray:
    """MinHash signatures. RETURNS (ndarray): (documents, permutations), uint32."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(1, 2**63, permutations, dtype=np.uint64) * np.uint64(2)
    factors += np.uint64(1)
    out = np.empty((len(shingles), permutations), np.uint32)
    for start in range(0, len(shingles), CHUNK):
        bounds = shingles.offsets[start : start + CHUNK + 1]
        flat = shingles.flat[bounds[0] : bounds[-1]]
        where = bounds[:-1] - bounds[0]
        for k, factor in enumerate(factors):
            hashed = ((flat * factor) >> np.uint64(32)).astype(np.uint32)
            out[start : start + CHUNK, k] = np.minimum.reduceat(hashed, where)
    return out


def _hash_words(batch: list[list[str]], codes: _Codes) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.fromiter(map(len, batch), np.int64, len(batch))
    total = int(lengths.sum())
    words = chain.from_iterable(batch)
    flat = np.fromiter(map(codes.__getitem__, words), np.uint64, total)
    document = np.repeat(np.arange(len(batch)), lengths)
    real = flat != 0
    return flat[real], np.bincount(document[real], minlength=len(batch))


def _roll(
    flat: np.ndarray, lengths: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of n-grams, and their number per document (at least one each)."""
    ends = np.cumsum(lengths)
    starts = ends - lengths
    effective = np.minimum(lengths, size)
    number = np.maximum(lengths - size + 1, 1)
    document = np.repeat(np.arange(len(lengths)), number)
    first = np.cumsum(number) - number
    place = starts[document] + np.arange(len(document)) - first[document]
    padded = np.concatenate([flat, np.zeros(size, np.uint64)])
    value = np.zeros(len(document), np.uint64)
    for k in range(size):
        word = np.where(k < effective[document], padded[place + k], np.uint64(0))
        value = (value ^ word) * MULTIPLIER
        value ^= value >> np.uint64(29)
    return value, number


def _candidates(
    signatures: np.ndarray, rows: int, floor: float, split: int | None
) -> list[tuple[int, int]]:
    found: list[np.ndarray] = []
    for band in range(0, signatures.shape[1], rows):
        key = np.zeros(len(signatures), np.uint64)
        for k in range(band, min(band + rows, signatures.shape[1])):
            key = (key ^ signatures[:, k].astype(np.uint64)) * MULTIPLIER
            key ^= key >> np.uint64(31)
        pairs = _bucket_pairs(key, split)
        for start in range(0, len(pairs), CHUNK):
            part = pairs[start : start + CHUNK]
            same = signatures[part[:, 0]] == signatures[part[:, 1]]
            found.append(part[same.mean(1) >= floor])
    if not found:
        return []
    unique = np.unique(np.concatenate(found), axis=0)
    return [(int(i), int(j)) for i, j in unique]


def _bucket_pairs(key: np.ndarray, split: int | None) -> np.ndarray:
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    bucket = np.cumsum(new) - 1
    size = np.bincount(bucket)[bucket]
    leader = order[np.flatnonzero(new)][bucket]
    pairs = [np.stack([leader, order], 1)[(leader != order)]]
    for step in range(1, SMALL_BUCKET):
        same = bucket[step:] == bucket[:-step]
        if step > 1:
            same &= size[step:] <= SMALL_BUCKET
        pairs.append(np.stack([order[:-step], order[step:]], 1)[same])
    if split is not None:
        pairs.append(_across(order, bucket, split))
    out = np.sort(np.concatenate(pairs), axis=1)
    if split is not None:
        out = out[(out[:, 0] < split) & (out[:, 1] >= split)]
    return out


def _across(order: np.ndarray, bucket: np.ndarray, split: int) -> np.ndarray:
    """Every document past the split beside its bucket's first one before it."""
    below = order < split
    first = np.full(bucket[-1] + 1 if len(bucket) else 0, -1)
    # Reversed, so that the first of each bucket is written last and stays.
    first[bucket[below][::-1]] = order[below][::-1]
    mate = first[bucket]
    chosen = ~below & (mate >= 0)
    return np.stack([mate[chosen], order[chosen]], 1)
