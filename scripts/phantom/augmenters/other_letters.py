"""Short forms in letters that nobody knows, so that the text around must tell."""

import random
import re
import string
from collections.abc import Iterator

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.abbreviations import find_definitions, short_forms
from phantom.passages.rewrite import Edit
from phantom.records import Example
from phantom.registry import phantom_registry

# "VHL", "A-T", "SCA3"; not "Ca" or a word in capitals.
_SHORT = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Z][A-Za-z0-9-]{1,5}")


@phantom_registry.phantom_augmenters("other_letters")
def other_letters(
    passages: Passages, *, share: Share, labels: list[str] | None = None
) -> Iterator[Example]:
    """Variants in which short forms that stand alone are of other letters.

    The same in all places of a passage, of the same shape: "VHL" becomes "KTB", "SCA3"
    "MRO7". Real text is full of short forms that no training text has, and one sentence
    seldom defines them. Those that the passage defines, or has alone in brackets, stay.

    share (Share): Probability that a passage with such short forms gets a variant.
    labels (Optional[List[str]]): Of the short forms; all if None.
    """
    forms = short_forms(passages.language)
    taken = {entity.text for example in passages.written for entity in example.entities}

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        text = example.text
        defined = {text[slice(*found.short)] for found in find_definitions(text, forms)}
        # Whose letters tell nothing: thyrotropin (TSH).
        defined |= {
            entity.text
            for entity in example.entities
            if text[: entity.start].endswith(("(", "["))
            and text[entity.end :].startswith((")", "]"))
        }
        names = {
            entity.text
            for entity in example.entities
            if (labels is None or entity.label in labels)
            and _SHORT.fullmatch(entity.text)
        }
        drawn: set[str] = set()
        for name in sorted(names - defined):
            other = _draw_letters(name, rng)
            if other in taken or other in drawn or other in text:
                continue
            drawn.add(other)
            for hit in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                yield Edit(hit.start(), hit.end(), other)

    yield from vary(passages, "other_letters", share, draw)


def _draw_letters(name: str, rng: random.Random) -> str:
    """A short form of the same shape."""
    return "".join(
        rng.choice(string.ascii_uppercase)
        if letter.isupper()
        else rng.choice(string.ascii_lowercase)
        if letter.islower()
        else rng.choice("123456789")
        if letter.isdigit()
        else letter
        for letter in name
    )
