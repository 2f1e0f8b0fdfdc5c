"""BERT's forward pass for prediction on CPUs: packed weights, fused kernels."""

import warnings
from typing import Any, Callable, Dict, List, Optional, Tuple

import torch
from spacy_transformers.util import registry
from torch.nn.functional import embedding, gelu, layer_norm, linear, softmax

Linear = Callable[[torch.Tensor], torch.Tensor]
Weights = Tuple[torch.Tensor, torch.Tensor]
INT8_ENGINES = ("onednn", "x86", "fbgemm", "qnnpack")


class FastBert:
    """The layers of a BertModel, packed for one precision.

    encoder (BertModel): Its weights are copied.
    precision (str): "fp32", "bf16" or "int8"; the last quantises activations as
        they come, per tensor.
    stream (torch.dtype): Of the states between the layers and of attention, fp32
        or bf16.
    """

    def __init__(self, encoder: Any, precision: str, stream: torch.dtype):
        self.heads = encoder.config.num_attention_heads
        self.stream = stream
        self.embeddings = encoder.embeddings
        self.layers = [
            self.pack_layer(layer, precision) for layer in encoder.encoder.layer
        ]

    def pack_layer(self, layer: Any, precision: str) -> Dict[str, Any]:
        """Pack a layer; query, key and value are joined and the scale folded in."""
        attention = layer.attention.self
        scale = attention.attention_head_size**-0.5
        parts = [attention.query, attention.key, attention.value]
        weight = torch.cat([part.weight.detach() for part in parts])
        bias = torch.cat([part.bias.detach() for part in parts])
        weight[: len(weight) // 3] *= scale
        bias[: len(bias) // 3] *= scale
        dense = [layer.attention.output.dense, layer.intermediate.dense]
        dense.append(layer.output.dense)
        pairs = [(part.weight.detach(), part.bias.detach()) for part in dense]
        norms = (layer.attention.output.LayerNorm, layer.output.LayerNorm)
        return {
            "qkv": pack_linear((weight, bias), precision),
            "mix": pack_linear(pairs[0], precision),
            "widen": pack_linear(pairs[1], precision, activation="gelu"),
            "narrow": pack_linear(pairs[2], precision),
            "norms": [
                (norm.weight.to(self.stream), norm.bias.to(self.stream), norm.eps)
                for norm in norms
            ],
        }

    def __call__(
        self, ids: torch.Tensor, types: Optional[torch.Tensor], mask: torch.Tensor
    ) -> torch.Tensor:
        """Encode rows of wordpieces.

        ids, types (Tensor): Integers, shape (rows, width).
        mask (Tensor): 1 where there is a wordpiece, 0 where padded, same shape.
        RETURNS (Tensor): Last hidden states, fp32, shape (rows, width, hidden).
        """
        rows, width = ids.shape
        states = self.embed(ids, types).to(self.stream).view(rows * width, -1)
        bias = None
        if not bool(mask.all()):
            bias = torch.zeros(rows, 1, 1, width, dtype=self.stream)
            bias.masked_fill_(mask.view(rows, 1, 1, width) == 0, float("-inf"))
        for layer in self.layers:
            mixed = self.attend(layer["qkv"](states), rows, bias)
            mixed = layer["mix"](mixed).to(self.stream)
            states = normalize(mixed.add_(states), layer["norms"][0])
            wide = layer["narrow"](layer["widen"](states)).to(self.stream)
            states = normalize(wide.add_(states), layer["norms"][1])
        return states.view(rows, width, -1).float()

    def embed(self, ids: torch.Tensor, types: Optional[torch.Tensor]) -> torch.Tensor:
        """Sum of word, type and position embeddings, normalised, in fp32."""
        layers = self.embeddings
        states = embedding(ids, layers.word_embeddings.weight)
        if types is None:
            states += layers.token_type_embeddings.weight[0]
        else:
            states += embedding(types, layers.token_type_embeddings.weight)
        states += layers.position_embeddings.weight[: ids.shape[1]]
        norm = layers.LayerNorm
        return normalize(states, (norm.weight, norm.bias, norm.eps))

    def attend(
        self, qkv: torch.Tensor, rows: int, bias: Optional[torch.Tensor]
    ) -> torch.Tensor:
        """Attention of each row to itself.

        qkv (Tensor): Queries, keys and values side by side, (rows * width, 3 * hidden).
        bias (Optional[Tensor]): Added to the scores, shape (rows, 1, 1, width).
        RETURNS (Tensor): Shape (rows * width, hidden).
        """
        width = len(qkv) // rows
        split = qkv.to(self.stream).view(rows, width, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        scores = torch.matmul(query, key.transpose(-1, -2))
        if bias is not None:
            scores += bias
        mixed = torch.matmul(softmax(scores, -1), value)
        return mixed.transpose(1, 2).reshape(rows * width, -1)


@registry.misc("phantom.FastBert.v1")
def build_fast_bert(
    encoder: Any, precision: str, with_bf16: bool
) -> Optional[Callable[..., torch.Tensor]]:
    """Pack an encoder, if it is a plain BERT.

    with_bf16 (bool): Whether int8 may keep its states in bf16.
    RETURNS (Optional[FastBert]): None for any other model.
    """
    config = encoder.config
    if type(encoder).__name__ != "BertModel" or config.is_decoder:
        return None
    if config.position_embedding_type != "absolute" or config.hidden_act != "gelu":
        return None
    use_bf16 = precision == "bf16" or (precision == "int8" and with_bf16)
    return FastBert(encoder, precision, torch.bfloat16 if use_bf16 else torch.float32)


def pack_linear(pair: Weights, precision: str, activation: str = "none") -> Linear:
    """Prepare `activation(x @ weight.T + bias)`, the activation none or GELU.

    pair (Tuple[Tensor, Tensor]): Weight (out, in) and bias (out,), fp32.
    """
    if precision == "int8":
        return _pack_int8(pair, activation)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    weight, bias = (tensor.to(dtype) for tensor in pair)
    try:
        # oneDNN is quicker than the default BLAS here, on AMD twice as quick in fp32.
        packed = torch.ops.mkldnn._reorder_linear_weight(weight, None)
        pointwise = torch.ops.mkldnn._linear_pointwise
        args: List[Any] = [packed, bias, activation, [], "none"]
        pointwise(torch.zeros(1, weight.shape[1], dtype=dtype), *args)
    except (AttributeError, NotImplementedError, RuntimeError):
        return lambda x: _activate(linear(x.to(dtype), weight, bias), activation)
    return lambda x: pointwise(x.to(dtype), *args)


def _pack_int8(pair: Weights, activation: str) -> Linear:
    """Weights as int8 with one scale per output, activations quantised on the way.

    torch has announced that quantized tensors will go; without them bf16 remains.
    """
    weight, bias = pair
    if not hasattr(torch, "quantize_per_channel"):
        warnings.warn(
            "this torch has no int8 kernels: predicting in bf16", stacklevel=2
        )
        return pack_linear(pair, "bf16", activation)
    scale = (weight.abs().amax(1) / 127).clamp_min(1e-12)
    zeros = torch.zeros(len(scale), dtype=torch.long)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*deprecated.*")
        quantized = torch.quantize_per_channel(
            weight, scale.double(), zeros, 0, torch.qint8
        )
    supported = torch.backends.quantized.supported_engines
    before = torch.backends.quantized.engine
    engine = next((name for name in INT8_ENGINES if name in supported), before)
    torch.backends.quantized.engine = engine
    try:
        packed = torch.ops.quantized.linear_prepack(quantized, bias)
    finally:
        torch.backends.quantized.engine = before
    run = torch.ops.quantized.linear_dynamic
    return lambda x: _activate(run(x.float(), packed, False), activation)


def _activate(states: torch.Tensor, activation: str) -> torch.Tensor:
    return gelu(states) if activation == "gelu" else states


def normalize(
    states: torch.Tensor, norm: Tuple[torch.Tensor, torch.Tensor, float]
) -> torch.Tensor:
    """Layer normalisation over the last axis; norm is weight, bias and epsilon."""
    weight, bias, epsilon = norm
    return layer_norm(states, (states.shape[-1],), weight, bias, epsilon)
