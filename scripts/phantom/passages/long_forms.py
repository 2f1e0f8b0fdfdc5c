"""Where a long form begins, and whether it can be one.

The algorithm of Schwartz and Hearst takes the shortest stretch that holds the letters.
So it cuts locants off (3-methylcholanthrene), stops at an inner letter ("tetrazolium
chloride" of "triphenyl tetrazolium chloride", TTC), and finds letters in any long text.
"""

import re

# Words so short seldom stand for a letter: of, the, and.
_MINOR = 3
_WORD = re.compile(r"[^\W_]+")
# What no short form holds: p values, comparisons, decimals.
_FIGURE = re.compile(r"[=<>≤≥%±]|\d\.\d|^\d+\s|^\W*\d+\W*$")


def may_be_defined(short: str) -> bool:
    """Whether text in brackets is no figure."""
    return not _FIGURE.search(short)


def find_initials(letters: str, before: str) -> int | None:
    """Where the words begin at whose starts the letters stand, the last word included.

    Minor words may stand between them. Parts of a word with a hyphen count as words.

    letters (str): Folded, without a plural s.
    before (str): Folded; ends where the long form ends.
    RETURNS (Optional[int]): None if the last words don't begin with the letters.
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


def widen(text: str, start: int) -> int:
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


def is_plausible(short: str, letters: str, long: str) -> bool:
    """Whether a long form is none that letters were found in by chance.

    It has no more words than the short one has letters, unless each letter begins one;
    no bracket that is open, or that is a remark; and the short one is no numbered form
    of its first word, as "group M" after "group C and ...".

    letters (str): Of the short form, folded.
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
