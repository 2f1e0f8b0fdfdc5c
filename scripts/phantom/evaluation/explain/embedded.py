"""A pipeline's encoder as a function of its word embeddings, for gradients."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

import numpy as np
import torch
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from phantom.runtime import register_components


class Embedded(NamedTuple):
    """A doc as its encoder reads it.

    words (Tensor): Word embeddings of the wordpieces, shape (rows, longest, width).
    blank (Tensor): The same with each wordpiece masked, but for special ones: what
        attributions start from.
    mask (Tensor): 1 for a wordpiece, 0 for padding, shape (rows, longest).
    types (Optional[Tensor]): Segment ids, likewise.
    pieces (ndarray): Places in the flattened wordpieces that the tokens are aligned
        to, one token after the other.
    owner (ndarray): The token of each of them.
    kept (ndarray): Tokens that are no white space, which the components leave out.
    """

    words: Tensor
    blank: Tensor
    mask: Tensor
    types: Tensor | None
    pieces: np.ndarray
    owner: np.ndarray
    kept: np.ndarray

    def to_tokens(self, values: np.ndarray, tokens: int) -> np.ndarray:
        """Values of wordpieces (rows, longest) as sums by token (tokens,).

        A wordpiece that belongs to several tokens is shared among them.
        """
        flat = values.reshape(-1)
        owners = np.bincount(self.pieces, minlength=len(flat))
        shares = flat[self.pieces] / owners[self.pieces]
        return np.bincount(self.owner, shares, minlength=tokens)

    def masked(self, tokens: np.ndarray) -> Tensor:
        """Word embeddings with some tokens masked.

        tokens (ndarray): Which, shape (variants, tokens).
        RETURNS (Tensor): Shape (variants, rows, longest, width).
        """
        rows, longest, width = self.words.shape
        gone = np.zeros((len(tokens), rows * longest), dtype=bool)
        for variant, which in enumerate(tokens):
            gone[variant, self.pieces[which[self.owner]]] = True
        where = torch.from_numpy(gone).view(len(tokens), rows, longest, 1)
        return torch.where(where, self.blank, self.words)


class EmbeddedEncoder:
    """The transformer of a pipeline, from word embeddings to token vectors.

    in_bf16 (Optional[bool]): Take matrix products in bf16 where gradients are asked
        for; None if the CPU has it.
    RAISES: ValueError if the pipeline has none.
    """

    def __init__(self, nlp: Language, in_bf16: bool | None = None) -> None:
        pipes = (pipe for _, pipe in nlp.pipeline)
        found = [p for p in pipes if hasattr(getattr(p, "model", None), "transformer")]
        if len(found) != 1:
            raise ValueError(
                f"the pipeline has {len(found)} transformers; attributions follow one: "
                "train with configs/train.cfg, which has it"
            )
        model: Any = found[0].model  # type: ignore[attr-defined]
        components = register_components()
        modes = components["encoder_module_modes"]
        has_bf16 = components["encoder_instruction_sets"].has_bf16
        self.in_bf16 = has_bf16() if in_bf16 is None else in_bf16
        # A view of its own: thinc leaves the module in training mode, with dropout.
        self.module = modes.in_mode(model.transformer, False)
        tokenizer = model.tokenizer
        stand_ins = (tokenizer.mask_token_id, tokenizer.unk_token_id)
        self.masked = next(i for i in (*stand_ins, 0) if i is not None)
        self.special = np.array(tokenizer.all_special_ids)

    def read(self, doc: Doc) -> Embedded:
        """Look up the word embeddings of a doc that the pipeline has read."""
        data: Any = doc._.trf_data
        ids = np.asarray(data.wordpieces.input_ids)
        mask = torch.from_numpy(np.asarray(data.wordpieces.attention_mask)).float()
        types = data.wordpieces.token_type_ids
        blank = np.where(np.isin(ids, self.special), ids, self.masked)
        table = self.module.get_input_embeddings()
        with torch.no_grad():
            words, stand_in = (table(torch.from_numpy(x).long()) for x in (ids, blank))
        lengths = np.asarray(data.align.lengths)
        is_space = np.array([token.is_space for token in doc])
        return Embedded(
            words=words,
            blank=stand_in,
            mask=mask,
            types=None if types is None else torch.from_numpy(np.asarray(types)).long(),
            pieces=np.asarray(data.align.dataXd).ravel(),
            owner=np.repeat(np.arange(len(doc)), lengths),
            kept=np.flatnonzero(~is_space | is_space.all()),
        )

    def __call__(self, doc: Embedded, words: Tensor) -> Tensor:
        """Token vectors as the components get them, those of white space left out.

        words (Tensor): Word embeddings, shape (variants, rows, longest, width).
        RETURNS (Tensor): Means of wordpieces, shape (variants, tokens kept, width).
        """
        variants, rows, longest, width = words.shape
        inputs = {
            "inputs_embeds": words.reshape(variants * rows, longest, width),
            "attention_mask": doc.mask.repeat(variants, 1),
        }
        if doc.types is not None:
            inputs["token_type_ids"] = doc.types.repeat(variants, 1)
        is_short = self.in_bf16 and torch.is_grad_enabled()
        with _fewer_bits() if is_short else nullcontext():
            states = self.module(**inputs).last_hidden_state.float()
        flat = states.reshape(variants, rows * longest, -1)
        owner = torch.from_numpy(doc.owner)
        count = int(doc.kept[-1]) + 1 if len(doc.kept) else 0
        count = max(count, int(doc.owner[-1]) + 1 if len(doc.owner) else 0)
        sums = flat.new_zeros(variants, count, flat.shape[2])
        sums = sums.index_add(1, owner, flat[:, torch.from_numpy(doc.pieces)])
        sizes = torch.bincount(owner, minlength=count).clamp(min=1)
        return (sums / sizes[:, None])[:, torch.from_numpy(doc.kept)]


@contextmanager
def _fewer_bits() -> Iterator[None]:
    # torch 2.13 takes seven times as long for the gradients of its attention on CPUs in
    # bf16 as in fp32; put together of matrix products, attention is the quicker for it.
    with sdpa_kernel(SDPBackend.MATH), torch.autocast("cpu", torch.bfloat16):
        yield
