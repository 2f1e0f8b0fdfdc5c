"""Windows that fit the encoder, and what is left out of all of them."""

import functools
import re
import warnings
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy
from spacy.tokens import Doc, Span
from spacy_transformers.align import get_alignment, get_alignment_via_offset_mapping
from spacy_transformers.data_classes import FullTransformerBatch, WordpieceBatch
from spacy_transformers.layers.transformer_model import huggingface_tokenize
from spacy_transformers.util import registry
from thinc.types import Ragged

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

Spans = list[list[Span]]
Measure = Callable[[list[str]], list[int]]

# All but tab, line feed and carriage return, which tokenizers know as white space. What
# else is not printed they leave out, and so join the words on both sides.
_JOINING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029]")
# Dot leaders and rules of dashes: hundreds of wordpieces that say no more than one.
_RUN = re.compile(r"([^\w\s])\1{7,}")
_TOKENIZING = Lock()


@registry.misc("phantom.ReadAs.v1")
def read_as(text: str) -> str:
    """A text of the same length, with blanks for what the encoder shall not read.

    That are control characters, such as form feeds, and all but the first of eight or
    more marks of one kind in a row. Hyphens of all kinds are read as "-".
    """
    if not text.isascii():
        text = text.translate(find_part("phantom.EncoderCharacters.v1")())
    if _JOINING.search(text):
        text = _JOINING.sub(" ", text)
    return _RUN.sub(lambda run: run[0][0].ljust(len(run[0])), text)


@registry.misc("phantom.WordpieceLimit.v1")
def find_limit(tokenizer: Any, encoder: Any) -> int:
    """Most wordpieces of a window, by the tokenizer and by the encoder's positions."""
    layers = getattr(encoder, "embeddings", encoder)
    table: Any = getattr(layers, "position_embeddings", getattr(layers, "wpe", None))
    limit = int(min(tokenizer.model_max_length, 10**9))
    if not hasattr(table, "num_embeddings"):
        return limit
    # RoBERTa and its kin number positions from the one after padding.
    offset = 0 if table.padding_idx is None else table.padding_idx + 1
    return min(limit, table.num_embeddings - offset)


@registry.misc("phantom.FittingSpans.v1")
def cut_spans(nested_spans: Spans, measure: Measure, limit: int) -> tuple[Spans, Spans]:
    """Halve spans, between tokens, until each has no more wordpieces than `limit`.

    measure (Callable): From texts to the wordpieces of each, special ones included.
    RETURNS (Tuple[List[List[Span]], List[List[Span]]]): The spans of each document;
        and those, of one token, that do not fit for all that.
    """
    known: dict[str, int] = {}
    spans = [[span for span in spans if len(span)] for spans in nested_spans]
    while True:
        texts = {read_as(span.text) for part in spans for span in part}
        new = sorted(texts - set(known))
        known.update(zip(new, measure(new) if new else [], strict=True))

        def is_long(span: Span) -> bool:
            return known[read_as(span.text)] > limit

        if not any(is_long(span) and len(span) > 1 for part in spans for span in part):
            return spans, [[span for span in part if is_long(span)] for part in spans]
        spans = [
            [
                half
                for span in part
                for half in (_halve(span) if is_long(span) else [span])
            ]
            for part in spans
        ]


def _halve(span: Span) -> list[Span]:
    if len(span) == 1:
        return [span]
    starts = numpy.array([token.idx for token in span][1:])
    middle = (span.start_char + span.end_char) / 2
    cut = span.start + 1 + int(numpy.abs(starts - middle).argmin())
    return [span.doc[span.start : cut], span.doc[cut : span.end]]


@registry.misc("phantom.SlowEncoder.v1")
def encode_slowly(
    tokenizer: Any, nested_spans: Spans, limit: int
) -> tuple[Spans, WordpieceBatch, Ragged, Spans]:
    """Wordpieces by spacy-transformers' own way, for tokenizers that need it.

    One thread at a time: such tokenizers are set up anew with each call.

    RETURNS (Tuple): Spans that fit, their wordpieces and alignment, spans that don't.
    """

    def measure(texts: list[str]) -> list[int]:
        return [len(ids) for ids in tokenizer(texts, verbose=False)["input_ids"]]

    with _TOKENIZING:
        nested_spans, cut = cut_spans(nested_spans, measure, limit)
        flat = [span for spans in nested_spans for span in spans]
        long = {id(span) for spans in cut for span in spans}
        texts = [read_as(span.text) for span in flat]
        for i, span in enumerate(flat):
            # Not by spacy-transformers, which cuts rows at the end where those that
            # are padded on the left have their wordpieces.
            while id(span) in long and (count := measure(texts[i : i + 1])[0]) > limit:
                texts[i] = texts[i][: len(texts[i]) * limit // count]
        encoding = huggingface_tokenize(tokenizer, texts)
    wordpieces = WordpieceBatch.from_batch_encoding(encoding)
    if "offset_mapping" in encoding:
        align = get_alignment_via_offset_mapping(flat, encoding["offset_mapping"])
    else:
        special = tokenizer.all_special_tokens
        align = get_alignment(flat, wordpieces.strings, special)
    return nested_spans, wordpieces, align, cut


@registry.misc("phantom.KeepOut.v1")
def keep_out(docs: list[Doc], batch: FullTransformerBatch, cut: Spans) -> None:
    """Bar entities from tokens that the encoder has not read, and say so.

    Such a token would be judged by nothing but zeros. Entities that are there stay.

    cut (List[List[Span]]): Tokens of each document that were read in part.
    """
    any_left_out = False
    for doc, data, long in zip(docs, batch.doc_data, cut, strict=True):
        unread = {span.start for span in long}
        if len(data.align.lengths) == len(doc):
            lengths = numpy.asarray(data.align.lengths)
            empty, read = numpy.flatnonzero(lengths == 0), numpy.flatnonzero(lengths)
            first, last = (read[0], read[-1]) if len(read) else (len(doc), -1)
            # What nobody sees may stand within a name, and is none by itself.
            unread |= {
                i
                for i in empty.tolist()
                if _is_seen(doc[i].text)
                or (not first < i < last and not doc[i].is_space)
            }
        # Marks without a vector are mostly those of a run, of which the first has one.
        names = (c.isalnum() for i in unread for c in doc[i].text)
        any_left_out = any_left_out or any(names)
        blocked = [doc[i : i + 1] for i in sorted(unread) if not doc[i].ent_iob]
        if blocked:
            doc.set_ents([], blocked=blocked, default="unmodified")
    if any_left_out:
        warnings.warn(
            "some tokens are too long for the encoder or have no character it knows: "
            "no entity is looked for there",
            stacklevel=2,
        )


def _is_seen(text: str) -> bool:
    return any(c.isprintable() and not c.isspace() for c in text)


@registry.misc("phantom.ReadMentions.v1")
def read_mentions(doc: Doc) -> list[Span]:
    """The entities of a doc that the encoder has read, if there is one."""
    data = doc._.trf_data if doc.has_extension("trf_data") else None
    if data is None or len(data.align.lengths) != len(doc):
        return list(doc.ents)
    lengths = numpy.asarray(data.align.lengths)
    return [span for span in doc.ents if lengths[span.start : span.end].any()]
