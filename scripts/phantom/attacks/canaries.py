"""Canaries: made-up mentions in training text, and whether a model knows them."""

import math
import random
from collections.abc import Sequence

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from phantom.attacks.membership import RESAMPLES
from phantom.attacks.signals import losses
from phantom.records import Record

_SYLLABLES = "bo da fi gu ka le mo nu pa ri so tu va wi xe zo".split()


class Exposure(Record):
    """How far a model ranks a planted canary before others that it never saw.

    copies (int): How often the canary stood in the training text.
    bits (float): Exposure: log2 of the candidates over the canary's rank; 1 on
        average without any memory, log2 of the candidates where it comes first.
    candidates (int): The canary and those that were never planted.
    Source: Carlini et al. 2019, The Secret Sharer.
    """

    copies: int
    bits: float
    candidates: int


class MeanExposure(Record):
    """Exposure of several canaries. low, high (float): 95% interval of the mean.

    guess (float): What a model that never saw them has on average.
    """

    bits: float
    low: float
    high: float
    guess: float


def mean_exposure(
    bits: Sequence[float], candidates: int, seed: int = 0
) -> MeanExposure:
    """The mean over canaries, with an interval over resamples of them.

    candidates (int): That each was ranked among, itself one of them.
    """
    values = np.asarray(bits, dtype="float64")
    rng = np.random.default_rng(seed)
    drawn = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    ranks = np.arange(1, candidates + 1)
    guess = math.log2(candidates) - float(np.log2(ranks).mean())
    return MeanExposure(
        bits=round(float(values.mean()), 3),
        low=round(float(low), 3),
        high=round(float(high), 3),
        guess=round(guess, 3),
    )


def plant(
    nlp: Language, sentence: str, planted: dict[str, int], label: str
) -> list[Example]:
    """Each planted canary as often as it shall stand in the training text."""
    return [
        make_canary(nlp, sentence, word, label)
        for word, count in planted.items()
        for _ in range(count)
    ]


def make_words(count: int, seed: int) -> list[str]:
    """Made-up words of four syllables, each once."""
    rng = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(rng.choices(_SYLLABLES, k=4))] = None
    return list(made)


def make_canary(nlp: Language, sentence: str, word: str, label: str) -> Example:
    """A sentence that marks a made-up word.

    sentence (str): Its tokens with blanks between; {} is the word.
    """
    words = sentence.split()
    place = words.index("{}")
    doc = Doc(nlp.vocab, words=[*words[:place], word, *words[place + 1 :]])
    doc.ents = [Span(doc, place, place + 1, label)]
    return Example(nlp.make_doc(doc.text), doc)


def expose(
    nlp: Language,
    sentence: str,
    planted: dict[str, int],
    others: Sequence[str],
    label: str,
) -> list[Exposure]:
    """Rank each planted canary among words that were never planted.

    sentence (str): Of `make_canary`.
    planted (Dict[str, int]): How often each stood in the training text.
    """
    words = [*planted, *others]
    found = losses(nlp, [make_canary(nlp, sentence, word, label) for word in words])
    unseen = found[len(planted) :]
    bits = expose_losses(found[: len(planted)], unseen)
    return [
        Exposure(copies=copies, bits=round(bit, 3), candidates=len(unseen) + 1)
        for copies, bit in zip(planted.values(), bits, strict=True)
    ]


def expose_losses(planted: np.ndarray, unseen: np.ndarray) -> list[float]:
    """Exposure, in bits, of each planted canary by its loss among those unseen."""
    return [_bits(float(value), unseen) for value in planted]


def _bits(value: float, unseen: np.ndarray) -> float:
    # Ties go against the model that can't tell: the middle of those alike.
    rank = 1 + (unseen < value).sum() + (unseen == value).sum() / 2
    return math.log2(len(unseen) + 1) - math.log2(rank)
