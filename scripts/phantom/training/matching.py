"""A student's hidden states drawn to those of its teacher, layer by layer."""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import torch
from spacy.tokens import Doc
from spacy.util import minibatch
from torch import Tensor

from phantom.records import Record
from phantom.runtime import register_components

Rows = list[list[int]]
SORTED_AT_ONCE, WARMUP, BATCH = 512, 0.1, 512


class Matching(Record):
    """How far a student's last states are from its teacher's, before and after.

    before, after (float): Mean over wordpieces of the squared distance, as a share of
        the teacher's squared norm; 0 is the teacher itself.
    layers (Tuple[int, ...]): Those of the teacher that the student's follow, from 1.
    wordpieces (int): Gone through, all steps together.
    """

    before: float
    after: float
    layers: tuple[int, ...]
    steps: int
    wordpieces: int


def match_states(
    teacher: Any,
    student: Any,
    docs: Sequence[Doc],
    dev: Sequence[Doc],
    *,
    steps: int,
    learn_rate: float,
    batch: int,
    seed: int,
    tell: Callable[[int], None] = lambda count: None,
) -> Matching:
    """Train a student's layers, not its embeddings, which are the teacher's.

    Each layer follows the one whose weights it began with (as TinyBERT does, Jiao et
    al. 2020, arXiv:1909.10351), without dropout, so that both see one text.

    teacher, student (CPUTransformerModel): Of one tokenizer and width.
    docs (Sequence[Doc]): To learn on, without labels; dev: to measure the distance on.
    batch (int): Wordpieces of a step, padding included.
    tell (Callable): Is told of each step.
    """
    layers = find_layers(teacher.transformer, student.transformer)
    encoder = student.transformer.eval()
    weights = trained_weights(encoder)
    optimizer = torch.optim.AdamW(weights, lr=learn_rate, weight_decay=0.01, fused=True)
    warmup = max(1, round(WARMUP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min((i + 1) / warmup, (steps - i) / (steps - warmup + 1))
    )
    rows, held_out = cut_rows(student, docs), cut_rows(student, dev)
    before, seen = measure(teacher, student, held_out, batch), 0
    order = random.Random(seed)
    with torch.enable_grad():
        for part in islice(endless(rows, batch, order), steps):
            ids, mask = pad(part, encoder.device)
            goal = run(teacher, ids, mask, train=False)
            found = run(student, ids, mask, train=True)
            losses = [
                distance(found[i + 1], goal[layer], mask)
                for i, layer in enumerate(layers)
            ]
            torch.stack(losses).sum().backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            seen += int(mask.sum())
            tell(1)
    return Matching(
        before=before,
        after=measure(teacher, student, held_out, batch),
        layers=layers,
        steps=steps,
        wordpieces=seen,
    )


def find_layers(teacher: Any, student: Any) -> tuple[int, ...]:
    """Which layers of the teacher those of the student follow, counted from 1."""
    spread = register_components()["encoder_layers"].spread_layers
    counts = [x.config.num_hidden_layers for x in (teacher, student)]
    return tuple(i + 1 for i in spread(*counts))


def trained_weights(encoder: Any) -> list[torch.nn.Parameter]:
    """The weights of an encoder's layers."""
    _, stack = register_components()["encoder_layers"].find_stack(encoder)
    return list(stack.parameters())


def cut_rows(model: Any, docs: Sequence[Doc]) -> Rows:
    """Wordpieces of each window of the docs, without padding."""
    cut = register_components()["encoder_model"].cut_wordpieces
    rows: Rows = []
    for part in minibatch([doc for doc in docs if len(doc)], BATCH):
        wordpieces = cut(model, part)[1]
        masks = wordpieces.attention_mask.astype(bool)
        for ids, mask in zip(wordpieces.input_ids, masks, strict=True):
            rows.append(ids[mask].tolist())
    return rows


def endless(rows: Rows, size: int, order: random.Random) -> Iterator[Rows]:
    """Batches of rows of about one length, in a new order with each pass."""
    while True:
        rows = order.sample(rows, len(rows))
        batches = list(batch_rows(rows, size))
        yield from order.sample(batches, len(batches))


def batch_rows(rows: Rows, size: int) -> Iterator[Rows]:
    """All rows once; a batch times its longest row fits `size`, if it has several."""
    for some in minibatch(rows, SORTED_AT_ONCE):
        batch: Rows = []
        for row in sorted(some, key=len):
            if batch and (len(batch) + 1) * len(row) > size:
                yield batch
                batch = []
            batch.append(row)
        yield batch


def pad(rows: Rows, device: torch.device) -> tuple[Tensor, Tensor]:
    """Ids and mask, shape (rows, longest)."""
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids.to(device), mask.to(device)


def run(model: Any, ids: Tensor, mask: Tensor, train: bool) -> Sequence[Tensor]:
    """Hidden states of all layers, the embeddings' first; without dropout."""
    encoder = model.transformer
    resolve = register_components()["encoder_cpu_forward"].resolve_precision
    bf16 = ids.device.type == "cpu" and resolve("auto", True, encoder) == "bf16"
    # Not inference mode, whose tensors no loss may hold.
    with torch.set_grad_enabled(train), torch.autocast("cpu", torch.bfloat16, bf16):
        output = encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    states: Sequence[Tensor] = output.hidden_states
    return states


def distance(found: Tensor, goal: Tensor, mask: Tensor) -> Tensor:
    """Squared distance as a share of the goal's squared norm, mean over wordpieces.

    So the few wordpieces with values ten times as large count no more than others.
    """
    real = mask.bool()
    found, goal = found[real].float(), goal[real].float()
    return ((found - goal).square().sum(-1) / goal.square().sum(-1)).mean()


def measure(teacher: Any, student: Any, rows: Rows, size: int) -> float:
    """`distance` of the last states over all rows."""
    total, count = 0.0, 0
    for batch in batch_rows(rows, size):
        ids, mask = pad(batch, student.transformer.device)
        goal, found = (run(x, ids, mask, train=False)[-1] for x in (teacher, student))
        total += float(distance(found, goal, mask)) * int(mask.sum())
        count += int(mask.sum())
    return total / max(1, count)
