"""Sentences of a text, none of which ends inside a mention."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from phantom.packs.language import load_language
from phantom.records import Entity
from phantom.runtime import load_component, plain_pipeline

if TYPE_CHECKING:
    from spacy.language import Language

Span = tuple[int, int]


def split_sentences(
    text: str, lang: str, entities: Iterable[Entity] = ()
) -> Iterator[Span]:
    """Find sentences by the punctuation of the language; a line break ends one, too.

    lang (str): Language code, for spaCy's tokenizer and sentencizer.
    entities (Iterable[Entity]): Sentences that would end inside one are joined.
    YIELDS (Tuple[int, int]): Character offsets, without white space at the ends.
    """
    inside = [(entity.start, entity.end) for entity in entities]
    start = 0
    for end in [*_find_ends(text, lang), len(text)]:
        if any(a < end < b for a, b in inside):
            continue
        left = end - len(text[start:end].lstrip())
        right = start + len(text[start:end].rstrip())
        if left < right:
            yield left, right
        start = end


def _find_ends(text: str, lang: str) -> list[int]:
    doc = _sentencizer(lang)(text)
    ends = {sentence.end_char for sentence in doc.sents}
    unended = _unended(lang)
    if unended:
        ends_in = load_component("document_sections").ends_in
        ends = {end for end in ends if not ends_in(text, end, unended)}
    ends |= {token.idx for token in doc if "\n" in token.text}
    return sorted(ends - {0, len(text)})


@cache
def _unended(lang: str) -> frozenset[str]:
    return frozenset(load_language(lang).unended)


@cache
def _sentencizer(lang: str) -> "Language":
    nlp = plain_pipeline(lang)
    nlp.add_pipe("sentencizer")
    return nlp
