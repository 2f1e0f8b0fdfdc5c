"""What a mention looks like, and what is known of the text that it stands in."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from phantom.evaluation.diagnosis.records import Facets
from phantom.evaluation.types import Mention
from phantom.packs.language import LanguageData
from phantom.packs.pack import Pack
from phantom.passages.abbreviations import SHORT_FORM, defines, short_forms
from phantom.passages.names import is_all_capitals
from phantom.passages.words import TOKEN
from phantom.records import Example

ABBREVIATION, ABBREVIATED = "abbreviation", "before its abbreviation"
MODIFIER, COORDINATION, LISTED = "modifier", "coordination", "in a list"
PLAIN = "plain"
SEEN, OTHER_LABEL, UNSEEN = "seen", "seen with another label", "unseen"
# Of a word's places; verbs come after an article in almost none.
_NOUN, _LEAST = 0.03, 3
_NEXT = re.compile(r"\s(\w+)")


class Forms:
    """Tells the form of mentions.

    pack (Pack): Its rules name words that mentions modify, such as "patients".
    language (LanguageData): For articles, conjunctions and short forms.
    texts (Iterable[str]): In which words that follow articles are found to be nouns.
    surfaces (Collection[Tuple[str, str]]): Label and case-folded surface of each
        mention in the training text.
    """

    def __init__(
        self,
        pack: Pack,
        language: LanguageData,
        texts: Iterable[str],
        surfaces: Collection[tuple[str, str]],
    ) -> None:
        rules = (label.rules.trailing for label in pack.labels.values())
        self.heads = {word for words in rules for word in words}
        self.heads |= find_nouns(texts, language.articles)
        joining = "|".join(map(re.escape, language.conjunctions))
        self.joining = re.compile(
            rf"\b(?:{joining})\b|/" if joining else "/", re.IGNORECASE
        )
        self.between = re.compile(
            rf"\s*(?:,\s*)?(?:{joining})?\s*" if joining else r"\s*,\s*", re.IGNORECASE
        )
        self.short_forms = short_forms(language)
        self.surfaces = surfaces
        self.known = {surface for _, surface in surfaces}

    def of(self, text: str, mentions: Sequence[Mention], place: int) -> Facets:
        """The facets of one of the mentions of a text, which are in its order."""
        start, end, label = mentions[place]
        surface = text[start:end]
        words = len(surface.split())
        facets = {
            "form": self._form(text, mentions, place),
            "casing": casing(surface),
            "length": f"{words} word{'s' * (words > 1)}" if words < 4 else "4+ words",
        }
        if self.surfaces:
            facets["surface"] = self._seen(label, surface)
        return facets

    def _seen(self, label: str, surface: str) -> str:
        folded = surface.casefold()
        if (label, folded) in self.surfaces:
            return SEEN
        return OTHER_LABEL if folded in self.known else UNSEEN

    def _form(self, text: str, mentions: Sequence[Mention], place: int) -> str:
        start, end, label = mentions[place]
        surface = text[start:end]
        if is_abbreviation(surface):
            return ABBREVIATION
        after = mentions[place + 1] if place + 1 < len(mentions) else None
        if after and defines(text, (start, end), after[:2], self.short_forms):
            return ABBREVIATED
        if self.joining.search(surface):
            return COORDINATION
        follows = _NEXT.match(text, end)
        if text[end : end + 1] == "-" or (follows and follows[1] in self.heads):
            return MODIFIER
        before = mentions[place - 1] if place else None
        gaps = [(before[1], start)] if before and before[2] == label else []
        gaps += [(end, after[0])] if after and after[2] == label else []
        if any(self.between.fullmatch(text, *gap) for gap in gaps):
            return LISTED
        return PLAIN


def is_abbreviation(surface: str) -> bool:
    """Whether a mention is one word that looks like a short form."""
    if SHORT_FORM.fullmatch(surface):
        return True
    letters = any(character.isalpha() for character in surface)
    return letters and 1 < len(surface) <= 8 and is_all_capitals(surface)


def casing(surface: str) -> str:
    """How a mention is written: "lower", "Title", "CAPITALS" or "mixed"."""
    letters = [character for character in surface if character.isalpha()]
    if not letters:
        return "no letters"
    if all(x.islower() for x in letters):
        return "lower"
    if all(x.isupper() for x in letters) and len(letters) > 1:
        return "CAPITALS"
    words = re.findall(r"[^\W\d_]+", surface)
    inner = any(character.isupper() for word in words for character in word[1:])
    return "mixed" if inner or not words[0][0].isupper() else "Title"


def find_nouns(texts: Iterable[str], articles: Collection[str]) -> set[str]:
    """Words in lower case that follow an article more often than verbs ever do."""
    count: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for text in texts:
        words = TOKEN.findall(text)
        count.update(words)
        lower = [word.lower() for word in words]
        after.update(
            word
            for before, word in zip(lower, words[1:], strict=False)
            if before in articles
        )
    return {
        word
        for word, times in after.items()
        if word.islower() and times >= _LEAST and times >= _NOUN * count[word]
    }


def passage_facets(pack: Pack, example: Example) -> Facets:
    """What is known of a text: the kind and attributes that were asked for, or what
    its source says of the same names, such as `section` or `genre`."""
    asked = example.meta.get("attributes")
    known = dict(asked) if isinstance(asked, dict) else {}
    known |= {key: example.meta[key] for key in pack.attributes if key in example.meta}
    facets = {
        f"asked {key}": str(known[key]) for key in pack.attributes if key in known
    }
    if "kind" in example.meta:
        facets["kind"] = str(example.meta["kind"])
    return facets
