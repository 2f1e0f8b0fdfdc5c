"""Wordpieces of many spans at once, aligned to spaCy's tokens without loops."""

import functools
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any, cast

import numpy
import torch
from spacy.tokens import Doc, Span
from spacy_transformers.data_classes import (
    FullTransformerBatch,
    ModelOutput,
    TransformerData,
    WordpieceBatch,
)
from spacy_transformers.util import registry
from thinc.api import torch2xp
from thinc.types import Floats2d, Ints1d, Ints2d, Ragged

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

Encodings = list[Any]
Spans = list[list[Span]]
_SETTING_UP = Lock()


@dataclass
class TokenAlignedBatch(FullTransformerBatch):
    """A FullTransformerBatch that is split by document without visiting tokens."""

    def split_by_doc(self) -> list[TransformerData]:
        """Give each document its rows of every output, as views.

        RETURNS (List[TransformerData]): One per document; empty where a document
            has no span.
        """
        tensors = _to_arrays(self.model_output)
        lengths = numpy.asarray(self.align.lengths)
        starts = numpy.concatenate([[0], numpy.cumsum(lengths)])
        outputs = []
        row = token = 0
        width = self.wordpieces.input_ids.shape[1] if len(self.wordpieces) else 0
        for spans in self.spans:
            rows = slice(row, row + len([span for span in spans if len(span)]))
            if rows.start == rows.stop:
                outputs.append(TransformerData.empty())
                continue
            first, last = token + spans[0].start, token + spans[-1].end
            data = self.align.dataXd[starts[first] : starts[last]] - row * width
            outputs.append(
                TransformerData(
                    wordpieces=self.wordpieces[rows],
                    model_output=ModelOutput(
                        (key, _take(value, rows)) for key, value in tensors
                    ),
                    align=Ragged(cast(Ints1d, data), cast(Ints1d, lengths[first:last])),
                )
            )
            row, token = rows.stop, token + len(spans[0].doc)
        return outputs


@registry.misc("phantom.WordpieceEncoder.v1")
def encode_spans(
    tokenizer: Any, docs: list[Doc], nested_spans: Spans, limit: int
) -> tuple[Spans, WordpieceBatch, Ragged, Spans]:
    """Cut spans into wordpieces and align them to the tokens of their documents.

    tokenizer (PreTrainedTokenizerFast): Called once for all spans.
    docs (List[Doc]): The documents, those without a span too.
    nested_spans (List[List[Span]]): The spans of each document, may overlap.
    limit (int): Most wordpieces of a span; longer ones are halved between tokens, and
        cut where they are one token.
    RETURNS (Tuple): The spans as they were read; wordpieces padded to (spans,
        longest); for each token of the documents that have spans, its places in
        the flattened wordpieces, as in
        spacy_transformers.align.get_alignment_via_offset_mapping; and the spans of
        each document that were cut.
    """
    read_as = find_part("phantom.ReadAs.v1")
    texts: list[str] = []
    token_starts: list[numpy.ndarray] = []
    shifts: list[int] = []
    base = 0
    for doc, spans in zip(docs, nested_spans, strict=True):
        spans = [span for span in spans if len(span)]
        if not spans:
            continue
        text = read_as(doc.text)
        token_starts.append(doc.to_array(["IDX"]).astype("int64").ravel() + base)
        for span in spans:
            texts.append(text[span.start_char : span.end_char])
            shifts.append(base + span.start_char)
        base += len(text) + 1
    backend = tokenizer.backend_tokenizer
    # Only where there is need: it can't be set while another thread encodes.
    with _SETTING_UP:
        if backend.padding is not None:
            backend.no_padding()
        if backend.truncation is not None:
            backend.no_truncation()
    encodings = backend.encode_batch(texts)
    cut: Spans = [[] for _ in docs]
    if any(len(encoding) > limit for encoding in encodings):

        def measure(texts: list[str]) -> list[int]:
            return [len(encoding) for encoding in backend.encode_batch(texts)]

        fit = find_part("phantom.FittingSpans.v1")
        fitting, cut = fit(nested_spans, measure, limit)
        if sum(map(len, fitting)) > len(texts):
            return (*encode_spans(tokenizer, docs, fitting, limit)[:3], cut)
    wordpieces = _pad_encodings(tokenizer, encodings, limit)
    width = wordpieces.input_ids.shape[1]
    starts = numpy.concatenate([*token_starts, [base]])
    align = _align(encodings, numpy.array(shifts, "int64"), starts, width)
    return nested_spans, wordpieces, align, cut


def _pad_encodings(tokenizer: Any, encodings: Encodings, limit: int) -> WordpieceBatch:
    lengths = [min(len(encoding), limit) for encoding in encodings]
    width = max(lengths)
    filled = numpy.arange(width) < numpy.array(lengths)[:, None]
    if tokenizer.pad_token is None and not filled.all():
        raise ValueError(
            "the tokenizer has no token to pad with; name one in tokenizer_config, "
            'such as {"use_fast": true, "pad_token": "<|endoftext|>"}'
        )
    with_types = "token_type_ids" in tokenizer.model_input_names

    def pad(rows: list[list[int]], value: int) -> Ints2d:
        array = numpy.full(filled.shape, value, dtype="int64")
        cut = (row[:limit] for row in rows)
        array[filled] = numpy.fromiter(chain.from_iterable(cut), "int64")
        return cast(Ints2d, array)

    return WordpieceBatch(
        strings=[
            encoding.tokens[:limit] + [tokenizer.pad_token] * (width - length)
            for encoding, length in zip(encodings, lengths, strict=True)
        ],
        input_ids=pad([encoding.ids for encoding in encodings], tokenizer.pad_token_id),
        attention_mask=cast(Floats2d, filled.astype("f")),
        lengths=lengths,
        token_type_ids=(
            pad([e.type_ids for e in encodings], tokenizer.pad_token_type_id)
            if with_types
            else None
        ),
    )


def _align(
    encodings: Encodings, shifts: numpy.ndarray, starts: numpy.ndarray, width: int
) -> Ragged:
    """A token owns the characters from its start to the next token's start, and is
    aligned to each wordpiece that covers one of them.

    shifts (ndarray): Where each span's text begins, shape (spans,).
    starts (ndarray): Where each token begins, ascending, and where the last ends.
    """
    counts = numpy.array([len(encoding) for encoding in encodings])
    row = numpy.repeat(numpy.arange(len(counts)), counts)
    column = numpy.arange(len(row)) - numpy.repeat(
        numpy.cumsum(counts) - counts, counts
    )
    pairs = chain.from_iterable(encoding.offsets for encoding in encodings)
    offsets = numpy.fromiter(chain.from_iterable(pairs), "int64").reshape(-1, 2)
    keep = (offsets[:, 1] > offsets[:, 0]) & (column < width)
    row, column, offsets = (
        row[keep],
        column[keep],
        offsets[keep] + shifts[row[keep], None],
    )
    first = numpy.searchsorted(starts, offsets[:, 0], "right") - 1
    last = numpy.searchsorted(starts, offsets[:, 1] - 1, "right") - 1
    reach = last - first + 1
    ahead = numpy.arange(reach.sum()) - numpy.repeat(numpy.cumsum(reach) - reach, reach)
    token = numpy.repeat(first, reach) + ahead
    place = numpy.repeat(row * width + column, reach)
    order = numpy.argsort(token, kind="stable")
    lengths = numpy.bincount(token, minlength=len(starts) - 1)
    return Ragged(
        cast(Ints1d, place[order].astype("i")), cast(Ints1d, lengths.astype("i"))
    )


@registry.misc("phantom.TokenAlignedBatch.v1")
def make_batch(
    spans: list[list[Span]],
    wordpieces: WordpieceBatch,
    model_output: ModelOutput,
    align: Ragged,
) -> FullTransformerBatch:
    """Join outputs and alignment; the arguments are FullTransformerBatch's."""
    return TokenAlignedBatch(spans, wordpieces, model_output, align)


def _to_arrays(model_output: ModelOutput) -> list[tuple[str, Any]]:
    arrays: list[tuple[str, Any]] = []
    for key, value in model_output.items():
        if isinstance(value, torch.Tensor):
            arrays.append((key, torch2xp(value)))
        elif all(isinstance(part, torch.Tensor) for part in value):
            if all(len(part) == len(model_output[0]) for part in value):
                arrays.append((key, [torch2xp(part) for part in value]))
    return arrays


def _take(value: Any, rows: slice) -> Any:
    return [part[rows] for part in value] if isinstance(value, list) else value[rows]
