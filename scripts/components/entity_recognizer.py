"""The factory `entity_recognizer`: spaCy's ner, to which white space is nothing."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, Optional

import numpy as np
from spacy.attrs import ENT_IOB, ENT_TYPE, IS_SPACE, SENT_START
from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.pipeline.ner import DEFAULT_NER_MODEL
from spacy.tokens import Doc, Span, SpanGroup
from spacy.training import Example, validate_examples
from spacy.util import registry
from spacy_transformers.data_classes import TransformerData
from thinc.api import Model, Optimizer
from thinc.types import Ragged

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

INSIDE, BEGIN = 1, 3


class SpacelessRecognizer(EntityRecognizer):
    """Finds entities as if tokens of white space were not there.

    spaCy keeps a line break, or a second blank, as a token of its own. Its ner sees a
    name that is wrapped at the end of a line as three tokens unlike any it was taught,
    and may end a mention on the break. Here docs are read without such tokens: the
    mentions are those of the text on one line, and none begins or ends with space. It
    is taught in the same way: a mention with a break in it is the one on one line.
    """

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optional[Optimizer] = None,
        losses: Optional[dict[str, float]] = None,
    ) -> dict[str, float]:
        """Learn from the examples without their white space."""
        examples = list(examples)
        validate_examples(examples, "SpacelessRecognizer.update")
        docs = [example.predicted for example in examples]
        read = [_without_space(doc) for doc in docs]
        gold = [_without_space(example.reference)[0] for example in examples]
        _hand_on(docs, read, self.model)
        plain = [
            example
            if doc is example.predicted and reference is example.reference
            else Example(doc, reference)
            for example, (doc, _), reference in zip(examples, read, gold, strict=True)
        ]
        return super().update(plain, drop=drop, sgd=sgd, losses=losses)

    def predict(self, docs: Iterable[Doc]) -> Any:
        """Parse the docs without their white space.

        RETURNS (Tuple): The docs that were read; their entities, see
            `phantom.GreedyEntities.v1`, or None; then their states or beams.
        """
        docs = list(docs)
        find_part("phantom.CheckStates.v1")(self.name, self.model, docs)
        read = [_without_space(doc) for doc in docs]
        plain = [doc for doc, _ in read]
        found = find_part("phantom.GreedyEntities.v1")(self, plain)
        return read, found, super().predict(plain) if found is None else None

    def set_annotations(self, docs: Iterable[Doc], scores: Any) -> None:
        """Write the entities to the docs."""
        read, found, states = scores
        parts = find_part("phantom.ParagraphParts.v1")
        if found is None:
            super().set_annotations([doc for doc, _ in read], states)
        else:
            for (plain, _), entities in zip(read, found, strict=True):
                spans = [Span(plain, *entity) for entity in entities]
                plain.set_ents(spans, default="outside")
        for doc, (plain, kept) in zip(docs, read, strict=True):
            if plain is doc:
                continue
            given = {(ent.start, ent.end) for ent in doc.ents}
            spans = []
            for e in plain.ents:
                start, end = kept[e.start], kept[e.end - 1] + 1
                span = Span(doc, start, end, e.label, kb_id=e.kb_id)
                wrapped = end - start > len(e) and (start, end) not in given
                spans += parts(span) if wrapped else [span]
            blocked = [
                doc[kept[t.i] : kept[t.i] + 1]
                for t in plain
                if t.ent_iob == 3 and not t.ent_type
            ]
            doc.set_ents(spans, blocked=blocked, default="outside")


def _without_space(doc: Doc) -> tuple[Doc, list[int]]:
    """The doc without tokens of white space, and the places of those that stay."""
    is_space = doc.to_array([IS_SPACE]).ravel().astype("bool")
    if not is_space.any() or is_space.all():
        return doc, []
    kept = np.flatnonzero(~is_space)
    tokens = [doc[i] for i in kept.tolist()]
    # Two words that only such a token parts stay parted.
    before = np.append(is_space[1:], False).tolist()
    spaces = [bool(t.whitespace_) or before[t.i] for t in tokens]
    plain = Doc(doc.vocab, words=[t.text for t in tokens], spaces=spaces)
    preset: Any = doc.to_array([ENT_IOB, ENT_TYPE, SENT_START])
    for i in np.flatnonzero(is_space[:-1]).tolist():
        # A mention that begins with white space begins at its first word.
        if preset[i, 0] == BEGIN and preset[i + 1, 0] == INSIDE:
            preset[i + 1, 0] = BEGIN
    plain.from_array([ENT_IOB, ENT_TYPE, SENT_START], preset[kept])
    for key, group in doc.spans.items():
        plain.spans[key] = _move_spans(plain, group, kept)
    if len(doc.tensor) == len(doc):
        plain.tensor = doc.tensor[kept]
    data = doc._.trf_data if doc.has_extension("trf_data") else None
    if data is not None and len(data.align.lengths) == len(doc):
        plain._.trf_data = _align(data, ~is_space)
    return plain, kept.tolist()


def _move_spans(plain: Doc, group: SpanGroup, kept: np.ndarray) -> list[Span]:
    places = [np.searchsorted(kept, [span.start, span.end]).tolist() for span in group]
    return [
        Span(plain, start, end, span.label, kb_id=span.kb_id)
        for span, (start, end) in zip(group, places, strict=True)
        if start < end
    ]


def _hand_on(docs: list[Doc], read: list[tuple[Doc, list[int]]], model: Model) -> None:
    """Let listeners have received for the plain docs what they have for the docs."""
    plain = [doc for doc, _ in read]
    if all(a is b for a, b in zip(docs, plain, strict=True)):
        return
    kept = [
        np.asarray(places if doc is not full else range(len(full)), dtype="int64")
        for full, (doc, places) in zip(docs, read, strict=True)
    ]
    for node in model.walk():
        listener: Any = node
        outputs = getattr(listener, "_outputs", None)
        if outputs is None or listener._batch_id != listener.get_batch_id(docs):
            continue
        batch_id = listener.get_batch_id(plain)
        if isinstance(outputs[0], TransformerData):
            # Their gradients are those of wordpieces, which all stay.
            pairs = zip(outputs, map(_mask, docs, kept), strict=True)
            cut = [_align(data, mask) for data, mask in pairs]
            listener.receive(batch_id, cut, listener._backprop)
        else:
            cut = [array[places] for array, places in zip(outputs, kept, strict=True)]
            spread = _spread(outputs, kept, listener)
            listener.receive(batch_id, cut, spread)


def _mask(doc: Doc, kept: np.ndarray) -> np.ndarray:
    mask = np.zeros(len(doc), dtype="bool")
    mask[kept] = True
    return mask


def _spread(outputs: list, kept: list[np.ndarray], listener: Any) -> Callable:
    """Gradients of the words, as those of all tokens."""
    backprop = listener._backprop

    def call(d_outputs: list) -> Any:
        full = [listener.ops.xp.zeros_like(array) for array in outputs]
        for array, places, d_words in zip(full, kept, d_outputs, strict=True):
            array[places] = d_words
        return backprop(full)

    return call


def _align(data: TransformerData, kept: np.ndarray) -> TransformerData:
    lengths: Any = data.align.lengths
    everywhere: Any = data.align.dataXd
    places = everywhere[kept.repeat(_to_numpy(lengths))]
    return TransformerData(
        wordpieces=data.wordpieces,
        model_output=data.model_output,
        align=Ragged(places, lengths[kept]),
    )


def _to_numpy(array: Any) -> np.ndarray:
    return array.get() if hasattr(array, "get") else array


def make_entity_recognizer(
    nlp: Language,
    name: str,
    model: Model,
    moves: Optional[Any],
    update_with_oracle_cut_size: int,
    incorrect_spans_key: Optional[str],
    scorer: Optional[Callable],
) -> EntityRecognizer:
    """Create an entity recognizer; the settings are those of spaCy's `ner`."""
    return SpacelessRecognizer(
        nlp.vocab,
        model,
        name,
        moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        incorrect_spans_key=incorrect_spans_key,
        scorer=scorer,
    )


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("entity_recognizer"):
    Language.factory(
        "entity_recognizer",
        assigns=["doc.ents", "token.ent_iob", "token.ent_type"],
        default_config={
            "moves": None,
            "update_with_oracle_cut_size": 100,
            "model": DEFAULT_NER_MODEL,
            "incorrect_spans_key": None,
            "scorer": {"@scorers": "spacy.ner_scorer.v1"},
        },
        default_score_weights={
            "ents_f": 1.0,
            "ents_p": 0.0,
            "ents_r": 0.0,
            "ents_per_type": None,
        },
        func=make_entity_recognizer,
    )
registry.factories.entry_points = asks
