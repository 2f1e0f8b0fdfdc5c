"""Offsets that count UTF-16 units or bytes, turned into characters."""

from collections.abc import Callable, Sequence
from itertools import accumulate

from phantom.formats.mentions import same_words

Unit = Callable[[str, int], int]


def from_utf16(text: str, offset: int) -> int:
    """Characters before an offset in UTF-16 units.

    RAISES: ValueError if it lies inside a character.
    """
    return _count(text.encode("utf-16-le"), 2 * offset, "utf-16-le")


def from_bytes(text: str, offset: int) -> int:
    """Characters before an offset in bytes of UTF-8. RAISES: as `from_utf16`."""
    return _count(text.encode(), offset, "utf-8")


def _count(encoded: bytes, offset: int, encoding: str) -> int:
    if not 0 <= offset <= len(encoded):
        raise ValueError(f"offset {offset} lies outside of the text")
    return len(encoded[:offset].decode(encoding))


UNITS: dict[str, Unit] = {
    "characters": lambda text, offset: offset,
    "UTF-16": from_utf16,
    "bytes": from_bytes,
}
# What a text measures in each.
SIZES: dict[str, Callable[[str], int]] = {
    "characters": len,
    "UTF-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "bytes": lambda text: len(text.encode()),
}


def utf16_table(text: str) -> Sequence[int]:
    """The offset in UTF-16 of each character, and of the end."""
    if not text or max(text) <= "\uffff":
        return range(len(text) + 1)
    return [0, *accumulate(1 + (sign > "\uffff") for sign in text)]


def find_unit(
    text: str,
    marks: Sequence[tuple[int, int, str | None]],
    candidates: Sequence[str] = tuple(UNITS),
) -> str:
    """The unit in which all words lie where their offsets say.

    marks (Sequence[Tuple]): Start, end and words of each mention; words can be None.
    RETURNS (str): The first of the candidates where the text can't tell them apart.
    RAISES: ValueError if none fits, or several that place a mention differently.
    """
    if text.isascii() or not marks:
        return candidates[0]
    fitting: dict[str, list[tuple[int, int]]] = {}
    for name in candidates:
        try:
            places = [(UNITS[name](text, a), UNITS[name](text, b)) for a, b, _ in marks]
        except ValueError:
            continue
        words = zip(places, (x[2] for x in marks), strict=True)
        if all(w is None or same_words(text[a:b], w) for (a, b), w in words):
            fitting[name] = places
    if not fitting:
        raise ValueError(
            f"the words of the mentions lie where no unit puts them: tried "
            f"{', '.join(candidates)}"
        )
    if len({tuple(x) for x in fitting.values()}) > 1:
        raise ValueError(
            f"offsets could count {' or '.join(fitting)}: the mentions differ by "
            "it; say which with the setting `unit`"
        )
    return next(iter(fitting))
