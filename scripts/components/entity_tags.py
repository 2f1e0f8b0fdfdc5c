"""Tags of entities (begin, inside, last, unit, outside) and their best sequence."""

from collections.abc import Iterator, Sequence

import numpy as np
from spacy.attrs import ENT_IOB, IS_SPACE
from spacy.tokens import Doc, Span
from spacy.util import registry

# Number 0 is outside; each label has four tags, in this order.
BEGIN, INSIDE, LAST, UNIT = 1, 2, 3, 4
MISSING = -1
# Less than any score, and finite, so that sums of it stay numbers.
NEVER = -1e9


@registry.misc("phantom.WordPlaces.v1")
def word_places(doc: Doc) -> np.ndarray:
    """Places of the tokens that are no white space, shape (words,)."""
    return np.flatnonzero(~doc.to_array([IS_SPACE]).ravel().astype("bool"))


@registry.misc("phantom.ParagraphParts.v1")
def paragraph_parts(span: Span) -> Iterator[Span]:
    """A mention in parts, where it leads from a heading into the text below.

    That is over a blank line, unless a small letter goes on behind it: pages and lines
    that are set apart have one between the words of a sentence.
    """
    start = span.start
    for token in span:
        if token.i > start and token.is_space and token.text.count("\n") > 1:
            after = span.doc[token.i + 1]
            if not after.text[:1].islower() and not after.is_space:
                yield Span(span.doc, start, token.i, span.label)
                start = after.i
    yield Span(span.doc, start, span.end, span.label)


@registry.misc("phantom.EntityTags.v1")
def entity_tags(doc: Doc, labels: Sequence[str]) -> np.ndarray:
    """The tag of each word of a gold doc, shape (words,); -1 where nobody said.

    labels (Sequence[str]): Mentions of others are outside.
    """
    places = word_places(doc)
    known = doc.to_array([ENT_IOB]).ravel()[places] != 0
    tags = np.where(known, 0, MISSING)
    numbers = {label: 4 * i for i, label in enumerate(labels)}
    for ent in doc.ents:
        first = numbers.get(ent.label_)
        start, end = np.searchsorted(places, [ent.start, ent.end]).tolist()
        if first is None or start == end:
            continue
        tags[start:end] = first + INSIDE
        tags[start], tags[end - 1] = first + BEGIN, first + LAST
        if end - start == 1:
            tags[start] = first + UNIT
    return tags


@registry.misc("phantom.LikeliestTags.v1")
def likeliest_tags(scores: np.ndarray) -> np.ndarray:
    """The sequence of tags with the highest sum of scores that is one of mentions.

    scores (Floats2d): Logits or log probabilities, shape (words, 1 + 4 * labels).
    RETURNS (Ints1d): Shape (words,). Source: Viterbi 1967.
    """
    words, kinds = scores.shape
    tag = np.arange(kinds)
    place, label = (tag - 1) % 4 + 1, (tag - 1) // 4
    goes_on = (tag > 0) & ((place == BEGIN) | (place == INSIDE))
    goes_back = (tag > 0) & ((place == INSIDE) | (place == LAST))
    fits = goes_on[:, None] == goes_back[None, :]
    fits &= ~goes_on[:, None] | (label[:, None] == label[None, :])
    steps = np.where(fits, 0.0, NEVER)
    best = np.zeros((words, kinds), dtype="int64")
    total = np.where(goes_back, NEVER, 0.0)
    for i in range(words):
        if i:
            ways = total[:, None] + steps
            best[i] = ways.argmax(axis=0)
            total = ways.max(axis=0)
        total = total + scores[i]
    found = np.zeros(words, dtype="int64")
    last = int((total + np.where(goes_on, NEVER, 0.0)).argmax())
    for i in range(words - 1, -1, -1):
        found[i] = last
        last = int(best[i, last])
    return found


@registry.misc("phantom.TaggedSpans.v1")
def tagged_spans(tags: np.ndarray) -> list[tuple[int, int, int]]:
    """Start, end and number of the label of each mention in a sequence that fits."""
    found = []
    start = 0
    for i, tag in enumerate(tags.tolist()):
        place = (tag - 1) % 4 + 1 if tag > 0 else 0
        if place in (BEGIN, UNIT):
            start = i
        if place in (LAST, UNIT):
            found.append((start, i + 1, (tag - 1) // 4))
    return found
