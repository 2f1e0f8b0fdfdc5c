"""Whole documents as training text: cut into windows of a few sentences."""

import random
from collections.abc import Iterable, Iterator

from phantom.corpora.nominals import mark_nominals
from phantom.packs.domain import Feeding
from phantom.packs.pack import Pack
from phantom.passages.excerpt import excerpt
from phantom.passages.sentences import split_sentences
from phantom.records import Example


def feed_documents(
    pack: Pack, documents: Iterable[Example], *, seed: int = 0, training: bool = False
) -> Iterator[Example]:
    """Turn documents into training text as the pack's `feeding` says.

    seed (int): Which windows these are.
    training (bool): Whether they are to be trained on: words for what a document is
        about are marked in them, and each is cut as often as its kind says.
    YIELDS (Example): Windows of a document one after the other, pass after pass,
        after the document itself if it is fed whole.
    """
    feeding, lang = pack.domain.feeding, pack.domain.lang
    for example in documents:
        passes = feeding.passes
        if training:
            example = mark_nominals(example, feeding.nominal, lang)
            own = pack.kinds[example.meta["kind"]].passes
            passes = passes if own is None else own
        if feeding.whole:
            yield example
        for number in range(passes):
            rng = random.Random(f"{seed}:{number}:{example.id}")
            yield from cut_windows(example, feeding, lang, rng, number)


def part_documents(
    pack: Pack, examples: Iterable[Example]
) -> tuple[list[Example], list[Example]]:
    """Part short passages from whole documents. RETURNS: The two, in their order."""
    short: list[Example] = []
    documents: list[Example] = []
    for example in examples:
        (documents if is_document(pack, example) else short).append(example)
    return short, documents


def is_document(pack: Pack, example: Example) -> bool:
    """Whether an example was asked for as a whole document."""
    kind = pack.kinds.get(example.meta.get("kind", ""))
    return kind is not None and kind.document


def cut_windows(
    example: Example, feeding: Feeding, lang: str, rng: random.Random, number: int = 0
) -> Iterator[Example]:
    """Cut a document into windows that together are its text, each sentence once.

    A window ends with its paragraph, unless it is all the rest. A relation between
    mentions of two windows is in neither: it is learnt from the windows that hold both
    of its concepts.

    rng (random.Random): Draws how many sentences each window has.
    number (int): Of the pass, for the ids.
    """
    sentences = list(split_sentences(example.text, lang, example.entities))
    first = 0
    while first < len(sentences):
        start, end = sentences[first]
        last = first + 1
        drawn = rng.choice(feeding.sentences)
        size = len(sentences) if drawn == "all" else drawn
        while last < len(sentences) and last - first < size:
            if drawn != "all" and "\n" in example.text[end : sentences[last][0]]:
                break
            end = sentences[last][1]
            last += 1
        yield excerpt(example, start, end, f"{example.id}/{number}.{first}")
        first = last
