"""From a pipeline and texts to explanations of all that it finds."""

import time
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor

from phantom.evaluation.diagnosis.support import Training
from phantom.evaluation.explain.attributions import integrate_gradients
from phantom.evaluation.explain.embedded import Embedded, EmbeddedEncoder
from phantom.evaluation.explain.flips import Decision, FlipSearch
from phantom.evaluation.explain.records import Explained, Explanation
from phantom.evaluation.explain.scores import (
    Pair,
    find_extractor,
    find_recognizer,
    mention_scores,
    pair_scores,
)
from phantom.evaluation.explain.shared import shared_pairs
from phantom.records import Entity, Example

# Tokens of a text; attributions of longer ones would take gigabytes.
MOST = 512


class Target:
    """What a doc's mentions and relations score, as a function of word embeddings.

    decisions (List[Decision]): One per score: mentions, then relations.
    embedded (Embedded): The doc as the encoder reads it.
    """

    def __init__(self, nlp: Language, encoder: EmbeddedEncoder, doc: Doc) -> None:
        self.encoder, self.embedded = encoder, encoder.read(doc)
        kept = self.embedded.kept
        plain = _without(doc, kept)
        ends = np.searchsorted(kept, [(e.start, e.end) for e in doc.ents]).tolist()
        mentions = [(a, b, e.label_) for (a, b), e in zip(ends, doc.ents, strict=True)]
        self.decisions: list[Decision] = []
        self.scores = []
        recognizer, extractor = find_recognizer(nlp), find_extractor(nlp)
        if recognizer is not None and mentions:
            self.scores.append(mention_scores(recognizer, plain, mentions))
            self.decisions += [Decision((i,), m[2]) for i, m in enumerate(mentions)]
        if extractor is not None and doc._.relations:
            pairs = _pairs(extractor, doc)
            made_of = shared_pairs(extractor, doc, [(p.head, p.tail) for p in pairs])
            score = pair_scores(extractor, len(kept), mentions, pairs, made_of)
            self.scores.append(score)
            self.decisions += [Decision((p.head, p.tail), p.label) for p in pairs]

    def __call__(self, words: Tensor) -> Tensor:
        """From word embeddings (variants, rows, longest, width) to log-odds
        (variants, decisions)."""
        vectors = self.encoder(self.embedded, words)
        return torch.cat([score(vectors) for score in self.scores], 1)


class Explainer:
    """Explains what a pipeline finds.

    flips (Optional[FlipSearch]): Searches for edits; None leaves them out.
    training (Optional[Training]): Where the nearest training places are looked up.
    RAISES: ValueError if the pipeline has no transformer.
    """

    def __init__(
        self,
        nlp: Language,
        flips: FlipSearch | None = None,
        training: Training | None = None,
    ) -> None:
        self.nlp, self.flips, self.training = nlp, flips, training
        self.encoder = EmbeddedEncoder(nlp)

    def __call__(self, examples: Iterable[Example]) -> Iterator[Explained]:
        """Explain texts; their own annotations are not read.

        RAISES: ValueError for a text of more than MOST tokens.
        """
        for example in examples:
            doc = self.nlp(example.text)
            if len(doc) > MOST:
                raise ValueError(
                    f"{example.id}: {len(doc):,} tokens; explanations take at most "
                    f"{MOST}: give it sentence by sentence"
                )
            yield self._explain(example, doc)

    def _explain(self, example: Example, doc: Doc) -> Explained:
        begun = time.process_time()
        found: list[Explanation] = []
        target = Target(self.nlp, self.encoder, doc) if doc.ents else None
        spans = [(e.start_char, e.end_char) for e in doc.ents]
        if target is not None and target.decisions:
            embedded: Embedded = target.embedded
            a = integrate_gradients(target, embedded.words, embedded.blank)
            for i, decision in enumerate(target.decisions):
                values = embedded.to_tokens(a.values[i], len(doc))
                found.append(
                    Explanation(
                        family="mentions" if len(decision.places) == 1 else "relations",
                        label=decision.label,
                        spans=tuple(spans[k] for k in decision.places),
                        chance=round(float(1 / (1 + np.exp(-a.score[i]))), 4),
                        score=round(float(a.score[i]), 4),
                        blank=round(float(a.blank[i]), 4),
                        values=[round(float(v), 4) for v in values],
                        error=round(float(a.error[i]), 4),
                        steps=int(a.steps[i]),
                    )
                )
        seconds = time.process_time() - begun
        mentions = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
        own = Example(
            id=example.id,
            text=example.text,
            origin=example.origin,
            sources=example.sources,
            entities=tuple(
                Entity(start=a, end=b, label=label, text=example.text[a:b])
                for a, b, label in mentions
            ),
        )
        return Explained(
            id=example.id,
            text=example.text,
            origin=example.origin,
            tokens=[(t.idx, t.idx + len(t)) for t in doc],
            mentions=mentions,
            explanations=[
                self._add_evidence(own, doc, decision, explanation)
                for decision, explanation in zip(
                    target.decisions if target else (), found, strict=True
                )
            ],
            seconds=round(seconds, 3),
        )

    def _add_evidence(
        self, own: Example, doc: Doc, decision: Decision, explanation: Explanation
    ) -> Explanation:
        update: dict[str, object] = {}
        if self.flips is not None:
            free = [t for t in doc if not t.ent_type and not t.is_space]
            free.sort(key=lambda t: -explanation.values[t.i])
            words = [(t.idx, t.idx + len(t)) for t in free]
            update["flip"], update["tried"] = self.flips(own, decision, words)
        if self.training is not None:
            update["near"] = self.training.nearest(
                own.text, explanation.spans, explanation.family, explanation.label
            )
        return explanation.model_copy(update=update)


def _pairs(extractor: object, doc: Doc) -> list[Pair]:
    ends = [(e.start, e.end) for e in doc.ents]
    heads, tails, allowed = extractor.candidates(  # type: ignore[attr-defined]
        [list(doc.ents)],
        extractor.schema,  # type: ignore[attr-defined]
    )
    may = {
        (h, t): tuple(labels)
        for h, t, labels in zip(
            heads.tolist(), tails.tolist(), allowed.tolist(), strict=True
        )
    }
    pairs = []
    for relation in doc._.relations:
        head, tail = (ends.index(tuple(relation[end])) for end in ("head", "tail"))
        pairs.append(Pair(head, tail, relation["label"], may[head, tail]))
    return pairs


def _without(doc: Doc, kept: Sequence[int] | np.ndarray) -> Doc:
    """The doc as the recognizer reads it, without white space."""
    if len(kept) == len(doc):
        return doc
    tokens = [doc[int(i)] for i in kept]
    return Doc(doc.vocab, words=[t.text for t in tokens])
