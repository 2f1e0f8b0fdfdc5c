"""Words for the kind of thing that is meant, in the place of its name."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.packs.domain import RelationRule
from phantom.passages.rewrite import Edit
from phantom.passages.sentences import Span, split_sentences
from phantom.records import Example
from phantom.registry import phantom_registry

# With what it becomes in the place of a possessive, if that is another word.
Word = Annotated[str, Field(pattern=r"^[^|\s]([^|]*[^|\s])?(\|[^|\s]+)?$")]
_ENDED = re.compile(r"[.!?][\"'”’)\]]*$")
_POSSESSIVE = re.compile(r"['’]\w(?!\w)")
_FREE = re.compile(r"[.,;!?]?(?:\s(?!\s*[(\[\"“])|$)")


@phantom_registry.phantom_augmenters("nominal")
def nominal(
    passages: Passages,
    *,
    share: Share,
    words: dict[str, Annotated[list[Word], Field(min_length=1)]],
    articles: list[str] | None = None,
) -> Iterator[Example]:
    """Variants in which a name gives way to a word for its kind, such as "the company".

    Real text says "it was bought by X", and what names nobody is no entity. It stays an
    end of relations: the relation extractor learns from it, with and without relation,
    and the recognizer that it is none. One name of a passage goes: one that is there
    once, in a whole sentence, outside of lists, brackets and quotation marks, beside
    another mention that it may relate to.

    share (Share): Probability that a passage with such a name gets a variant.
    words (Dict[str, List[str]]): By entity label. What is said in the place of a
        possessive follows a bar: "it|its". None is put in that the passage has already.
    articles (Optional[List[str]]): Go with the name after them; those of the language
        if None.
    """
    dropped = set(passages.language.articles if articles is None else articles)
    picked: dict[str, int] = {}

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        spots = list(find_spots(example, set(words), passages))
        if not spots:
            return
        number, sentence = rng.choice(spots)
        label = example.entities[number].label
        fresh = [word for word in words[label] if not _has(example.text, word)]
        if fresh:
            picked[example.id] = number
            yield from replace(example, number, sentence, rng.choice(fresh), dropped)

    for made in vary(passages, "nominal", share, draw):
        entities = list(made.entities)
        number = picked[made.derived_from[0]]
        update = {"nominal": True, "id": None, "name": None, "group": None}
        entities[number] = entities[number].model_copy(update=update)
        yield made.model_copy(update={"entities": tuple(entities)})


def find_spots(
    example: Example, labels: set[str], passages: Passages
) -> Iterator[tuple[int, Span]]:
    """Mentions that a word can stand for, by their place, each with its sentence."""
    lang, rules = passages.pack.domain.lang, passages.pack.relations
    sentences = list(split_sentences(example.text, lang, example.entities))
    listed = _find_listed(example)
    for number, entity in enumerate(example.entities):
        start, end = next(s for s in sentences if s[0] <= entity.start < s[1])
        before = example.text[start : entity.start]
        if (
            entity.label in labels
            and number not in listed
            and example.text[start].isalnum()
            and _ENDED.search(example.text[entity.end : end])
            and (not before or before[-1].isspace())
            and all(before.count(a) == before.count(b) for a, b in ("()", "[]"))
            and _is_free(example.text, entity.end)
            and not _is_named_elsewhere(example, number)
            and _may_relate(example, number, rules)
        ):
            yield number, (start, end)


def replace(
    example: Example, number: int, sentence: Span, word: str, articles: set[str]
) -> Iterator[Edit]:
    """Put a word for a mention, its possessive and the article before it."""
    entity = example.entities[number]
    plain, _, owner = word.partition("|")
    behind = _POSSESSIVE.match(example.text, entity.end)
    if behind and owner:
        plain = owner
        yield Edit(*behind.span(), "")
    before = example.text[sentence[0] : entity.start]
    first = entity.start
    last = before.split()[-1:]
    if last and last[0].lower() in articles:
        first = sentence[0] + before.rindex(last[0])
        yield Edit(first, entity.start, "")
    if first == sentence[0]:
        plain = plain[0].upper() + plain[1:]
    yield Edit(entity.start, entity.end, plain)


def _find_listed(example: Example) -> set[int]:
    """Mentions in rows of one label, with commas between."""
    row: list[int] = []
    found: set[int] = set()
    commas = False
    for (i, left), (j, right) in pairwise(enumerate(example.entities)):
        between = example.text[left.end : right.start].strip()
        rest = between.strip(",;/&").strip()
        tied = not rest or (rest.isalpha() and len(rest) <= 3)
        if not tied or left.label != right.label:
            row, commas = [], False
            continue
        row += [i, j]
        commas = commas or rest != between or not between
        if commas:
            found.update(row)
    return found


def _is_free(text: str, end: int) -> bool:
    """Whether a mention ends a word, or a possessive does, and nothing explains it."""
    possessive = _POSSESSIVE.match(text, end)
    return bool(_FREE.match(text, possessive.end() if possessive else end))


def _is_named_elsewhere(example: Example, number: int) -> bool:
    """Whether a name, or a longer word of it, comes again in the passage."""
    name = example.entities[number].text
    others = "\n".join(e.text for i, e in enumerate(example.entities) if i != number)
    text = example.text.casefold()
    return text.count(name.casefold()) > 1 or any(
        _has(others, word) for word in re.findall(r"\w{4,}", name)
    )


def _may_relate(
    example: Example, number: int, rules: Mapping[str, RelationRule]
) -> bool:
    """Whether the domain has a relation that the mention may bear to another."""
    labels: Sequence[str] = [e.label for e in example.entities]
    own, others = labels[number], {*labels[:number], *labels[number + 1 :]}
    return any(
        rule.allows(own, other) or rule.allows(other, own)
        for rule in rules.values()
        for other in others
    )


def _has(text: str, word: str) -> bool:
    plain = word.partition("|")[0].strip()
    return bool(re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", text, re.IGNORECASE))
