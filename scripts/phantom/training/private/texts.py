"""Labelled texts as features and targets, each beside those of its unit."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry

from phantom.training.private.heads import (
    RELATIONS,
    TAGGER,
    is_finished,
    pair_tensor,
)
from phantom.training.private.reduction import Reduction

_BATCH = 64


class Features(NamedTuple):
    """What the heads read and learn of one text.

    words (Array): Shape (words, inputs). tags (Array): Shape (words,), -1 if unknown.
    pairs (Array): Shape (pairs, inputs).
    targets, known (Array): Shape (pairs, labels).
    """

    words: Any
    tags: Any
    pairs: Any
    targets: Any
    known: Any


def read_features(nlp: Language, docs: Iterable[Doc]) -> Iterator[Features]:
    """Run the encoder over gold docs, some at a time.

    nlp (Language): With its heads initialised; nothing in it is changed.
    """
    batch: list[Doc] = []
    for doc in docs:
        batch.append(doc)
        if len(batch) == _BATCH:
            yield from _read(nlp, batch)
            batch = []
    if batch:
        yield from _read(nlp, batch)


def _read(nlp: Language, gold: list[Doc]) -> Iterator[Features]:
    tagger: Any = nlp.get_pipe(TAGGER)
    plain = [nlp.make_doc(doc.text) for doc in gold]
    upstream: list[tuple[str, Any]] = list(nlp.pipeline)
    for name, pipe in upstream:
        if name not in (TAGGER, RELATIONS):
            pipe.set_annotations(plain, pipe.predict(plain))
    places, tags, features = (
        registry.misc.get(f"phantom.{name}.v1")
        for name in ("WordPlaces", "EntityTags", "WordFeatures")
    )
    for doc, reference, vector, pairs in zip(
        *(plain, gold, _encode(tagger, plain), _relate(nlp, plain, gold)), strict=True
    ):
        words = features(doc, vector, places(doc))
        yield Features(words, tags(reference, tagger.labels), *pairs)


def _encode(head: Any, docs: list[Doc]) -> list[Any]:
    """Token vectors as a head gets them, shape (tokens, width), of each doc."""
    vectors = head.model.get_ref("tok2vec").predict(docs)
    return [head.model.ops.to_numpy(vector) for vector in vectors]


def _relate(
    nlp: Language, plain: list[Doc], gold: list[Doc]
) -> Iterator[tuple[Any, Any, Any]]:
    """Features, targets and what is known of the pairs of each doc."""
    if RELATIONS not in nlp.pipe_names:
        none = np.zeros((0, 0), dtype="float32")
        yield from [(none, none, none)] * len(gold)
        return
    pipe: Any = nlp.get_pipe(RELATIONS)
    names = ("RelationTargets", "RelationArrays", "WithoutSpace")
    find, arrange, trim = (registry.misc.get(f"phantom.{name}.v1") for name in names)
    examples = list(map(Example, plain, gold))
    mentions, pairs, targets, known, _ = find(examples, pipe.schema, pipe.candidates)
    arrays = arrange(mentions, pairs, pipe.cfg["types"])
    of_doc = arrays["mention_doc"][arrays["heads"]]
    kept, trimmed = trim(plain, arrays)
    vectors = _encode(pipe, plain)
    words = [v if k is None else v[k] for v, k in zip(vectors, kept, strict=True)]
    features = _describe(nlp, words, trimmed)
    if is_finished(nlp) and len(features) and _shares_names(nlp):
        # Weights of a mean: to share vectors is to share what one layer makes of them.
        share = registry.misc.get("phantom.ShareNames.v1")
        features, _ = share(plain, arrays, features, pipe.model.ops)
    for i in range(len(gold)):
        rows = of_doc == i
        yield features[rows], targets[rows], known[rows]


def _describe(nlp: Language, words: list[Any], arrays: Any) -> Any:
    """What the head reads of each pair: its features, or its finished vector."""
    layer = pair_tensor(nlp)
    if is_finished(nlp):
        return layer.ops.to_numpy(layer.predict((words, arrays)))
    describe = registry.misc.get("phantom.PairFeatures.v1")
    return describe(words, arrays, layer.get_dim("nT"))


def _shares_names(nlp: Language) -> bool:
    return bool(nlp.get_pipe_config(RELATIONS)["model"].get("share_names"))


class UnitTexts:
    """Texts of units, reduced; units of like length are neighbours, to pad little.

    units (Iterable[Sequence[Features]]): Texts of each unit.
    words, pairs (Reduction): Of public text; None for no relations.
    most (int): Words of one unit; what is behind them is left out, see `cut`.
    """

    def __init__(
        self,
        units: Iterable[Sequence[Features]],
        words: Reduction,
        pairs: Reduction | None,
        most: int,
    ) -> None:
        self.cut = 0
        rows = [self._reduce(texts, words, pairs, most) for texts in units]
        self.units = sorted(rows, key=lambda unit: len(unit.tags))

    def __len__(self) -> int:
        return len(self.units)

    def gather(self, chosen: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """What `Heads` reads of the units at these places."""
        units = [self.units[i] for i in chosen.tolist()] or [_nobody(self.units[0])]
        padded = [
            torch.nn.utils.rnn.pad_sequence(column, batch_first=True)
            for column in zip(*units, strict=True)
        ]
        if not len(chosen):
            padded = [column[:0] for column in padded]
        return tuple(x.float() if x.dtype == torch.float16 else x for x in padded)

    def _reduce(
        self,
        texts: Sequence[Features],
        words: Reduction,
        pairs: Reduction | None,
        most: int,
    ) -> "Unit":
        parts = []
        room = most
        for text in texts:
            count = min(len(text.tags), room)
            room -= count
            self.cut += len(text.tags) - count
            parts.append(_make_part(text, count, len(texts), words, pairs))
        return Unit(*map(torch.cat, zip(*parts, strict=True)))


class Unit(NamedTuple):
    """One unit as tensors; see `Heads.forward`. A row of zeros ends each text."""

    words: torch.Tensor
    tags: torch.Tensor
    word_weights: torch.Tensor
    there: torch.Tensor
    pairs: torch.Tensor
    targets: torch.Tensor
    pair_weights: torch.Tensor


def _make_part(
    text: Features, count: int, texts: int, words: Reduction, pairs: Reduction | None
) -> Unit:
    """A text as its part of a unit, in which all texts weigh the same."""
    tags = text.tags[:count]
    weights = (tags >= 0) / max(1, (tags >= 0).sum()) / texts
    known = text.known / max(1, text.known.sum()) / texts
    rows = pairs.apply(text.pairs) if pairs else np.zeros((len(text.pairs), 0))
    columns = (
        np.pad(words.apply(text.words[:count]), ((0, 1), (0, 0))),
        np.pad(np.maximum(tags, 0), (0, 1)).astype("int64"),
        np.pad(weights, (0, 1)).astype("float32"),
        np.pad(np.ones(count), (0, 1)).astype("float32"),
        rows.astype("float16"),
        text.targets.astype("float32"),
        known.astype("float32"),
    )
    return Unit(*map(torch.from_numpy, columns))


def _nobody(unit: Unit) -> Unit:
    return Unit(*(column[:1] for column in unit))
