"""Letters of a short form in a long one: where the long form begins, if it is one.

After A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text", Pacific Symposium on Biocomputing 2003: the characters
of the short form occur in the long one in order, the first of them where a word begins.
The algorithm takes the shortest stretch that holds them. So it cuts locants off
(3-methylcholanthrene), stops at an inner letter ("tetrazolium chloride" of "triphenyl
tetrazolium chloride", TTC), and finds letters in any long text.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Optional

from spacy.util import registry

# Words so short seldom stand for a letter: of, the, and.
_MINOR = 3
_WORD = re.compile(r"[^\W_]+")
# What no short form holds: p values, comparisons, decimals.
_FIGURE = re.compile(r"[=<>≤≥%±]|\d\.\d|^\d+\s|^\W*\d+\W*$")
# One letter each, so that offsets stay: the one that the letter's name begins with.
_LATIN = str.maketrans("αβγδεζηθικλμνξοπρσςτυφχψωµ", "abgdezetiklmnxoprsstupcpom")


class Letters(NamedTuple):
    """The functions of this file, for those that look for definitions."""

    find_long: Callable[[str, str, int, int, Sequence[str]], Optional[int]]
    is_long: Callable[[str, str, Sequence[str]], bool]
    may_be_short: Callable[[str], bool]
    singular: Callable[[str, Sequence[str]], str]


@registry.misc("phantom.Letters.v2")
def make_letters() -> Letters:
    """The functions that compare short and long forms."""
    return Letters(find_long, is_long, may_be_short, singular)


def may_be_short(text: str) -> bool:
    """Whether a text has the look of a short form: few characters, a capital."""
    return (
        2 <= len(text) <= 10
        and len(text.split()) <= 2
        and text[0].isalnum()
        and any(map(str.isalpha, text))
        and any(c.isupper() or c.isdigit() for c in text)
    )


def find_long(
    short: str, text: str, start: int, end: int, endings: Sequence[str] = ()
) -> Optional[int]:
    """Where the long form of `short` begins that ends at `end`, not before `start`.

    endings (Sequence[str]): Of short forms in the language; see `singular`.
    RETURNS (Optional[int]): An offset in the text, or None.
    """
    if not may_be_short(short) or _FIGURE.search(short):
        return None
    before = fold(text[start:end])
    letters = "".join(c for c in fold(singular(short, endings)) if c.isalpha())
    found = _find_initials(letters, before) if len(letters) > 1 else None
    if found is None:
        found = match_long(short, text[start:end], endings)
    if found is None:
        return None
    start = _widen(text, start + found)
    long = text[start:end]
    if short in long or len(long) <= len(short):
        return None
    good = _is_plausible(short, letters, long) and _has_digits(short, long)
    return start if good else None


def match_long(short: str, before: str, endings: Sequence[str] = ()) -> Optional[int]:
    """Where in `before` the long form of `short` begins that ends with it.

    An ending of the short form need not be in the long one, nor digits after its first
    letter (CO2).
    endings (Sequence[str]): See `singular`.
    RETURNS (Optional[int]): None if `before` does not end in a long form of it.
    """
    folded = fold(short)
    plain = singular(folded, endings, least=1)
    for form in dict.fromkeys((folded, plain)):
        in_order = [c for c in form if c.isalnum()]
        letters = [c for c in in_order if not c.isdigit()]
        named = folded[:1].isalpha() and " " not in folded
        for characters in (in_order, letters) if named else (in_order,):
            start = search(characters, fold(before))
            if start is not None:
                return start
    return None


def is_long(long: str, short: str, endings: Sequence[str] = ()) -> bool:
    """Whether a phrase stands for the short form from its first character on.

    endings (Sequence[str]): See `singular`.
    """
    first, rest = fold(short)[:1], fold(singular(short, endings))[1:]
    letters = [c for c in rest if c.isalpha()]
    found = search(letters, fold(long)[1:], at_word=False)
    return fold(long)[:1] == first and found is not None


def search(characters: list[str], long: str, at_word: bool = True) -> Optional[int]:
    """The algorithm of Schwartz and Hearst: characters in order, from the right.

    at_word (bool): Whether a word must begin with the first.
    """
    at = len(long)
    for left in range(len(characters) - 1, -1, -1):
        at = long.rfind(characters[left], 0, at)
        while at_word and left == 0 and at > 0 and long[at - 1].isalnum():
            at = long.rfind(characters[left], 0, at)
        if at < 0:
            return None
    return at


def fold(text: str) -> str:
    """Lower case and Greek letters as Latin ones; the length stays."""
    lowered = (c.lower() if len(c.lower()) == 1 else c for c in text)
    return "".join(lowered).translate(_LATIN)


def singular(short: str, endings: Sequence[str], least: int = 2) -> str:
    """A short form without the ending of a plural or genitive.

    endings (Sequence[str]): Such as "s" of "ACEs"; the longest that fits is cut off.
    least (int): Letters that are left.
    """
    for ending in sorted(endings, key=len, reverse=True):
        if short.endswith(ending) and len(short) - len(ending) >= least:
            return short[: -len(ending)]
    return short


def _find_initials(letters: str, before: str) -> Optional[int]:
    """Where the words begin at whose starts the letters stand, the last word included.

    Minor words may stand between them. Parts of a word with a hyphen count as words.
    """
    left = len(letters) - 1
    words = list(_WORD.finditer(before))
    for place, word in enumerate(reversed(words)):
        if left >= 0 and word.group()[0] == letters[left]:
            left -= 1
            if left < 0:
                return word.start()
        elif place == 0 or len(word.group()) > _MINOR:
            return None
    return None


def _widen(text: str, start: int) -> int:
    """The start of the word, where only locants were cut off, as in 22-oxacalcitriol.

    A word before the hyphen that is none stays outside: anti-tumor necrosis factor.
    """
    first = max(text.rfind(" ", 0, start), text.rfind("\n", 0, start)) + 1
    cut = text[first:start]
    locant = cut[-1:] in "-)]}" and any(map(str.isdigit, cut))
    if not cut or not locant or cut.count("(") != cut.count(")"):
        return start
    begins = cut[0].isdigit() or cut[0] in "([{" or len(cut.split("-")[0]) == 1
    return first if begins else start


def _is_plausible(short: str, letters: str, long: str) -> bool:
    """Whether a long form is none that letters were found in by chance.

    It has no more words than the short one has letters, unless each letter begins one;
    no bracket that is open, or that is a remark; and the short one is no numbered form
    of its first word, as "group M" after "group C and ...".
    """
    words = [word for word in long.split() if len(word) > _MINOR]
    starts = iter(word.group()[0].lower() for word in _WORD.finditer(long))
    if len(words) > len(letters) and not all(letter in starts for letter in letters):
        return False
    if re.search(r"\s[(\[]|[(\[]$", long) or any(
        long.count(opened) != long.count(closed) for opened, closed in ("()", "[]")
    ):
        return False
    return short.split()[0].lower() != long.split()[0].lower()


def _has_digits(short: str, long: str) -> bool:
    """Whether a code, with more digits than letters, has them from the long form."""
    digits = [c for c in short if c.isdigit()]
    if len(digits) <= sum(map(str.isalpha, short)):
        return True
    return search(digits, long, at_word=False) is not None
