"""What stands in charts beside prose: rows of vital signs, and what is masked."""

import random
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.rewrite import Edit
from phantom.passages.sentences import split_sentences
from phantom.records import Example
from phantom.registry import phantom_registry

_RANGE = re.compile(r"\{(\d+)-(\d+)\}")
_YEAR = re.compile(r"(?<![\w.,/-])(?:19|20)\d\d(?![\w/-]|[.,]\d)")
# As MIMIC-III and MIMIC-IV mask names, places and dates.
Way = Literal["brackets", "blank"]
_BRACKETS = {
    "name": ("[**Last Name (STitle) {1-40}**]", "[**Name (NI) {1-40}**]"),
    "place": ("[**Hospital{1-20}**]", "[**Location (un) {1-60}**]"),
    "date": ("[**{2101-2199}-{1-12}-{1-28}**]", "[**{1-12}-{1-28}**]"),
    "year": ("[**{2101-2199}**]",),
}
_BLANK = dict.fromkeys(_BRACKETS, ("___",))


@phantom_registry.phantom_augmenters("vitals")
def vitals(passages: Passages, *, share: Share) -> Iterator[Example]:
    """Copies of passages with a row of vital signs before, between or behind sentences.

    Rows of the language's `notes.vitals`, in which nothing is marked.

    share (Share): Probability that a passage gets a copy.
    """
    pack = passages.pack
    rows = passages.language.notes.vitals

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        if rows:
            yield _insert(
                example, pack.domain.lang, draw_numbers(rng.choice(rows), rng), rng
            )

    yield from vary(passages, "vitals", share, draw)


@phantom_registry.phantom_augmenters("placeholders")
def placeholders(
    passages: Passages,
    *,
    share: Share,
    ways: Annotated[list[Way], Field(min_length=1)] = ["brackets", "blank"],  # noqa: B006
) -> Iterator[Example]:
    """Copies of passages with placeholders of what was taken out of a record.

    Years become placeholders, and a sentence of the language's `notes.masked` comes in.

    share (Share): Probability that a passage gets a copy.
    ways (List[Way]): brackets as in [**Hospital1**], blank as ___; one for a passage.
    """
    pack = passages.pack
    sentences = passages.language.notes.masked

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        forms = _BRACKETS if rng.choice(ways) == "brackets" else _BLANK

        def mask(what: str) -> str:
            return draw_numbers(rng.choice(forms[what]), rng)

        inside = {i for e in example.entities for i in range(e.start, e.end)}
        for match in _YEAR.finditer(example.text):
            if match.start() not in inside:
                yield Edit(*match.span(), mask("year"))
        if sentences:
            said = fill(rng.choice(sentences), mask)
            yield _insert(example, pack.domain.lang, said, rng)

    yield from vary(passages, "placeholders", share, draw)


def draw_numbers(form: str, rng: random.Random) -> str:
    """A form with a number in the place of each {from-to}."""
    return _RANGE.sub(lambda m: str(rng.randint(int(m[1]), int(m[2]))), form)


def fill(form: str, mask: Callable[[str], str]) -> str:
    """A form with what is masked in the place of {name}, {place} and {date}."""
    return re.sub(r"\{(name|place|date)\}", lambda match: mask(match[1]), form)


def _insert(example: Example, lang: str, said: str, rng: random.Random) -> Edit:
    """Before, between or behind sentences; what is none on a line of its own."""
    text = example.text
    spans = list(split_sentences(text, lang, example.entities))
    border = rng.choice(["\n", " "]) if said[-1:] in ".!?" else "\n"
    ends, starts = [0, *(b for _, b in spans)], [*(a for a, _ in spans), len(text)]
    place = rng.randrange(len(starts))
    before = border if place else ""
    behind = border if place < len(spans) else ""
    return Edit(ends[place], starts[place], f"{before}{said}{behind}")
