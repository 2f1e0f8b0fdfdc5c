"""Masked language modelling by transformers' own models: windows, loss, perplexity."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from spacy.util import minibatch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import (
    MODEL_FOR_MASKED_LM_MAPPING,
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
)
from transformers.utils import logging

from phantom.runtime import register_components
from phantom.training.matching import Rows, batch_rows

BATCH = 512
# Heads that score hidden states as they are, by the name that a model gives them.
HEADS = ("cls", "lm_head", "predictions")
# Part of many checkpoints, and of no masked language model.
POOLER = "pooler."


class Masked(NamedTuple):
    """An encoder with a head that tells masked wordpieces.

    headless (bool): Whether the checkpoint had no head, so that this one is new.
    """

    model: Any
    tokenizer: Any
    headless: bool


def load_masked(encoder: str, seed: int) -> Masked:
    """Load an encoder with its head, or with a new one, tied to its embeddings.

    encoder (str): A Hugging Face name, a path, or a package with an encoder.
    seed (int): Of the weights of a new head.
    RAISES: ValueError if its family has no such head, weights of the encoder itself
        are missing, or its tokenizer is slow or has no mask.
    """
    place = find_encoder(encoder)
    torch.manual_seed(seed)
    config = AutoConfig.from_pretrained(place)
    if type(config) not in MODEL_FOR_MASKED_LM_MAPPING:
        raise ValueError(
            f"{encoder}: transformers has no masked language model of the family "
            f"{config.model_type}; give an encoder such as BERT or RoBERTa"
        )
    with _quietly():
        tokenizer = AutoTokenizer.from_pretrained(place)
        model, told = AutoModelForMaskedLM.from_pretrained(
            place, output_loading_info=True
        )
    if not tokenizer.is_fast or tokenizer.mask_token is None:
        lacks = "mask" if tokenizer.is_fast else "fast implementation"
        raise ValueError(
            f"{encoder}: its tokenizer has no {lacks}; give another encoder"
        )
    prefix = f"{model.base_model_prefix}."
    gone = [x for x in told["missing_keys"] if x.startswith(prefix)]
    if gone:
        raise ValueError(
            f"{encoder}: {len(gone)} weights of the encoder are missing, such as "
            f"{gone[0]}; give a whole checkpoint"
        )
    return Masked(model, tokenizer, bool(told["missing_keys"]))


def find_encoder(encoder: str) -> str:
    """Where an encoder is, in an installed package of that name or as given."""
    return str(register_components()["encoder_place"].find_encoder(encoder))


def plain_encoder(encoder: str, masked: Any) -> Any:
    """The encoder without a head, as its checkpoint had it, with the weights now."""
    with _quietly():
        plain = AutoModel.from_pretrained(find_encoder(encoder))
    weights = masked.base_model.state_dict()
    lost, unknown = plain.load_state_dict(weights, strict=False)
    lost = [name for name in lost if not name.startswith(POOLER)]
    if lost or unknown:
        raise ValueError(f"{encoder}: the head changes its weights {lost or unknown}")
    return plain


@contextmanager
def _quietly() -> Iterator[None]:
    """Without transformers' warning that a head is new, which is told otherwise."""
    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)


def cut_texts(masked: Masked, texts: Sequence[str], window: int) -> Rows:
    """Wordpieces of each text, in windows with the marks of begin and end."""
    find_limit = register_components()["encoder_wordpiece_windows"].find_limit
    limit = find_limit(masked.tokenizer, masked.model.base_model)
    rows: Rows = []
    for part in minibatch(texts, BATCH):
        rows += masked.tokenizer(
            list(part),
            truncation=True,
            max_length=min(window, limit),
            return_overflowing_tokens=True,
        )["input_ids"]
    return rows


def mask_rows(
    masked: Masked, rows: Rows, share: float, seed: int | None = None
) -> dict[str, Tensor]:
    """Ids with some of them masked, which these were, and what is no padding.

    seed (Optional[int]): Without it, torch's generator is drawn from.
    """
    collate = DataCollatorForLanguageModeling(
        # transformers takes a seed of 0 for none.
        *(masked.tokenizer, True, share),
        seed=None if seed is None else seed + 1,
    )
    batch: dict[str, Tensor] = collate(rows)
    lengths = torch.tensor([[len(row)] for row in rows])
    batch["attention_mask"] = torch.arange(batch["labels"].shape[1])[None] < lengths
    return batch


def loss_of(masked: Masked, batch: Mapping[str, Tensor]) -> tuple[Tensor, int]:
    """Cross-entropy, summed over the masked wordpieces, and their number.

    Only they are scored: a vocabulary for each wordpiece is most of the work.
    """
    known = batch["labels"] >= 0
    given = {key: batch[key] for key in ("input_ids", "attention_mask")}
    model = masked.model
    heads = [getattr(model, name) for name in HEADS if hasattr(model, name)]
    if heads:
        scores = heads[0](model.base_model(**given)[0][known])
    else:
        scores = model(**given).logits[known]
    labels = batch["labels"][known]
    return cross_entropy(scores.float(), labels, reduction="sum"), len(labels)


def precision(masked: Masked) -> Any:
    """A context in which CPUs that have bf16 use it, as in other training."""
    resolve = register_components()["encoder_cpu_forward"].resolve_precision
    bf16 = resolve("auto", True, masked.model.base_model) == "bf16"
    return torch.autocast("cpu", torch.bfloat16, bf16)


def perplexity(masked: Masked, rows: Rows, size: int, share: float, seed: int) -> float:
    """Of masked wordpieces, the same ones each time.

    size (int): Wordpieces of a pass, padding included.
    RAISES: ValueError if none is masked.
    """
    total, count = 0.0, 0
    masked.model.eval()
    for number, part in enumerate(batch_rows(rows, size)):
        batch = mask_rows(masked, part, share, seed + number)
        with torch.no_grad(), precision(masked):
            loss, known = loss_of(masked, batch)
        total, count = total + float(loss), count + known
    if not count:
        raise ValueError(
            f"{len(rows):,} texts held out are too few or too short to mask a word of "
            "them; add texts"
        )
    return math.exp(total / count)
