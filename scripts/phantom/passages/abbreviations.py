"""Abbreviations: where a text defines a short form, and where it uses it.

The functions are those of the components `document_letters` and `document_definitions`,
which ship inside wheels; what only the library asks is here.
"""

import re
from typing import TYPE_CHECKING

from phantom.packs.language import LanguageData
from phantom.runtime import load_component

LETTERS = load_component("document_letters")
DEFINITIONS = load_component("document_definitions")
if TYPE_CHECKING:
    from components.document_definitions import (
        NONE,
        Definition,
        ShortForms,
        Use,
        find_definitions,
        find_uses,
        look_up,
        unify,
    )
    from components.document_letters import fold, is_long, match_long, may_be_short
    from components.document_letters import search as search_letters
else:
    Definition, Use = DEFINITIONS.Definition, DEFINITIONS.Use
    find_definitions, find_uses = DEFINITIONS.find_definitions, DEFINITIONS.find_uses
    look_up, unify = DEFINITIONS.look_up, DEFINITIONS.unify
    ShortForms, NONE = DEFINITIONS.ShortForms, DEFINITIONS.NONE
    fold, search_letters = LETTERS.fold, LETTERS.search
    is_long, may_be_short = LETTERS.is_long, LETTERS.may_be_short
    match_long = LETTERS.match_long

__all__ = [
    "NONE",
    "Definition",
    "ShortForms",
    "Use",
    "find_definitions",
    "find_uses",
    "unify",
]

Span = tuple[int, int]

# Words that look like a short form: capitals, of which one is past the first letter.
SHORT_FORM = re.compile(r"\b[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ÖØ-öø-ÿ]*[A-ZÀ-ÖØ-Þ]\w*\b")
_BETWEEN = re.compile(r"\s*[(\[](?:[^()\[\]]*[;,])?\s*")
_WHOLE = re.compile(r"(.{4,}?)\s*[(\[]([^()\[\]]+)[)\]]")


def short_forms(language: LanguageData) -> "ShortForms":
    """What a language says of short forms."""
    return ShortForms(language.borrowed, tuple(language.inflections.short))


def defines(text: str, first: Span, second: Span, forms: "ShortForms" = NONE) -> bool:
    """Whether the second span stands in brackets beside the first as its short form.

    Or as its long form, if the first is the short one. Brackets may hold more, divided
    by commas or semicolons. Of two mentions that stand so, letters in order are enough:
    5-FU is fluorouracil, though the algorithm would not look for it there.

    forms (ShortForms): Of the language.
    """
    if not _BETWEEN.fullmatch(text[first[1] : second[0]]):
        return False
    if text[second[1] : second[1] + 1] not in {")", "]", ",", ";"}:
        return False
    a, b = text[slice(*first)], text[slice(*second)]
    if len(b) < len(a):
        letters = [c for c in fold(b) if c.isalpha()]
        return (
            search_letters(letters, fold(a), at_word=False) is not None
            or look_up(text, first, second, forms) is not None
        )
    if not len(a) < len(b) or not may_be_short(a):
        return False
    return match_long(a, b, forms.endings) is not None


def split_definition(
    mention: str, forms: "ShortForms" = NONE
) -> tuple[Span, Span] | None:
    """The long and the short form of a mention that holds both, "long (short)"."""
    whole = _WHOLE.fullmatch(mention)
    endings = forms.endings
    if whole and may_be_short(whole[2]) and is_long(whole[1], whole[2], endings):
        return whole.span(1), whole.span(2)
    return None


def keeps_stop(span: str) -> bool:
    """Whether the last full stop of a span belongs to it, as in "Inc." or "d.d."."""
    word = span.rsplit(None, 1)[-1] if span.split() else ""
    short = word[:1].isupper() and len(word) <= 6
    return span.endswith(".") and (short or "." in word[:-1])
