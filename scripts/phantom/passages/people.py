"""How old the one patient of a passage is, and words that say something else."""

import re
from collections.abc import Sequence
from functools import cache


def find_age(text: str, patterns: Sequence[str]) -> int | None:
    """The age in whole years of the one patient that a passage tells of.

    patterns (Sequence[str]): Regular expressions, the first group an age.
    RETURNS (Optional[int]): None if no age is said, or several are.
    """
    ages = {
        int(match[1])
        for pattern in patterns
        for match in re.finditer(pattern, text, re.IGNORECASE)
    }
    return ages.pop() if len(ages) == 1 else None


def holds_word(text: str, words: Sequence[str]) -> bool:
    """Whether a text holds one of the words, or their beginnings with "*"."""
    return bool(words and _pattern(tuple(words)).search(text))


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    ends = [
        re.escape(w[:-1]) + r"\w*" if w.endswith("*") else re.escape(w) for w in words
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ends)})(?!\w)", re.IGNORECASE)
