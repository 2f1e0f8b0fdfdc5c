"""Markup left in a text: tags of another form than ours, and what nearly is one."""

import re
from collections.abc import Collection
from functools import lru_cache

from phantom.passages.tags import TagProblem, parse_tags

_OPEN = "(?:&(?:amp;)*(?:lt|#0*60|#x0*3c);|[<‹«⟨＜⟦【〔「])"
# Whatever the label: a closing tag, an empty element, an element with an attribute, a
# name in capitals with a number or in bars.
_ELEMENT = (
    r"</[A-Za-z][\w:-]*\s*>"
    r"|<[A-Za-z][\w:-]*(?:\s[^<>]*)?/>"
    r"|<[A-Za-z][\w:-]*\s+[\w:-]+\s*=[^<>]*>"
    r"|<[A-Z]+[_-]?\d+>|<\|\w[^<>\n]{0,40}\|>"
)


def find_markup(text: str, labels: Collection[str]) -> str | None:
    """The first piece of markup in a text that should have none.

    Such as "<DISEASE_1>", "<disease-1>", "[DISEASE: flu]", "[flu](DISEASE)",
    "flu/DISEASE", "B-DISEASE", "@DISEASE$" or "</i>". Comparisons ("p<0.05"),
    brackets ("[3H]GABA") and abbreviations ("(ORG)") are none.

    text (str): Without the tags that could be read, characters unescaped.
    labels (Collection[str]): Entity labels of the pack, upper case.
    RETURNS (Optional[str]): As it stands in the text; None if there is none.
    """
    match = _pattern(tuple(sorted(labels, key=len, reverse=True))).search(text)
    return match.group() if match else None


def check_passage(tagged: str, labels: Collection[str]) -> str | None:
    """Why a written passage can't be used: tags that can't be read, or markup left.

    Text that was only labelled may hold markup of its own: `check_tags` is for that.
    """
    found = parse_tags(tagged, labels)
    if isinstance(found, TagProblem):
        return found.reason
    return "markup" if find_markup(found.text, labels) else None


@lru_cache(maxsize=32)
def _pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    if not labels:
        return re.compile(_ELEMENT)
    label = f"(?:{'|'.join(map(re.escape, labels))})"
    number = r"[\s_#:.-]{0,2}\d*"
    forms = (
        _ELEMENT,
        rf"{_OPEN}/?{label}(?![A-Za-z])",
        rf"{_OPEN}/?(?i:{label})(?![A-Za-z])[^<>\n]{{0,40}}(?:&gt;|[>›»⟩＞])",
        rf"[\[{{]\s*/?{label}{number}\s*[:|=\]}}]",
        rf"[\]}}]\s*\(\s*{label}{number}\s*\)",
        rf"[|/]\s*{label}{number}\s*[\]}}]",
        rf"[*_#$@^~|]{{1,3}}{label}{number}[*_#$@^~|]{{1,3}}",
        rf"(?<=\w)[/|_]{label}{number}(?!\w)",
        rf"\(\s*{label}{number}\s*[:|=]|\b{label}\((?!s?\))",
        rf"\b[BIESLU]-{label}\b",
        rf"(?:^|(?<=[.;]\s)|(?<=\n)){label}\s?[:=]\s",
        rf"\b{label}_\d+\b",
    )
    return re.compile("|".join(forms))
