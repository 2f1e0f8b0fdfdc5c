"""Two passages mixed: the beginning of one, and the end of another."""

import random
from collections.abc import Iterator

from phantom.augmenters.base import Passages, Share
from phantom.augmenters.join import join_two
from phantom.passages.excerpt import excerpt
from phantom.passages.sentences import split_sentences
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("segment_mix")
def segment_mix(passages: Passages, *, share: Share) -> Iterator[Example]:
    """Passages that begin like one and end like another, cut between sentences.

    What one alone states within its part is stated; nothing is across the seam. Names
    that both have keep two passages apart, as with `join`. Those with one sentence are
    left out.

    share (Share): Probability that a passage gets an end of another.
    """
    lang = passages.pack.domain.lang
    # (start, end) of the beginning or the end; the cut is drawn anew for each.
    bounds = {
        i: cuts
        for i, example in enumerate(passages.found)
        if (cuts := _find_cuts(example, lang))
    }
    if len(bounds) < 2:
        return
    for i in bounds:
        first = passages.found[i]
        rng = random.Random(f"{passages.seed}:segment_mix:{first.id}")
        if rng.random() >= share:
            continue
        j = rng.choice([other for other in bounds if other != i])
        second = passages.found[j]
        end, _ = rng.choice(bounds[i])
        _, start = rng.choice(bounds[j])
        made = join_two(
            excerpt(first, 0, end, first.id),
            excerpt(second, start, len(second.text), second.id),
            f"{first.id}^segment_mix",
        )
        if made is not None:
            yield made.model_copy(update={"derived_from": (first.id, second.id)})


def _find_cuts(example: Example, lang: str) -> list[tuple[int, int]]:
    """Where a sentence ends and the next begins, pair by pair."""
    spans = list(split_sentences(example.text, lang, example.entities))
    return [(a[1], b[0]) for a, b in zip(spans, spans[1:], strict=False)]
